"""Carrying out what Meta asked: from its number of a person to what is stored of them here.

Meta names a person by a number of our app. Accounts that log in with Facebook are known by it;
subscribers are stored under numbers of their pages, which Meta's Graph API maps it to.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import structlog
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone

from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.models import LONGEST_PAUSE
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import request_erasure
from consent.ledger.errors import NoOtherWayInError
from consent.signup.facebook.disconnecting import withdraw_facebook
from tenants.accounts.models import User
from tenants.bots.models import Channel, Platform, Subscriber
from tenants.bots.platforms import PermanentError, PlatformError
from tenants.bots.platforms.messenger import known_on_pages

declare_store(Medium.LOG, __name__, NoPersonalData("Which request did not succeed, and why."))

OFTEN = 8
"""Tries after which it counts as failing: some four minutes. It is tried on, once an hour."""

PLACES = {
    ErasureRequest.Origin.DELETION: "/webhooks/meta/data-deletion/",
    ErasureRequest.Origin.DEAUTHORIZATION: "/webhooks/meta/deauthorize/",
    ErasureRequest.Origin.IMPORTED: "/platform/erasures/import/",
}
"""Where a withdrawal of the consent to Facebook came in; it stands in its record."""

log = structlog.get_logger(__name__)


def carry_out(request_id: str) -> None:
    """Bring one request to its end, or as far as it goes now.

    Killed at any point, all of it is done again: who is disconnected or under way stays so. What
    Meta refuses does not keep the account's connection from going, nor the other way round.
    """
    request = ErasureRequest.objects.claim(request_id)
    if request is None:
        return
    try:
        try:
            _disconnect(request)
        finally:
            if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:
                _pass_on(request, known_on_pages(request.app_scoped_id))
    except PlatformError as error:
        pause = LONGEST_PAUSE if isinstance(error, PermanentError) else error.retry_after
        _put_off(request, error.code, is_final=isinstance(error, PermanentError), after=pause)
    except (NoOtherWayInError, UnreadableError) as error:
        _put_off(request, type(error).__name__, is_final=True, after=LONGEST_PAUSE)
    except Exception as error:
        _put_off(request, type(error).__name__)
        raise
    else:
        _finish(request)


def _disconnect(request: ErasureRequest) -> None:
    """Take Facebook away from the account that is connected under this number, if there is one."""
    connected = SocialAccount.objects.filter(provider="facebook", uid=request.app_scoped_id)
    for user in User.objects.filter(pk__in=connected.values("user_id")):
        with transaction.atomic():
            withdraw_facebook(user, place=PLACES[ErasureRequest.Origin(request.origin)])
            noted = ErasureRequest.objects.select_for_update().get(pk=request.pk)
            noted.connections += 1
            noted.save(update_fields=["connections"])


def _pass_on(request: ErasureRequest, people: Mapping[str, str]) -> None:
    """Ask each business for the erasure of the person whom its page knows by this id.

    ``people``: page to id. Of all businesses and not by the directory: it leads to whoever has the
    page now, and those who had it before may still store something.
    """
    with platform_scope("meta: find whose pages these are"):
        channels = list(
            Channel.objects.filter(platform=Platform.MESSENGER, external_id__in=people)
            .order_by("pk")
            .values_list("tenant_id", "pk", "external_id")
        )
    for tenant_id, channel_id, page in channels:
        with tenant_scope(tenant_id):
            _ask_for_erasure(request, channel_id, people[page])


def _ask_for_erasure(request: ErasureRequest, channel_id: uuid.UUID, person: str) -> None:
    """Ask and note it at once: after a kill, nobody would be there any more to be found anew."""
    subscriber = Subscriber.objects.known_as(channel_id, person)
    # Who came later came back: they start anew, and that is not what the request was about.
    if subscriber is None or subscriber.first_seen_at > request.created_at:
        return
    erasure = request_erasure(subscriber, origin=Erasure.Origin.META, request=request)
    noted = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if erasure.code not in noted.parts:
        noted.parts.append(erasure.code)
        noted.save(update_fields=["parts"])


@transaction.atomic
def _finish(request: ErasureRequest) -> None:
    """All is passed on: the number is of no use any more, and goes."""
    done = ErasureRequest.objects.unfinished().filter(pk=request.pk).select_for_update().first()
    if done is None:
        return
    was_of_use = done.parts or done.connections
    done.state = ErasureRequest.State.DONE if was_of_use else ErasureRequest.State.NOTHING
    done.app_scoped_id = done.last_error = ""
    done.failed_at = None
    done.finish()


@transaction.atomic
def _put_off(
    request: ErasureRequest,
    reason: str,
    *,
    is_final: bool = False,
    after: timedelta | None = None,
) -> None:
    """Until the next try. What was refused for good, or failed often, is an alarm besides."""
    row = ErasureRequest.objects.unfinished().filter(pk=request.pk).select_for_update().first()
    if row is None:
        return
    if row.failed_at is None and (is_final or row.attempts >= OFTEN):
        row.failed_at = timezone.now()
        log.error("erasure_request_failing", row=str(row.pk), reason=reason)
    row.try_again(reason, after=after)
