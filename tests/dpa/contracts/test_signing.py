"""Who may sign what, and what is recorded of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.texts.models import Approval
from consent.texts.versions import decide_on_text, submit_text
from dpa.contracts.errors import (
    AuthorityNotConfirmedError,
    IllegalTransitionError,
    IncompleteDataError,
    NotEntitledError,
    OutdatedDraftError,
    ReadSomethingElseError,
    ReasonMissingError,
)
from dpa.contracts.models import Contract, Signature
from dpa.contracts.signing import countersign_contract, reject_contract
from tenants.accounts.models import Membership, PlatformRole, User
from tests.dpa.contracts.conftest import sign

pytestmark = pytest.mark.django_db


def test_a_signature_records_who_when_from_where_and_which_bytes(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        contract = sign(drafted, cafe.owner, place="Leipzig")
        signature = Signature.objects.get()

    assert contract.state == Contract.State.SIGNED
    assert signature.user_id == cafe.owner.pk
    assert (signature.name, signature.place) == ("Maria Beispiel", "Leipzig")
    assert signature.sha256 == drafted.draft_sha256
    assert signature.network == "203.0.113.0"
    assert signature.authority is not None
    assert signature.authority.key == "signing-authority"


def test_who_presses_second_learns_that_it_is_signed(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        sign(drafted, cafe.owner)
        with pytest.raises(IllegalTransitionError) as refused:
            sign(drafted, cafe.owner)
        assert refused.value.state == Contract.State.SIGNED
        assert Signature.objects.count() == 1


def test_a_stranger_a_mere_member_and_the_platform_cannot_sign(
    drafted: Any, cafe: Any, dentist: Any, admin: User
) -> None:
    viewer = User.objects.create_user("viewer@cafe-morgenrot.example", name="V")
    promoted = User.objects.create_user(
        "both@chatbo.example", name="B", platform_role=PlatformRole.ADMIN
    )
    with cafe.scope():
        Membership.objects.create(user=viewer, role="viewer")
        Membership.objects.create(user=promoted, role=Membership.Role.OWNER)
        for person in (viewer, dentist.owner, admin, promoted):
            with pytest.raises(NotEntitledError):
                sign(drafted, person)
        assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"read_sha256": "0" * 64}, ReadSomethingElseError),
        ({"authority_confirmed": False}, AuthorityNotConfirmedError),
        ({"name": "  "}, IncompleteDataError),
        ({"function": ""}, IncompleteDataError),
    ],
)
def test_a_signature_without_its_conditions_is_none(
    drafted: Any, cafe: Any, change: dict[str, Any], error: type[Exception]
) -> None:
    with cafe.scope():
        with pytest.raises(error):
            sign(drafted, cafe.owner, **change)
        assert Contract.objects.get().state == Contract.State.DRAFT
        assert not Signature.objects.exists()


def test_a_draft_of_an_older_text_is_not_signed(drafted: Any, cafe: Any) -> None:
    newer = submit_text(key="avv", language="de", title="T", body="A\n\n## B\n", change="C")
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    decide_on_text(newer, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)

    with cafe.scope(), pytest.raises(OutdatedDraftError):
        sign(drafted, cafe.owner)


def test_a_lapsed_offer_is_neither_signed_nor_countersigned(
    drafted: Any, cafe: Any, admin: User
) -> None:
    later = timezone.now() + timedelta(days=32)
    with time_machine.travel(later), cafe.scope(), pytest.raises(OutdatedDraftError):
        sign(drafted, cafe.owner)

    with cafe.scope():
        sign(drafted, cafe.owner)
    with (
        time_machine.travel(later),
        platform_scope("test"),
        pytest.raises(OutdatedDraftError),
    ):
        countersign_contract(drafted, admin=admin)


def test_a_countersignature_hands_the_sealing_to_the_worker(
    signed: Any, admin: User, commit: Any, queue: list[Any]
) -> None:
    with commit(), platform_scope("test"):
        contract = countersign_contract(signed, admin=admin)

    assert contract.state == Contract.State.COUNTERSIGNED
    assert ("contracts.seal", str(contract.tenant_id), str(contract.pk)) in queue


def test_only_an_admin_of_the_platform_countersigns(signed: Any, cafe: Any, admin: User) -> None:
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    with cafe.scope():
        Membership.objects.create(user=admin)
    for person in (cafe.owner, lawyer, admin):
        with platform_scope("test"), pytest.raises(NotEntitledError):
            countersign_contract(signed, admin=person)


def test_a_draft_cannot_be_countersigned(drafted: Any, admin: User) -> None:
    with platform_scope("test"), pytest.raises(IllegalTransitionError):
        countersign_contract(drafted, admin=admin)


def test_sending_back_tells_the_signatory_why(signed: Any, cafe: Any, admin: User) -> None:
    with platform_scope("test"):
        with pytest.raises(ReasonMissingError):
            reject_contract(signed, admin=admin, reason="  ")
        reject_contract(signed, admin=admin, reason="The register number is missing.")

    with cafe.scope():
        assert Contract.objects.get().state == Contract.State.REJECTED
        mail = OutgoingMail.objects.get()
    assert mail.recipient == cafe.owner.email
    assert "The register number is missing." in mail.body


def test_of_two_admins_one_decides(signed: Any, admin: User, queue: list[Any]) -> None:
    with platform_scope("test"):
        countersign_contract(signed, admin=admin)
        with pytest.raises(IllegalTransitionError):
            reject_contract(signed, admin=admin, reason="late")
