"""Opening an account: the moment at which something is stored."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.recording import record_consent
from consent.signup.application import Application
from consent.signup.confirmation import is_known
from consent.signup.errors import AlreadyOpenError
from consent.signup.facebook.person import FacebookPerson
from consent.signup.shown import Behind, Purpose, as_label, behind
from consent.texts.models import TextVersion
from tenants.accounts.models import Tenant, User
from tenants.accounts.registration import found_tenant
from tenants.affiliates.referring import refer_tenant

FORM = "/accounts/signup/"
CONFIRMATION = "/accounts/confirm/"


@transaction.atomic
def open_account(
    application: Application,
    *,
    name: str,
    company: str,
    password: str | None = None,
    facebook: FacebookPerson | None = None,
    network: str = "",
) -> tuple[User, Tenant]:
    """Write account, business, every consent decision and the referral: all, or nothing.

    Called when the button behind the confirmation link is pressed; ``network`` is where from.
    Without a ``password`` the person logs in with ``facebook``. Raises ``AlreadyOpenError`` on the
    second press, from whichever link to the same address.
    """
    if is_known(application.email):
        raise AlreadyOpenError
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                application.email, password, name=name, language=application.language
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            if facebook is not None:
                SocialAccount.objects.create(user=user, provider="facebook", uid=facebook.uid)
    except IntegrityError as error:  # Two presses at the same moment.
        raise AlreadyOpenError from error
    tenant = found_tenant(user, company=company)
    with tenant_scope(tenant.pk):
        _record_decisions(application, user, network)
        record("account.opened", target=user, actor_id=user.pk)
    if application.code:
        refer_tenant(tenant, code=application.code, consented_at=application.asked_at)
    return user, tenant


def _record_decisions(application: Application, user: User, network: str) -> None:
    """One record a box, the unticked ones as refused, and a refusal without a person: nobody has
    to be known as somebody who wanted no newsletter (Arts. 5(1)(c), 11 GDPR).

    ``given_at`` is when the form was sent, ``received_at`` when the link was used: with the
    newsletter's second record, of the confirmation itself, both steps of the double opt-in have
    time and place (BGH I ZR 164/09). Its tick is a step (``ConsentRecord.is_step``), and the
    confirmation the consent: before it nothing holds, and one consent counts as one.
    """
    texts = TextVersion.objects.in_bulk([a.text_id for a in application.answers.values()])
    led_to = _led_to(application, texts.values())
    for purpose, answer in application.answers.items():
        record_consent(
            texts[answer.text_id],
            purpose=purpose,
            decision=_decision(purpose, answer.granted),
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            way=ConsentRecord.Way.TICK,
            place=FORM,
            form=as_label(texts[answer.text_id], led_to),
            person_id=user.pk if answer.granted else None,
            identifier=user.email if answer.granted else "",
            network=application.network if answer.granted else "",
            shown_at=application.shown_at,
            given_at=application.asked_at,
        )
    if application.granted(Purpose.NEWSLETTER):
        confirmed = record_consent(
            texts[application.answers[Purpose.NEWSLETTER].text_id],
            purpose=Purpose.NEWSLETTER,
            decision=ConsentRecord.Decision.GRANTED,
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            way=ConsentRecord.Way.LINK,
            place=CONFIRMATION,
            form=as_label(texts[application.answers[Purpose.NEWSLETTER].text_id], led_to),
            person_id=user.pk,
            identifier=user.email,
            network=network,
        )
        _hand_out_receipt(confirmed, user)


def _led_to(application: Application, boxes: Iterable[TextVersion]) -> Behind:
    """The very terms and policy that the form led to; of an older link what was in force then."""
    if not application.behind:
        return behind(boxes, then=application.shown_at)
    texts = TextVersion.objects.in_bulk(application.behind.values())
    return {key: texts[text_id] for key, text_id in application.behind.items()}


def _hand_out_receipt(record: ConsentRecord, user: User) -> None:
    """What was agreed to, on paper so to speak: with it goes the way to take it back."""
    queue_mail(
        to=user.email,
        template="consent/signup/mail/receipt",
        context={"receipt_url": receipt_address(record)},
        language=user.language,
    )


def _decision(purpose: Purpose, granted: bool) -> ConsentRecord.Decision:
    if not granted:
        return ConsentRecord.Decision.REFUSED
    if purpose == Purpose.NEWSLETTER:
        return ConsentRecord.Decision.SHOWN
    return ConsentRecord.Decision.GRANTED
