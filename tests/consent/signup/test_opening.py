"""The button behind the link: everything in one transaction, once."""

from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import partner_scope, platform_scope, tenant_scope
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.standing import standing_on
from consent.ledger.weeks import consents_by_week
from consent.signup import opening
from tenants.accounts.models import Membership, Tenant, User
from tenants.affiliates.models import Referral
from tenants.affiliates.referring import make_partner
from tests.consent.signup.conftest import ADDRESS, PASSWORD

Decision = ConsentRecord.Decision
Purpose = ConsentRecord.Purpose


def the_tenant() -> Tenant:
    with platform_scope("test"):
        return Tenant.objects.get()


def decisions(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_scope(tenant.pk):
        records = ConsentRecord.objects.order_by("received_at", "id")
        return [(r.purpose, r.decision) for r in records]


def test_the_button_opens_the_account_and_leads_to_the_dashboard(applicant: Any) -> None:
    applicant.apply()
    answer = applicant.confirm()

    user = User.objects.get(email=ADDRESS)
    tenant = the_tenant()
    assert answer.url == f"/app/{tenant.slug}/"
    assert applicant.client.session["_auth_user_id"] == str(user.pk)
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user, primary=True).verified
    with tenant_scope(tenant.pk):
        assert Membership.objects.get().role == Membership.Role.OWNER


def test_looking_at_the_page_changes_nothing(
    transactional_db: None, applicant: Any, stored: Any
) -> None:
    applicant.apply()
    before = stored()
    for _ in range(2):
        assert Client().get(applicant.link()).status_code == 200
        assert Client().head(applicant.link()).status_code == 200
    assert stored() == before


def test_every_box_becomes_a_record_the_unticked_ones_as_refused(applicant: Any) -> None:
    applicant.apply()
    applicant.confirm()
    assert decisions(the_tenant()) == [
        (Purpose.TERMS, Decision.GRANTED),
        (Purpose.NEWSLETTER, Decision.REFUSED),
        (Purpose.THIRD_PARTY, Decision.REFUSED),
    ]


def test_a_refusal_makes_no_person(applicant: Any) -> None:
    """What somebody did not want is on record, and leads to nobody; what they wanted does."""
    applicant.apply()
    applicant.confirm()
    with tenant_scope(the_tenant().pk):
        person = ConsentIdentity.objects.get()
        records = {record.purpose: record for record in ConsentRecord.objects.all()}
        of_person = ConsentRecord.objects.about(ADDRESS)
        assert [record.purpose for record in of_person] == [Purpose.TERMS]
    assert records[Purpose.TERMS].subject_id == person.subject_id
    for purpose in (Purpose.NEWSLETTER, Purpose.THIRD_PARTY):
        assert records[purpose].decision == Decision.REFUSED
        assert records[purpose].subject_id != person.subject_id
        assert records[purpose].network == ""
    assert records[Purpose.NEWSLETTER].subject_id != records[Purpose.THIRD_PARTY].subject_id


def test_the_newsletter_has_both_steps_of_the_double_opt_in(applicant: Any) -> None:
    asked = timezone.now().replace(microsecond=0)
    with time_machine.travel(asked, tick=False):
        applicant.apply(newsletter="on")
    confirmed = asked + timezone.timedelta(hours=5)
    with time_machine.travel(confirmed, tick=False):
        applicant.client.post(
            applicant.link(),
            {"name": "B", "company": "C", "password": PASSWORD},
            REMOTE_ADDR="198.51.100.77",
        )
    with tenant_scope(the_tenant().pk):
        form, confirmation = ConsentRecord.objects.filter(purpose=Purpose.NEWSLETTER).order_by(
            "given_at"
        )
        assert ConsentIdentity.objects.get().subject_id == form.subject_id
    assert (form.given_at, form.received_at) == (asked, confirmed)
    assert (form.network, confirmation.network) == ("127.0.0.0", "198.51.100.0")
    assert confirmation.given_at == confirmed
    assert (form.decision, form.is_step) == (Decision.SHOWN, True)
    assert (confirmation.decision, confirmation.is_step) == (Decision.GRANTED, False)
    assert form.text_version_id == confirmation.text_version_id


def test_between_the_tick_and_the_confirmation_nothing_holds_and_one_consent_is_counted(
    applicant: Any,
) -> None:
    ticked = timezone.now() - timezone.timedelta(days=2)
    with time_machine.travel(ticked, tick=False):
        applicant.apply(newsletter="on")
    applicant.confirm()

    with tenant_scope(the_tenant().pk):
        newsletter = ConsentRecord.objects.filter(purpose=Purpose.NEWSLETTER)
        assert sum(week.granted for week in consents_by_week(newsletter)) == 1
        for day, decision in (
            (timezone.localdate(ticked), Decision.SHOWN),
            (timezone.localdate(), Decision.GRANTED),
        ):
            standing = {each.purpose: each.decision for each in standing_on(ADDRESS, day)}
            assert standing[Purpose.NEWSLETTER] == decision


