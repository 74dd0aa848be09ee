"""What somebody is about to do, in words: for the page between a fresh proof and the deed.

The words are ours and the names the database's: whoever made somebody press a button chose none.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.accounts.models import Membership, Tenant, User
from tenants.accounts.roles import DOORS

WORDS: dict[str, str | Promise] = {
    "contracts:show": gettext_lazy("Sign the contract"),
    "ledger:export": gettext_lazy("Download the list of consents"),
    "ledger:export_json_ld": gettext_lazy("Download the consents as JSON-LD"),
    "ledger:correct": gettext_lazy("Set a record of consent right"),
    "ledger:export_pdf": gettext_lazy("Download the consents as a sealed PDF"),
    "ledger:export_everything": gettext_lazy("Download all consents with their proofs"),
    "ledger:prepared_file": gettext_lazy("Download the prepared file"),
    "ledger:proof": gettext_lazy("Download a consent with its proof"),
    "erasure:new_recipient": gettext_lazy("Have a system told of erasures"),
    "erasure:renew_secret": gettext_lazy("Make a new secret for a recipient of erasures"),
    "rights:copy_file": gettext_lazy("Download a copy of a person's data"),
    "rights:erase": gettext_lazy("Erase people"),
    "requests:show": gettext_lazy("Read a request"),
    "requests:letter": gettext_lazy("Read a letter to a person"),
    "requests:letter_pdf": gettext_lazy("Download a letter to a person"),
    "requests:new": gettext_lazy("Enter a request"),
    "requests:new_of_person": gettext_lazy("Enter a request"),
    "requests:name_person": gettext_lazy("Say whom a request is about"),
    "requests:unname_person": gettext_lazy("Take back whom a request is about"),
    "requests:check": gettext_lazy("Note a check of identity"),
    "requests:extend": gettext_lazy("Take longer for a request"),
    "requests:told_longer": gettext_lazy("Note that somebody was told of a longer time"),
    "requests:erase": gettext_lazy("Erase a person who has asked for it"),
    "requests:copy": gettext_lazy("Prepare a copy for a person who has asked for it"),
    "requests:answer": gettext_lazy("Note the answer to a request"),
    "requests:refuse": gettext_lazy("Refuse a request"),
    "requests:withdraw": gettext_lazy("Close a request that was taken back"),
    "rights:restrict": gettext_lazy("Restrict the use of a person's data"),
    "rights:lift": gettext_lazy("Lift a restriction"),
    "rights:lift_told": gettext_lazy("Lift a restriction that the person was told of otherwise"),
    "rights:rectify": gettext_lazy("Set right what is stored on a person"),
    "erasure:hold": gettext_lazy("Read held records"),
    "erasure:new_hold": gettext_lazy("Hold records for a legal claim"),
    "erasure:extend_hold": gettext_lazy("Extend a hold"),
    "erasure:release_hold": gettext_lazy("Release a hold"),
    "erasure:retention": gettext_lazy("Change how long inactive people stay"),
    "leaving:ask": gettext_lazy("Leave ChatBo with the business"),
    "leaving:cancel": gettext_lazy("Stay with ChatBo"),
    "leaving:file": gettext_lazy("Download everything"),
    "accounts:invite": gettext_lazy("Invite somebody"),
    "accounts:member": gettext_lazy("Change what a member may do"),
    "accounts:remove": gettext_lazy("Remove a member"),
    "accounts:hand_over": gettext_lazy("Hand the business over"),
    "accounts:second_factor": gettext_lazy("Change whether every member needs a second factor"),
    "accounts:log_export": gettext_lazy("Download the log"),
    "platform:tenant": gettext_lazy("Lock a business"),
    "platform:unlock": gettext_lazy("Unlock a business"),
    "platform:user": gettext_lazy("Change somebody's role at ChatBo"),
    "platform:import_requests": gettext_lazy("Import Meta's list of missed requests"),
    "platform:end_sessions": gettext_lazy("Log somebody out everywhere"),
    "contract_review:countersign": gettext_lazy("Countersign the contract"),
    "account_email": gettext_lazy("Change your e-mail addresses"),
    "account_set_password": gettext_lazy("Set a password"),
    "mfa_activate_totp": gettext_lazy("Set up an app"),
    "mfa_deactivate_totp": gettext_lazy("Remove the app"),
    "mfa_add_webauthn": gettext_lazy("Add a passkey"),
    "mfa_edit_webauthn": gettext_lazy("Rename a passkey"),
    "mfa_remove_webauthn": gettext_lazy("Remove a passkey"),
    "mfa_generate_recovery_codes": gettext_lazy("Make new recovery codes"),
    "mfa_download_recovery_codes": gettext_lazy("Download the recovery codes"),
    "socialaccount_connections": gettext_lazy("Change your connected accounts"),
    "usersessions_list": gettext_lazy("Log out all other devices"),
    "usersessions_end": gettext_lazy("Log out a device"),
    "account_end": gettext_lazy("End your account"),
}


@dataclass(frozen=True)
class Deed:
    """``page``: of a file, the one that it is downloaded from; else nothing."""

    words: str
    page: str


def deed_at(path: str) -> Deed:
    """What an address of ours is for."""
    match = resolve(path.partition("?")[0])
    page = DOORS[match.view_name].file_of
    return Deed(
        words=str(WORDS.get(match.view_name) or _("What you filled in")),
        page=reverse(page, kwargs=match.kwargs) if page else "",
    )


def gives_file(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name in DOORS and bool(DOORS[match.view_name].file_of)


def who_is_concerned(request: HttpRequest) -> str:
    """Whom it is done to: a member, a user, a business; within the page's scope, if it has one."""
    match = request.resolver_match
    asked = dict(match.kwargs) if match else {}
    if match and match.view_name == "accounts:hand_over":
        asked["membership_id"] = request.POST.get("member")
    for kind, name_of in _CONCERNED.items():
        if kind in asked and (chosen := _id_in(asked[kind])):
            return name_of(chosen)
    return ""


def _id_in(asked: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(asked))
    except ValueError:
        return None


def _member(chosen: uuid.UUID) -> str:
    found = Membership.objects.select_related("user").filter(pk=chosen).first()
    return found.user.name if found else ""


def _user(chosen: uuid.UUID) -> str:
    found = User.objects.filter(pk=chosen).first()
    return f"{found.name} ({found.email})" if found else ""


def _business(chosen: uuid.UUID) -> str:
    found = Tenant.objects.filter(pk=chosen).first()
    return found.company if found else ""


_CONCERNED: dict[str, Callable[[uuid.UUID], str]] = {
    "membership_id": _member,
    "user_id": _user,
    "tenant_id": _business,
}
"""Place in an address to whose name stands there."""
