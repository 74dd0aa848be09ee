"""Where the platforms call: check who speaks, store what they say, answer 200 at once."""

import hmac
import uuid

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from chatbo.conversation.intake import take_in, take_in_for_pages
from chatbo.conversation.metas_requests import take_in_callback
from chatbo.conversation.signatures import (
    ForgedError,
    SignedRequest,
    check_signature,
    open_signed_request,
)
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.limits import FORGED
from chatbo.foundation.requests import press_by_hand
from consent.erasure.request_models import ErasureRequest
from tenants.bots.models import Channel
from tenants.bots.platforms import messenger_events, telegram_events

LARGEST_BODY = 1_000_000
LARGEST_CALLBACK = 10_000


@csrf_exempt
@require_http_methods(["GET", "POST"])
def meta(request: HttpRequest) -> HttpResponse:
    """Meta's webhook, one for all pages. 403 and nothing stored for what Meta has not signed."""
    if request.method == "GET":
        return _subscription_challenge(request)
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        check_signature(body, request.headers.get("X-Hub-Signature-256", ""))
    except ForgedError:
        return _forged(request)
    take_in_for_pages(messenger_events.events_in(body))
    return HttpResponse("EVENT_RECEIVED", content_type="text/plain")


@csrf_exempt
@require_POST
def telegram(request: HttpRequest, channel_id: uuid.UUID) -> HttpResponse:
    """A Telegram channel's webhook. An unknown channel and a wrong secret look the same: 403."""
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    entry = directory.find("channel", str(channel_id))
    if entry is None:
        return _forged(request)
    with tenant_scope(entry.tenant_id):
        channel = Channel.objects.filter(pk=channel_id).exclude(webhook_secret="").first()
    secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if channel is None or not hmac.compare_digest(channel.webhook_secret.encode(), secret.encode()):
        return _forged(request)
    incoming = telegram_events.event_in(body, place=channel.external_id, now=timezone.now())
    if incoming is not None:
        take_in(entry.tenant_id, channel_id, [incoming])
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def data_deletion(request: HttpRequest) -> HttpResponse:
    """Somebody asked Meta to have their data deleted here: stored, and answered at once.

    What becomes of it stands on the page behind the code. 400 and nothing stored for what Meta
    has not signed, or not just now.
    """
    try:
        said = _said_by_meta(request)
    except ForgedError:
        return _forged(request, status=400)
    wish = take_in_callback(said, origin=ErasureRequest.Origin.DELETION)
    url = settings.BASE_URL + reverse("erasure_status:status", args=[wish.code])
    return JsonResponse({"url": url, "confirmation_code": wish.code})


@csrf_exempt
@require_POST
def deauthorize(request: HttpRequest) -> HttpResponse:
    """Somebody removed the app at Facebook: their account is no longer connected with it.

    That is all it says (``docs/decisions/metas-callbacks.md``): chats are not deleted for it.
    """
    try:
        said = _said_by_meta(request)
    except ForgedError:
        return _forged(request, status=400)
    take_in_callback(said, origin=ErasureRequest.Origin.DEAUTHORIZATION)
    return HttpResponse(status=200)


def _subscription_challenge(request: HttpRequest) -> HttpResponse:
    """Meta asks once whether we are we: give the challenge back, bare."""
    token = request.GET.get("hub.verify_token", "")
    challenge = request.GET.get("hub.challenge", "")
    is_meta = bool(settings.META_VERIFY_TOKEN) and hmac.compare_digest(
        settings.META_VERIFY_TOKEN.encode(), token.encode()
    )
    if request.GET.get("hub.mode") != "subscribe" or not is_meta or not challenge.isdigit():
        return _forged(request)
    return HttpResponse(challenge, content_type="text/plain")


def _forged(request: HttpRequest, status: int = 403) -> HttpResponse:
    """After many forgeries from one address 429. What is signed has passed before, always."""
    return press_by_hand(request, FORGED) or HttpResponse(status=status)


def _said_by_meta(request: HttpRequest) -> SignedRequest:
    """What a callback's form says, of one field. Raises ``ForgedError``."""
    if _body(request, largest=LARGEST_CALLBACK) is None:
        raise ForgedError
    try:
        (text,) = request.POST.getlist("signed_request")
    except (ValueError, SuspiciousOperation, MultiPartParserError) as error:
        raise ForgedError from error
    return open_signed_request(text)


def _body(request: HttpRequest, largest: int = LARGEST_BODY) -> bytes | None:
    """The raw body; nothing, when it is larger than any event is."""
    try:
        if int(request.headers.get("Content-Length") or 0) > largest:
            return None
        body = request.body
    except (ValueError, RequestDataTooBig):
        return None
    return body if len(body) <= largest else None
