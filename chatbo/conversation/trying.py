"""A member tries a bot out in the dashboard, whatever its state: the web chat, as a trial."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from chatbo.conversation.chat_forms import saying_in
from chatbo.conversation.legal import Legal, fixed_menu
from chatbo.conversation.webchat import Sight, TooFastError, say, sight, web_channel
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.requests import too_many_requests
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Bot, Channel

declare_store(
    Medium.SESSION,
    __name__,
    NoPersonalData("The code of the erasure of a member's own trial; it names nobody."),
)


@tenant_page
def chat(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    channel = web_channel(bot)
    if channel is None:
        return TemplateResponse(request, "chatbo/conversation/try_off.html", {"bot": bot})
    if request.method != "POST":
        return _shown(request, channel, _sight(request, channel))
    saying = saying_in(request.POST)
    if saying is None:
        return _shown(request, channel, _sight(request, channel))
    request.session.pop(_erasure_key(channel), None)  # whoever writes again starts anew
    try:
        outcome = say(channel, _person(request, channel), saying, is_trial=True)
    except TooFastError:
        return too_many_requests(request, 60)
    if outcome.erasure:
        request.session[_erasure_key(channel)] = outcome.erasure.code
    said = outcome.aside.text if outcome.aside else ""
    return _shown(request, channel, _sight(request, channel, aside=said))


@tenant_page
def messages(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    """Only the conversation, for the page that looks for something new."""
    channel = web_channel(get_object_or_404(Bot, pk=bot_id))
    if channel is None:
        raise Http404
    context = {"sight": _sight(request, channel)}
    return TemplateResponse(request, "chatbo/conversation/chat_messages.html", context)


def _shown(request: TenantRequest, channel: Channel, seen: Sight) -> HttpResponse:
    here = [request.tenant.slug, channel.bot_id]
    context = {
        "bot": channel.bot,
        "sight": seen,
        "menu": fixed_menu(channel.bot),
        "notice": Legal(channel.bot).notice()[1].text,
        "messages_url": reverse("bots:try_messages", args=here),
        "nonce": uuid.uuid4(),
    }
    part = "chat_messages" if "X-Chat" in request.headers else "try"
    return TemplateResponse(request, f"chatbo/conversation/{part}.html", context)


def _sight(request: TenantRequest, channel: Channel, *, aside: str = "") -> Sight:
    code = request.session.get(_erasure_key(channel), "")
    return sight(channel, _person(request, channel), erasure_code=code, aside=aside)


def _person(request: TenantRequest, channel: Channel) -> str:
    """Each member talks for themselves; platforms' visitors have random names instead."""
    return f"trial-{request.user.pk}"


def _erasure_key(channel: Channel) -> str:
    return f"trial-erasure-{channel.pk}"
