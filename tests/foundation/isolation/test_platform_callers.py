"""Who opens all tenants' rows is written down here: a new caller is a decision that is seen."""

import ast
from pathlib import Path

import pytest

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import (
    partner_scope,
    platform_scope,
    tenant_scope,
    user_scope,
)
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.scopes import WideningError
from chatbo.foundation.jobs.sweep import sweep
from tests.foundation.isolation.source import called, places, product_files

CALLERS = {
    # The platform area: one decorator for all its pages.
    "tenants/accounts/access.py platform_page.inside": (
        "f'page: {view.__module__}.{view.__name__}'"
    ),
    # Sweeps and jobs of the platform's own.
    "chatbo/foundation/jobs/sweep.py sweep": "'sweep: find jobs that no wake-up call reached'",
    "chatbo/foundation/mail/tasks.py _scope": '"mail: send the platform\'s own"',
    "consent/ledger/sealing.py _seal_block": "'ledger: seal what was recorded'",
    "consent/ledger/sealing.py _refuse_what_is_sealed": "'ledger: seal what was recorded'",
    "consent/ledger/ending.py end_due_records": "'ledger: delete records whose time has come'",
    "consent/ledger/checks.py check_ledger": "'ledger: keep what verifying found'",
    "consent/ledger/tasks.py drop_exports": "'ledger: drop prepared files whose time is over'",
    "chatbo/conversation/tasks.py drop_copies": (
        "'person exports: drop copies whose time is over'"
    ),
    "chatbo/conversation/passing_on.py _pass_on": "'meta: find whose pages these are'",
    "consent/erasure/never_back/replaying.py _finish": "'erasure: tell what was removed again'",
    "consent/erasure/never_back/saying_later.py say_what_was_not_said": (
        "'erasure: find what was ordered and not said outside'"
    ),
    "consent/erasure/retention.py bots_of_everybody": (
        "'erasure: find the bots whose inactive people are to be erased'"
    ),
    "consent/erasure/warning.py warn_of_due_erasures": (
        "'erasure: find what is due soon and not done'"
    ),
    "consent/erasure/holds/warning.py warn_of_ending_holds": (
        "'erasure: find holds that end soon'"
    ),
    "consent/rights/by_hand/warning.py warn_of_due_requests": (
        "'rights: find requests that are due soon'"
    ),
    "consent/erasure/scanning/tables.py rows": "'erasure: look for people who were erased'",
    "consent/erasure/scanning/scans.py scan_for_erased": (
        "'erasure: keep what the search for erased people found'"
    ),
    "consent/erasure/leaving/proofs.py end_proofs": (
        '"erasure: a leaving business\'s proofs go with it"'
    ),
    "consent/erasure/leaving/clearing.py close_business": (
        "'erasure: close the row of a business that has left, and tell its people'"
    ),
    "consent/erasure/leaving/kept.py _due_rows": "'erasure: find kept rows whose time is over'",
    "consent/erasure/leaving/kept.py _end_audit_entries": (
        "'erasure: delete entries of the log whose time is over'"
    ),
    "consent/erasure/leaving/kept.py _drop_empty_businesses": (
        "'erasure: find businesses of which nothing is kept any more'"
    ),
    "consent/erasure/leaving/kept.py end_kept_rows": "'erasure: note which kept rows have ended'",
    "consent/erasure/accounts/carrying_out.py put_up_tombstone": "'erasure: end an account'",
    "consent/erasure/accounts/carrying_out.py close_account": "'erasure: end an account'",
    "consent/erasure/accounts/carrying_out.py _businesses": "'erasure: end an account'",
    "consent/erasure/accounts/repeating.py _end_again": "'erasure: end an account'",
    "consent/erasure/accounts/repeating.py _businesses": "'erasure: end an account'",
    "consent/erasure/accounts/foreseeing.py foresee_end": (
        "'erasure: foresee the end of an account'"
    ),
    # Named commands.
    "consent/ledger/verifying/__init__.py verify_ledger": "'ledger: verify all of it'",
    "chatbo/foundation/encryption/owners.py _platform": (
        "'rotate_keys: rows that belong to no tenant'"
    ),
    "chatbo/foundation/encryption/owners.py _tenants": ("'rotate_keys: find whose rows there are'"),
    "chatbo/dashboard/demo/contracts.py put_in_force": (
        '"demo: countersign the café\'s agreement"'
    ),
}
"""The function, and the reason that it gives to the audit log."""