def test_the_record_points_at_the_words_that_were_shown(applicant: Any) -> None:
    applicant.client.cookies["django_language"] = "en"
    applicant.apply()
    applicant.confirm()
    with tenant_scope(the_tenant().pk):
        texts = {str(r.text_version) for r in ConsentRecord.objects.select_related("text_version")}
    assert texts == {
        "consent-terms (en) v1",
        "consent-newsletter (en) v1",
        "consent-third-party (en) v1",
    }
    assert User.objects.get(email=ADDRESS).language == "en"


@pytest.mark.parametrize("broken", ["found_tenant", "record_consent", "refer_tenant"])
def test_a_failure_in_the_middle_leaves_nothing(
    transactional_db: None,
    applicant: Any,
    stored: Any,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    applicant.apply(ref="LINDE10")
    before = stored()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the light went out")

    monkeypatch.setattr(opening, broken, fail)
    with pytest.raises(RuntimeError):
        applicant.confirm()
    assert stored() == before

    monkeypatch.undo()
    assert applicant.confirm().status_code == 302


def test_a_second_press_is_harmless(applicant: Any) -> None:
    applicant.apply()
    link = applicant.link()
    applicant.confirm()
    for again in (Client().get(link), Client().post(link, {"name": "X"})):
        assert again.status_code == 302
        assert again.url == "/accounts/login/"
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_two_links_to_one_address_open_one_account(applicant: Any) -> None:
    applicant.apply()
    first = applicant.link()
    applicant.apply()
    applicant.confirm(first)
    other = Client().post(applicant.link(), {"name": "B", "company": "C", "password": PASSWORD})
    assert other.url == "/accounts/login/"
    with platform_scope("test"):
        assert Tenant.objects.count() == 1


def test_two_presses_at_one_moment_open_one_account(
    applicant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant.apply()
    link = applicant.link()
    applicant.confirm()
    monkeypatch.setattr("consent.signup.views.is_known", lambda address: False)
    monkeypatch.setattr(opening, "is_known", lambda address: False)
    late = Client().post(link, {"name": "B", "company": "C", "password": PASSWORD})
    assert late.url == "/accounts/login/"
    assert not connection.needs_rollback


@pytest.mark.parametrize("token", ["forged", "A" * 400, "gAAAAA"])
def test_a_forged_link_opens_nothing(db: None, client: Client, token: str) -> None:
    answer = client.post(f"/accounts/confirm/{token}/", {"name": "B", "company": "C"})
    assert answer.status_code == 410
    assert "/accounts/signup/" in answer.content.decode()


def test_a_link_lives_three_days(applicant: Any) -> None:
    applicant.apply()
    link = applicant.link()
    with time_machine.travel(timezone.now() + timezone.timedelta(days=3, minutes=1)):
        assert applicant.confirm(link).status_code == 410
    with time_machine.travel(timezone.now() + timezone.timedelta(days=2, hours=23)):
        assert applicant.confirm(link).status_code == 302


def test_a_token_of_another_purpose_is_no_link(applicant: Any, monkeypatch: Any) -> None:
    """Else who knows no mailbox could confirm its address."""
    from consent.signup.application import Application

    applicant.apply()
    token = applicant.link().split("/")[-2]
    application = Application.unseal(token)
    for purpose in ("signup-to-facebook", "signup-address"):
        answer = applicant.confirm(f"/accounts/confirm/{application.seal(purpose)}/")
        assert answer.status_code == 410


@pytest.mark.parametrize("password", ["short", "bakerysunrise", "password1234"])
def test_a_weak_password_is_refused(applicant: Any, password: str) -> None:
    applicant.apply()
    assert applicant.confirm(password=password).status_code == 422
    assert not User.objects.filter(email=ADDRESS).exists()


def test_after_the_log_in_the_pages_speak_the_user_s_language(applicant: Any) -> None:
    applicant.client.cookies["django_language"] = "en"
    applicant.apply()
    user_agent = Client(headers={"accept-language": "de"})
    answer = user_agent.post(applicant.link(), {"name": "B", "company": "C", "password": PASSWORD})
    assert answer.cookies["django_language"].value == "en"


def test_a_partner_s_link_is_credited_without_a_cookie(applicant: Any, dentist: Any) -> None:
    partner = make_partner(dentist.owner, code="LINDE10")
    arrived = applicant.client.get("/r/linde10/")
    assert not arrived.cookies
    assert arrived.url == "/accounts/signup/?ref=LINDE10"

    applicant.apply("?ref=LINDE10")
    other_browser = Client()
    other_browser.post(applicant.link(), {"name": "B", "company": "C", "password": PASSWORD})
    tenant = Membership.objects  # read below, in the tenant's own scope
    with partner_scope(partner.pk):
        referral = Referral.objects.get()
    with tenant_scope(referral.referred_tenant_id):
        assert tenant.get().user.email == ADDRESS
    assert referral.consented_at < referral.created_at


def test_an_unknown_code_stops_nobody(applicant: Any) -> None:
    assert applicant.client.get("/r/nobody/").url == "/accounts/signup/"
    applicant.apply("?ref=nobody")
    assert applicant.confirm().status_code == 302
