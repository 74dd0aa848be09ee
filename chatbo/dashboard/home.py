"""A business's home: what to do next, how it is going, and who waits for whom."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from chatbo.dashboard.checklist import checklist_for
from chatbo.dashboard.numbers import Numbers, numbers_now
from dpa.contracts.models import Contract
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.roles import may_open


@require_safe
@tenant_page
def home(request: TenantRequest) -> HttpResponse:
    """Whoever leaves has nothing to set up and nothing to sign any more."""
    numbers = numbers_now()
    is_leaving = request.tenant.leaves_at is not None
    return TemplateResponse(
        request,
        "chatbo/dashboard/home.html",
        {
            "checklist": None if is_leaving else checklist_for(request.tenant),
            "numbers": numbers,
            "notices": [
                notice
                for notice in _notices(request.tenant.slug, numbers, is_leaving=is_leaving)
                if may_open(request, notice["href"])
            ],
        },
    )


def _notices(slug: str, numbers: Numbers, *, is_leaving: bool) -> Iterator[dict[str, str]]:
    """What ``elements/alert.html`` takes: the urgent first."""
    if numbers.overdue_erasures:
        yield {
            "tone": "danger",
            "title": _("An erasure is overdue"),
            "text": _("The law's month is over and something still stands in the way."),
            "href": reverse("erasure:list", args=[slug]),
            "action": _("Look at the erasures"),
        }
    elif numbers.soon_due_erasures:
        yield {
            "tone": "warning",
            "title": _("An erasure is due within a week"),
            "text": _("It is not done yet. Its page says what stands in the way."),
            "href": reverse("erasure:list", args=[slug]),
            "action": _("Look at the erasures"),
        }
    elif numbers.failing_erasures:
        yield {
            "tone": "warning",
            "title": _("An erasure does not succeed"),
            "text": _("It is tried on by itself. Its page says what stands in the way."),
            "href": reverse("erasure:list", args=[slug]),
            "action": _("Look at the erasures"),
        }
    yield from _requests_that_wait(slug, numbers)
    if numbers.untold_restrictions:
        yield {
            "tone": "warning",
            "title": ngettext(
                "Somebody could not be told that a restriction ends",
                "%(count)d people could not be told that a restriction ends",
                numbers.untold_restrictions,
            )
            % {"count": numbers.untold_restrictions},
            "text": _("Their data stay restricted. Their page says why, and what you can do."),
            "href": reverse("rights:people", args=[slug]) + "?restricted=on",
            "action": _("Look at the people"),
        }
    if numbers.broken_channels:
        yield {
            "tone": "warning",
            "title": ngettext(
                "A channel needs your attention",
                "%(count)d channels need your attention",
                numbers.broken_channels,
            )
            % {"count": numbers.broken_channels},
            "text": _("The platform refuses what your bot says there, so nobody gets an answer."),
            "href": reverse("bots:list", args=[slug]),
            "action": _("Look at the bots"),
        }
    if numbers.silent_recipients:
        yield {
            "tone": "warning",
            "title": ngettext(
                "A system was not told of an erasure",
                "%(count)d systems were not told of an erasure",
                numbers.silent_recipients,
            )
            % {"count": numbers.silent_recipients},
            "text": _("It did not take our notice. Tell it yourself, and see why."),
            "href": reverse("erasure:recipients", args=[slug]),
            "action": _("Look at the recipients"),
        }
    if not is_leaving:
        yield from _contract(slug)


def _contract(slug: str) -> Iterator[dict[str, str]]:
    newest = Contract.objects.order_by("-drafted_at").only("pk", "state", "rejection").first()
    if newest is None:
        return
    page = reverse("contracts:show", args=[slug, newest.pk])
    match newest.state:
        case Contract.State.SIGNED | Contract.State.COUNTERSIGNED:
            yield {
                "tone": "info",
                "title": _("Your contract is with us"),
                "text": _("We check and countersign it, usually on the next working day."),
                "href": page,
                "action": _("Look at the contract"),
            }
        case Contract.State.REJECTED:
            yield {
                "tone": "warning",
                "title": _("We sent your contract back"),
                "text": newest.rejection,
                "href": page,
                "action": _("Look at the contract"),
            }


def _requests_that_wait(slug: str, numbers: Numbers) -> Iterator[dict[str, str]]:
    """Of people who asked past the chat (Art. 12 GDPR)."""
    if numbers.overdue_requests:
        yield {
            "tone": "danger",
            "title": _("The answer to a request is overdue"),
            "text": _("Somebody has asked for their rights, and the law's time is over."),
            "href": reverse("requests:list", args=[slug]),
            "action": _("Look at the requests"),
        }
    elif numbers.soon_due_requests:
        yield {
            "tone": "warning",
            "title": _("The answer to a request is due within a week"),
            "text": _("Somebody has asked for their rights by letter, telephone or in person."),
            "href": reverse("requests:list", args=[slug]),
            "action": _("Look at the requests"),
        }
