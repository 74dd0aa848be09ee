"""The platform's home: what waits for somebody at ChatBo."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.db.models import Min, Q
from django.db.models.aggregates import Count
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from chatbo.foundation.jobs.models import Job
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import Erasure
from consent.erasure.never_back.models import Replay
from consent.erasure.request_models import ErasureRequest
from consent.erasure.scan_models import CompletenessScan
from consent.ledger.check_models import LedgerCheck
from consent.texts.models import TextVersion
from dpa.contracts.models import Contract
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import PlatformRole, SupportGrant, Tenant
from tenants.bots.models import Bot

CHECKED_WITHIN = timedelta(days=2)
"""The ledger is verified each night, and erased people are searched for; one may be missed."""

REPLAYED_WITHIN = timedelta(days=30)
"""For so long it is news that a backup was restored."""


@dataclasses.dataclass(frozen=True)
class Trouble:
    """A kind of job of which some do not succeed: each is tried again until it does."""

    kind: str
    label: str
    failing: int
    due: int
    since: object


@require_safe
@platform_page
def home(request: PlatformRequest) -> HttpResponse:
    """A lawyer sees the texts that wait, support who lets it in; administrators all else."""
    context: dict[str, object] = {}
    if request.user.platform_role == PlatformRole.SUPPORT:
        context["grants"] = SupportGrant.objects.open().count()
    else:
        context["texts"] = TextVersion.objects.pending().count()
    if request.user.platform_role == PlatformRole.ADMIN:
        check = LedgerCheck.objects.order_by("-at").first()
        scan = CompletenessScan.objects.order_by("-at").first()
        context |= {
            "contracts": Contract.objects.all().to_review().count(),
            "unsealed": Contract.objects.all().failing().count(),
            "overdue": Erasure.objects.overdue().count(),
            "soon_due": Erasure.objects.soon_due().count(),
            "failing": Erasure.objects.failing().count(),
            "open": Erasure.objects.unfinished().count(),
            "mails_given_up": OutgoingMail.objects.filter(gave_up=True).count(),
            "tenants": Tenant.objects.staying().count(),
            "live_bots": Bot.objects.filter(state=Bot.State.LIVE).count(),
            "troubles": list(troubles()),
            "alarms": list(alarms()),
            "check": check,
            "replay": Replay.objects.filter(
                Q(finished_at=None) | Q(at__gt=timezone.now() - REPLAYED_WITHIN)
            )
            .order_by("-at")
            .first(),
            "scan": scan,
            "scan_is_late": scan is None or scan.at < timezone.now() - CHECKED_WITHIN,
            "check_is_late": check is None or check.at < timezone.now() - CHECKED_WITHIN,
        }
    return TemplateResponse(request, "chatbo/dashboard/platform_home.html", context)


@dataclasses.dataclass(frozen=True)
class Alarm:
    """What else the law gives a month for (Art. 12(3) GDPR), and is late, nearly so, or in vain."""

    title: str
    href: str
    is_overdue: bool


def alarms() -> Iterator[Alarm]:
    """Of the ends of accounts and of what Meta asked; an account's end has no page of its own."""
    accounts, requests = AccountEnding.objects, ErasureRequest.objects
    if accounts.overdue().exists():
        yield Alarm(gettext("Ends of accounts are overdue"), "", is_overdue=True)
    elif accounts.soon_due().exists():
        yield Alarm(gettext("Ends of accounts are due within a week"), "", is_overdue=False)
    elif accounts.failing().exists():
        yield Alarm(gettext("Ends of accounts do not succeed"), "", is_overdue=False)
    page = reverse("platform:erasures")
    if requests.overdue().exists():
        yield Alarm(gettext("Requests through Meta are overdue"), page, is_overdue=True)
    elif requests.soon_due().exists():
        yield Alarm(gettext("Requests through Meta are due within a week"), page, is_overdue=False)
    elif requests.failing().exists():
        yield Alarm(gettext("Requests through Meta do not succeed"), page, is_overdue=False)


def troubles() -> Iterator[Trouble]:
    """Every kind of job with a failing one: any model that is a ``Job``, also of rooms to come."""
    for model in apps.get_models():
        if not issubclass(model, Job):
            continue
        jobs = model._default_manager.filter(finished_at=None)
        found = jobs.aggregate(
            failing=Count("pk", filter=~Q(last_error="")),
            due=Count("pk", filter=Q(not_before__lte=timezone.now())),
            since=Min("created_at", filter=~Q(last_error="")),
        )
        if found["failing"]:
            yield Trouble(kind=model.__name__, label=str(model._meta.verbose_name), **found)
