"""From data to a draft: everything that must be in it, and nobody else's doing."""

import dataclasses
from typing import Any

import pytest

from chatbo.foundation.documents.verify import verify_pdf
from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval
from consent.texts.versions import decide_on_text, submit_text
from dpa.contracts import files
from dpa.contracts.drafting import draft_contract, withdraw_contract
from dpa.contracts.errors import (
    AlteredFileError,
    IncompleteDataError,
    NotEntitledError,
    UnderWayError,
)
from dpa.contracts.models import Contract
from dpa.contracts.wording import words_of
from tenants.accounts.models import PlatformRole, Tenant, User
from tests.dpa.contracts.conftest import DATA

pytestmark = pytest.mark.django_db


def test_a_draft_is_a_pdf_with_a_place_for_each_signature(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        pdf = files.fetch(drafted.draft_file, drafted.draft_sha256)

    assert set(verify_pdf(pdf).open_fields) == {"controller", "processor"}
    assert drafted.draft_file == f"tenants/{cafe.tenant.pk}/contracts/{drafted.draft_sha256}.pdf"


def test_the_words_name_the_parties_and_hold_all_annexes(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        words = words_of(drafted)

    assert "Café Morgenrot GmbH" in words.parties
    assert "Rosenweg 4, 04109 Leipzig" in words.parties
    assert len(words.annexes) == 3
    assert "{{" not in words.parties + words.clauses + "".join(a.html for a in words.annexes)


def test_what_is_filled_in_stays_text(cafe: Any) -> None:
    wicked = dataclasses.replace(DATA, company="<b>X</b> [a](http://evil.example) *GmbH*")
    with cafe.scope():
        words = words_of(draft_contract(cafe.tenant, user=cafe.owner, data=wicked, language="de"))

    assert "<b>" not in words.parties
    assert "<a " not in words.parties
    assert "*GmbH*" in words.parties


def test_the_data_is_kept_for_the_next_time(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        assert Tenant.objects.get(pk=cafe.tenant.pk).city == "Leipzig"


def test_drafting_again_replaces_the_draft_under_its_number(
    drafted: Any, cafe: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        again = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="en")

    with cafe.scope():
        assert (again.pk, again.number) == (drafted.pk, drafted.number)
        assert Contract.objects.count() == 1
        with pytest.raises(AlteredFileError):
            files.fetch(drafted.draft_file, drafted.draft_sha256)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("company", "", "missing"),
        ("representative", " ", "missing"),
        ("postal_code", "123", "malformed"),
        ("vat_id", "DE12", "malformed"),
        ("contact_email", "nobody", "malformed"),
        ("register_number", "", "register_missing"),
        ("legal_form", "inc", "unknown"),
    ],
)
def test_incomplete_data_makes_no_draft(cafe: Any, field: str, value: str, code: str) -> None:
    data = dataclasses.replace(DATA, **{field: value.strip()})
    with cafe.scope():
        with pytest.raises(IncompleteDataError) as refused:
            draft_contract(cafe.tenant, user=cafe.owner, data=data, language="de")
        assert refused.value.problems == {field: code}
        assert not Contract.objects.exists()


def test_only_an_owner_drafts(cafe: Any, dentist: Any) -> None:
    lawyer = User.objects.create_user(
        "x@chatbo.example", name="X", platform_role=PlatformRole.ADMIN
    )
    for stranger in (dentist.owner, lawyer):
        with cafe.scope(), pytest.raises(NotEntitledError):
            draft_contract(cafe.tenant, user=stranger, data=DATA, language="de")


def test_a_text_that_lost_its_approval_is_not_used(cafe: Any) -> None:
    version = submit_text(key="avv", language="de", title="T", body="A\n\n## B\n", change="C")
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    first = Approval.objects.get(version__key="avv", version__language="de").version
    decide_on_text(first, lawyer=lawyer, verdict=Approval.Verdict.REJECTED)

    with cafe.scope(), pytest.raises(NotApprovedError):
        draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")

    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    with cafe.scope():
        contract = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    assert contract.agreement == version


def test_while_one_waits_for_review_no_other_is_drafted(signed: Any, cafe: Any) -> None:
    with cafe.scope(), pytest.raises(UnderWayError):
        draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")


def test_an_offer_can_be_withdrawn_and_then_drafted_anew(signed: Any, cafe: Any) -> None:
    with cafe.scope():
        assert withdraw_contract(signed, user=cafe.owner).state == Contract.State.WITHDRAWN
        new = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    assert new.number != signed.number