OWN_FILES = {"chatbo/foundation/isolation/__init__.py", "chatbo/foundation/isolation/scopes.py"}


def callers(files: list[Path] | None = None) -> dict[str, str]:
    """Every call, and whatever else leads to one: another name for it, or handing it on."""
    found: dict[str, str] = {}
    called_by_name = set()
    for place in places(files or product_files()):
        node = place.node
        if called(node) == "platform_scope":
            assert isinstance(node, ast.Call)
            called_by_name.add(node.func)
            found[str(place)] = ast.unparse(node.args[0])
        elif node in called_by_name or place.file in OWN_FILES:
            continue
        elif (
            (isinstance(node, ast.Name) and node.id == "platform_scope")
            or (isinstance(node, ast.Attribute) and node.attr == "platform_scope")
            or (isinstance(node, ast.Constant) and node.value == "platform_scope")
            or (isinstance(node, ast.alias) and node.name == "platform_scope" and node.asname)
        ):
            found[str(place)] = "under another name"
    return found


def test_exactly_these_open_the_platforms_scope_and_each_says_why():
    assert callers() == CALLERS


@pytest.mark.parametrize(
    "code",
    [
        "def page():\n    with platform_scope('a page'): pass",
        "def page():\n    with isolation.scopes.platform_scope('a page'): pass",
        "def page():\n    everything = platform_scope\n    return everything('a page')",
        "def page():\n    from chatbo.foundation.isolation import platform_scope as everything",
        "def page():\n    return getattr(isolation, 'platform_scope')('a page')",
        "def page():\n    return partial(scopes.platform_scope, 'a page')",
    ],
)
def test_a_new_caller_is_found_whatever_it_calls_it(tmp_path, code):
    file = tmp_path / "new.py"
    file.write_text(code)

    assert list(callers([file])) == ["new.py page"]


def test_no_page_of_a_tenant_or_a_partner_calls_it():
    pages = [
        str(place)
        for place in places(product_files())
        if called(place.node) == "platform_scope"
        and any("tenant_page" in name or "partner_page" in name for name in place.decorators)
    ]

    assert pages == []


def test_inside_a_tenants_scope_nobody_opens_all_of_them(cafe):
    with cafe.scope(), pytest.raises(WideningError, match="a page"), platform_scope("a page"):
        pass


def test_inside_a_partners_scope_nobody_does_either(db):
    with (
        partner_scope(new_id()),
        pytest.raises(WideningError),
        platform_scope("a page"),
    ):
        pass


def test_narrowed_down_to_a_tenant_the_platform_does_not_come_back_by_asking(cafe):
    with (
        platform_scope("a test narrows down"),
        tenant_scope(cafe.tenant.pk),
        pytest.raises(WideningError),
        platform_scope("and wants out"),
    ):
        pass


def test_each_entry_is_in_the_audit_log_with_reason_and_person(cafe):
    with user_scope(cafe.owner.pk), platform_scope("page: a test"):
        entry = AuditEntry.objects.filter(action="platform_scope.opened").latest("at")

    assert (entry.details, entry.actor_id) == ({"reason": "page: a test"}, cafe.owner.pk)


def test_the_sweeps_entry_is_too(db):
    sweep()

    with platform_scope("a test reads the log"):
        reasons = [
            entry.details["reason"]
            for entry in AuditEntry.objects.filter(action="platform_scope.opened").order_by("at")
        ]
    assert reasons == [
        "sweep: find jobs that no wake-up call reached",
        "a test reads the log",
    ]
