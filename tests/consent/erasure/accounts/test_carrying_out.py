"""Whoever ends their account is gone from every table, but for what law has us keep."""

from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.outbox import mail_index
from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.foreseeing import foresee_end
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.tasks import carry_out
from consent.erasure.scanning import Words, search
from consent.erasure.scanning.tables import rows
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.texts.approvals import decide_on_text
from consent.texts.models import Approval
from tenants.accounts.models import Invitation, Membership, PlatformRole, SupportGrant, User
from tenants.affiliates.models import Referral
from tests.conftest import Business
from tests.consent.erasure.test_deletion import places_that_name

from .conftest import ADDRESS, MARKER, Leaver, carried_out, send_outbox, withdrawn_in

State = AccountEnding.State
BY_NUMBER_IN_THE_LOG = {
    "audit.AuditEntry.actor_id",
    "audit.AuditEntry.target_id",
    "audit.AuditEntry.details",
}
"""Kept, each with its ground (``AuditEntry.personal_data``)."""


def searched_for(*words: str) -> set[str]:
    """By the product's own search, which knows no model."""
    unread: list[str] = []
    hits = {f"{hit.place}.{hit.part}" for hit in search(rows(unread), Words(words))}
    assert unread == []
    return hits


def test_no_column_of_any_table_names_who_has_ended_their_account(
    leaver: Leaver, ending: AccountEnding
) -> None:
    before = places_that_name(*leaver.needles)
    assert {"accounts.User.email", "erasure.AccountEnding.address"} <= before
    assert {"ledger.ConsentIdentity.identifier", "affiliates.Partner.user_id"} <= before
    digest = mail_index(ADDRESS)
    assert searched_for(*leaver.needles) >= {"accounts_user.name", "account_emailaddress.email"}

    done = carried_out(ending)

    send_outbox()
    assert done.state == State.TOLD
    assert places_that_name(*leaver.needles, digest) == BY_NUMBER_IN_THE_LOG
    assert searched_for(*leaver.needles, digest) == {
        f"audit_auditentry.{name.rpartition('.')[2]}" for name in BY_NUMBER_IN_THE_LOG
    }


def test_what_was_agreed_to_is_withdrawn_and_stays_as_proof_without_a_name(
    leaver: Leaver, ending: AccountEnding
) -> None:
    done = carried_out(ending)

    for business in (leaver.cafe, leaver.dentist):
        assert withdrawn_in(business) == 1
        with business.scope():
            assert ConsentRecord.objects.count() == 2
            assert not ConsentIdentity.objects.exists()
    assert done.kept["ledger.ConsentRecord"] == 4


def test_what_is_the_business_s_stays_without_the_number(
    leaver: Leaver, ending: AccountEnding
) -> None:
    carried_out(ending)

    with leaver.cafe.scope():
        assert Invitation.objects.get().invited_by_id is None, "the one to them is gone"
        assert SupportGrant.objects.get().granted_by_id is None
        assert Membership.objects.get().user_id == leaver.cafe.owner.pk
        assert not OutgoingMail.objects.filter(recipient_index=mail_index(ADDRESS)).exists()
    with platform_scope("test"):
        assert not Referral.objects.exists()


def test_counts_are_those_of_the_dry_run(leaver: Leaver) -> None:
    foreseen = dict(foresee_end(leaver.user).deleted)
    ending = end_account(leaver.user)

    done = carried_out(ending)

    assert done.counts["affiliates.Partner"] == done.counts["affiliates.Referral"] == 1
    assert done.counts["ledger.ConsentIdentity"] == 2
    assert done.counts["accounts.User"] == 1
    assert sum(foreseen.values()) > sum(done.counts.values()), "what ended at once is in it, too"


def test_nobody_else_s_rows_are_touched(leaver: Leaver, ending: AccountEnding, record) -> None:
    other = leaver.cafe.owner
    with leaver.cafe.scope():
        record(person_id=other.pk, identifier=other.email)

    carried_out(ending)

    with leaver.cafe.scope():
        assert ConsentIdentity.objects.get().person_id == other.pk
        assert ConsentRecord.objects.of_person(other.pk).count() == 1
    assert EmailAddress.objects.filter(user=other).count() == 1
    assert {leaver.cafe.owner, leaver.dentist.owner} <= set(User.objects.all())


def test_the_last_mail_comes_after_the_deletion_and_leaves_no_address(
    leaver: Leaver, ending: AccountEnding
) -> None:
    done = carried_out(ending)

    (last,) = [each for each in mail.outbox if each.to == [ADDRESS]]
    assert done.code in last.body
    assert "gelöscht" in last.subject
    assert MARKER not in last.body
    assert (done.address, done.user_id, done.businesses) == ("", None, [])


def test_a_mail_that_is_refused_leaves_no_address_either(
    leaver: Leaver, ending: AccountEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(message: EmailMessage) -> None:
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(EmailMessage, "send", refuse)

    done = carried_out(ending)

    assert (done.state, done.address, done.last_error) == (State.UNTOLD, "", "refused")


def test_a_mail_server_that_is_away_is_tried_again(
    leaver: Leaver, ending: AccountEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(message: EmailMessage) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", away)
        waiting = carried_out(ending)
    assert (waiting.state, waiting.address) == (State.DELETED, ADDRESS)
    assert not User.objects.filter(pk=leaver.user.pk).exists()

    assert carried_out(ending).state == State.TOLD


def test_called_again_nothing_happens(leaver: Leaver, ending: AccountEnding) -> None:
    done = carried_out(ending)
    carry_out("", str(ending.pk))

    assert AccountEnding.objects.get().counts == done.counts
    assert len([each for each in mail.outbox if each.to == [ADDRESS]]) == 1


def test_who_approved_a_text_leaves_an_empty_row_that_bears_its_number(
    leaver: Leaver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from consent.texts.versions import text_in_force

    user = leaver.user
    user.platform_role = PlatformRole.LAWYER
    user.save()
    decide_on_text(text_in_force("terms", "de"), lawyer=user, verdict=Approval.Verdict.APPROVED)

    done = carried_out(end_account(user))

    empty = User.objects.get(pk=user.pk)
    assert (empty.name, empty.platform_role, empty.is_active) == ("", "", False)
    assert ADDRESS not in empty.email
    assert done.state == State.TOLD
    assert done.kept["texts.Approval"] == 1
    assert "accounts.User" not in done.counts
    assert searched_for(MARKER, ADDRESS) & {"accounts_user.email", "accounts_user.name"} == set()


def test_the_same_address_signs_up_again_as_a_new_person(
    leaver: Leaver, ending: AccountEnding
) -> None:
    carried_out(ending)

    again = User.objects.create_user(ADDRESS, name="Again")

    assert again.pk != leaver.user.pk
    assert not Business(leaver.cafe.tenant, again).owner.memberships.exists()
    assert connection.is_usable()
