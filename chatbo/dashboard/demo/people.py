"""Who logs into the demo: ChatBo's own people, a partner, and three businesses' owners."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatbo.dashboard.demo.businesses import Business
from chatbo.foundation.isolation import directory, tenant_scope
from consent.signup.application import Answer, Application
from consent.signup.opening import open_account
from consent.signup.shown import Purpose, texts_to_show
from tenants.accounts.company import change_company
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.accounts.people import grant_platform_role
from tenants.affiliates.referring import make_partner

PASSWORD = "chatbo-demo-2026"  # noqa: S105 (printed on the screen by `make run`)
ADMIN, LAWYER = "admin@chatbo.example", "lawyer@chatbo.example"
PARTNER, PARTNER_CODE = "partner@partner.example", "LINDE10"


@transaction.atomic
def colleague(email: str, *, name: str, role: PlatformRole) -> User:
    """Somebody at ChatBo itself, with that role."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = grant_platform_role(_log_in(email, name), role=role)
    return user


@transaction.atomic
def partner() -> None:
    """The affiliate partner with its code."""
    if not User.objects.filter(email=PARTNER).exists():
        make_partner(_log_in(PARTNER, "Partneragentur"), code=PARTNER_CODE)


def tenant_of(business: Business) -> Tenant:
    """The business's tenant, signed up as its owner would be: with every consent on record."""
    entry = directory.find("slug", business.slug)
    if entry is None:
        return _sign_up(business)
    with tenant_scope(entry.tenant_id):
        return Tenant.objects.get(pk=entry.tenant_id)


def keep_website(tenant: Tenant, business: Business) -> None:
    """Follow the stand-ins, whose port may be another than last time. What somebody has typed
    since stays. Call within the tenant's scope."""
    facts = {
        name: url
        for name, url in _website(business).items()
        if getattr(tenant, name).startswith("http://")  # Only the stand-ins' may.
    }
    change_company(tenant, facts=facts)


def owner_of(tenant: Tenant) -> User:
    """Call within the tenant's scope."""
    return Membership.objects.select_related("user").earliest("created_at").user


@transaction.atomic
def _sign_up(business: Business) -> Tenant:
    now = timezone.now()
    application = Application(
        email=business.owner,
        language="de",
        shown_at=now,
        asked_at=now,
        network="",
        answers={
            purpose: Answer(text.pk, granted=purpose == Purpose.TERMS)
            for purpose, text in texts_to_show("de").items()
        },
        code=business.code,
    )
    _, tenant = open_account(
        application,
        name=business.facts["representative_function"],
        company=business.name,
        password=PASSWORD,
    )
    with tenant_scope(tenant.pk):
        return change_company(tenant, facts={**business.facts, **_website(business)})


def _website(business: Business) -> dict[str, str]:
    """Its own imprint and privacy policy, where the stand-ins serve its website."""
    if not (business.has_website and settings.STANDINS_URL):
        return {}
    site = f"{settings.STANDINS_URL}/site/{business.slug}"
    return {"imprint_url": f"{site}/impressum", "privacy_url": f"{site}/datenschutz"}


def _log_in(email: str, name: str) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
