"""The public web chat, /e/<tool-id>/chat/: opened by the second click on a conversion tool.

Nothing is stored before somebody says something: then a random name in a signed cookie that only
this address gets, and that ends with the browser's session (sec. 25(2) no. 2 TDDDG: what the
visitor asked for cannot do without).
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from chatbo.conversation.answering import not_open
from chatbo.conversation.chat_forms import saying_in
from chatbo.conversation.legal import Legal, fixed_menu
from chatbo.conversation.receipts import Click, consent_behind
from chatbo.conversation.webchat import Sight, TooFastError, say, sight, web_channel
from chatbo.foundation.cookies import safe_name
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.limits import NEWCOMERS
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from chatbo.foundation.requests import press_by_hand, too_many_requests
from consent.embeds.models import Tool
from tenants.bots.bots import answers_everybody
from tenants.bots.models import Channel

declare_store(
    Medium.COOKIE,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={
            "person": Category.IDENTIFIER,
            "erasure_code": Category.CONSENT,
            "clicks": Category.CONSENT,
        },
        end="With the browser's session; the name in it is nobody's after an erasure.",
        export="person",
    ),
)

COOKIE = "chat"
MOST_CLICKS = 10
"""So many of the consents that somebody came with are known to end with the chat."""


@dataclass(frozen=True)
class Visitor:
    """Who the cookie says it is: a random name, or the code of the erasure that ended it.

    ``clicks``: the consents that they came with. Only here do name and click stand side by side,
    in the visitor's own browser: unsubscribing ends both, and nobody else can join them.
    """

    person: str = ""
    erasure_code: str = ""
    clicks: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest, tool_id: uuid.UUID) -> "Visitor":
        value = request.get_signed_cookie(safe_name(COOKIE), default="", salt=_salt(tool_id)) or ""
        person, code, clicks = [*value.split("."), "", ""][:3]
        return cls(person, code, tuple(filter(None, clicks.split("-"))))

    def came_by(self, click: Click | None) -> "Visitor":
        if click is None or click.number in self.clicks:
            return self
        return replace(self, clicks=(*self.clicks, click.number)[-MOST_CLICKS:])

    def remember(self, response: HttpResponse, tool_id: uuid.UUID) -> None:
        response.set_signed_cookie(
            safe_name(COOKIE),
            f"{self.person}.{self.erasure_code}.{'-'.join(self.clicks)}",
            salt=_salt(tool_id),
            path=reverse("webchat:chat", args=[tool_id]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


# No token against cross-site requests: it would need a cookie of its own. The visitor's is not
# sent along by foreign pages (SameSite=Lax), so such a request could only speak for nobody.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, tool_id: uuid.UUID) -> HttpResponse:
    """The chat's page, and what somebody says on it."""
    click = consent_behind(request.GET.get("receipt", ""), tool_id)
    known = Visitor.of(request, tool_id)
    visitor = known.came_by(click)
    saying = saying_in(request.POST) if request.method == "POST" else None
    with _open(tool_id) as (tool, channel), translation.override(channel.bot.language):
        # Whoever is in may stay, and unsubscribe, when a tool or a bot is closed to others.
        is_closed = tool.state != Tool.State.ON or not answers_everybody(channel.bot)
        if is_closed and not _is_known(channel, visitor):
            return _closed(request, channel)
        aside = ""
        if saying is not None:
            was_nobody = not visitor.person
            # Whoever has no cookie becomes a new person.
            if was_nobody and (refusal := press_by_hand(request, NEWCOMERS, place=str(tool_id))):
                return refusal
            visitor = Visitor(visitor.person or secrets.token_urlsafe(16), clicks=visitor.clicks)
            try:
                outcome = say(channel, visitor.person, saying, clicks=visitor.clicks)
            except TooFastError:
                return too_many_requests(request, 60)
            if outcome.erasure:
                visitor = Visitor("", outcome.erasure.code)
            elif outcome.aside and was_nobody:
                visitor = Visitor()
            aside = outcome.aside.text if outcome.aside else ""
        response = _shown(
            request,
            tool_id,
            channel,
            _sight(channel, visitor, aside=aside),
            click=click,
        )
    if saying is not None or (known.person and visitor != known):
        if visitor == Visitor():
            response.delete_cookie(safe_name(COOKIE), path=reverse("webchat:chat", args=[tool_id]))
        else:
            visitor.remember(response, tool_id)
    return response


@require_safe
def messages(request: HttpRequest, tool_id: uuid.UUID) -> HttpResponse:
    """Only the conversation, for the page that looks for something new.

    And once somebody is erased, how the consent stands that they came with: in whichever of their
    tabs they said so.
    """
    visitor = Visitor.of(request, tool_id)
    receipt = request.GET.get("receipt", "") if visitor.erasure_code else ""
    click = consent_behind(receipt, tool_id)
    with _open(tool_id) as (_, channel), translation.override(channel.bot.language):
        context = {"sight": _sight(channel, visitor), "click": click, "is_part": True}
        response = render(request, "chatbo/conversation/chat_messages.html", context)
    add_never_cache_headers(response)
    return response


@contextmanager
def _open(tool_id: uuid.UUID) -> Iterator[tuple[Tool, Channel]]:
    """A tool and the web chat behind it, in its tenant's scope; a 404 where there is none."""
    entry = directory.find("tool", str(tool_id))
    if entry is None:
        raise Http404
    with tenant_scope(entry.tenant_id):
        tool = Tool.objects.select_related("bot").filter(pk=tool_id).first()
        channel = web_channel(tool.bot) if tool else None
        if tool is None or channel is None:
            raise Http404
        yield tool, channel


def _is_known(channel: Channel, visitor: Visitor) -> bool:
    """Whether something is, or was, stored on the visitor: then unsubscribing must be possible."""
    seen = sight(channel, visitor.person, erasure_code=visitor.erasure_code)
    return bool(seen.messages or seen.erasure_code)


def _sight(channel: Channel, visitor: Visitor, *, aside: str = "") -> Sight:
    return sight(channel, visitor.person, erasure_code=visitor.erasure_code, aside=aside)


def _shown(
    request: HttpRequest, tool_id: uuid.UUID, channel: Channel, seen: Sight, *, click: Click | None
) -> HttpResponse:
    is_part = "X-Chat" in request.headers
    looking = f"?{urlencode({'receipt': request.GET['receipt']})}" if click else ""
    context = {
        "click": click,
        "is_part": is_part,
        "bot": channel.bot,
        "sight": seen,
        "menu": fixed_menu(channel.bot),
        "notice": Legal(channel.bot).notice()[1].text,
        "messages_url": reverse("webchat:messages", args=[tool_id]) + looking,
        "nonce": uuid.uuid4(),
    }
    part = "chat_messages" if is_part else "webchat"
    response = render(request, f"chatbo/conversation/{part}.html", context)
    add_never_cache_headers(response)
    return response


def _closed(request: HttpRequest, channel: Channel) -> HttpResponse:
    legal = Legal(channel.bot)
    context = {
        "bot": channel.bot,
        "menu": fixed_menu(channel.bot),
        "text": not_open(channel.bot, legal).text,
    }
    return render(request, "chatbo/conversation/webchat_closed.html", context)


def _salt(tool_id: uuid.UUID) -> str:
    return f"chatbo.webchat.{tool_id}"
