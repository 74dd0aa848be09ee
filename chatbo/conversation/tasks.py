"""The tasks of conversations, for whose answers people wait, and of Meta's requests."""

from celery import shared_task

from chatbo.conversation.delivery import GIVE_UP_AFTER, deliver_all
from chatbo.conversation.handling import Outcome, finish, work_on
from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.conversation.my_data import make_and_tell
from chatbo.conversation.passing_on import carry_out
from chatbo.conversation.restrictions import tell_and_lift
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.person_exports.ending import drop_what_is_over
from consent.erasure.person_exports.models import PersonExport
from consent.erasure.request_models import ErasureRequest
from consent.rights.models import Restriction
from tenants.accounts.models import Tenant
from tenants.bots import platforms
from tenants.bots.channels import note_trouble
from tenants.bots.models import Channel
from tenants.bots.platforms import PlatformError
from tenants.bots.platforms.errors import RateLimitedError, TemporaryError

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))


@shared_task(name="conversation.handle_event", ignore_result=True)
def handle_event(tenant_id: str, event_id: str) -> None:
    """Answer one event that came in. Twice is once; a killed worker's event is taken up again."""
    outcome = work_on(tenant_id, event_id)
    if outcome is None or outcome.channel is None:
        return
    if outcome.answer_id:
        _acknowledge(outcome.channel, outcome.answer_id)
    if outcome.aside:
        _say_aside(tenant_id, event_id, outcome.channel, outcome)


@shared_task(name="conversation.deliver", ignore_result=True)
def deliver(tenant_id: str, delivery_id: str) -> None:
    """Send one person what waits for them."""
    deliver_all(tenant_id, delivery_id)


@shared_task(name="meta.carry_out", ignore_result=True)
def carry_out_request(tenant_id: str, request_id: str) -> None:
    """Pass on what Meta asked of ChatBo itself: no tenant's, so that its id is empty."""
    carry_out(request_id)


@shared_task(name="person_exports.make", ignore_result=True)
def make_copy(tenant_id: str, export_id: str) -> None:
    """Put somebody's data together, and hand the link out in the chat where it was asked for."""
    make_and_tell(tenant_id, export_id)


@shared_task(name="restrictions.lift", ignore_result=True)
def lift_restriction(tenant_id: str, restriction_id: str) -> None:
    """Tell somebody that their data will be used again, and end the restriction once they know."""
    tell_and_lift(tenant_id, restriction_id)


@shared_task(name="person_exports.drop", ignore_result=True)
def drop_copies() -> None:
    """Every hour: what nobody has taken in its time goes."""
    with platform_scope("person exports: drop copies whose time is over"):
        tenants = list(Tenant.objects.values_list("pk", flat=True))
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            drop_what_is_over()


def _acknowledge(channel: Channel, answer_id: str) -> None:
    """A courtesy to the person's button; it stops waiting by itself after a while."""
    try:
        platforms.acknowledge_tap(channel, answer_id)
    except PlatformError:
        return


def _say_aside(tenant_id: str, event_id: str, channel: Channel, outcome: Outcome) -> None:
    """Answer somebody on whom nothing is stored: the event itself is the job of doing so."""
    error: PlatformError | None = None
    try:
        if outcome.aside:
            platforms.send(channel, outcome.sender, outcome.aside)
    except PlatformError as refused:
        error = refused
    with tenant_scope(tenant_id):
        event = IncomingEvent.objects.select_for_update().get(pk=event_id)
        may_pass = isinstance(error, TemporaryError | RateLimitedError)
        if error and may_pass and event.attempts < GIVE_UP_AFTER:
            event.try_again(error.code, after=error.retry_after)
            return
        if error:
            event.last_error = error.code
            note_trouble(channel.pk, error)
        finish(event)


sweep_up(IncomingEvent, handle_event)
sweep_up(Delivery, deliver)
sweep_up(PersonExport, make_copy)
sweep_up(Restriction, lift_restriction)
sweep_up(ErasureRequest, carry_out_request)
