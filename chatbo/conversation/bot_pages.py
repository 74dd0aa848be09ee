"""One bot's page and what is done from there: connecting, trying, going live."""

import dataclasses
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatbo.conversation.errors import NotReadyError
from chatbo.conversation.forms import TokenForm
from chatbo.conversation.going_live import go_live
from chatbo.conversation.legal import fixed_menu
from chatbo.conversation.readiness import Missing, missing_for_going_live
from dpa.contracts.models import Contract
from dpa.contracts.reading import open_contract
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.models import Tenant
from tenants.bots import channels, platforms
from tenants.bots.errors import BotsError, ChannelInUseError
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber
from tenants.bots.platforms import PlatformError
from tenants.bots.platforms.errors import RateLimitedError, TemporaryError, TokenDeadError
from tenants.bots.problems import problem_sentences

CONNECT = {
    Platform.MESSENGER: channels.connect_messenger,
    Platform.TELEGRAM: channels.connect_telegram,
}


@tenant_page
def show(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    menu = fixed_menu(bot)
    connected = list(
        bot.channels.exclude(state=Channel.State.DISCONNECTED).order_by("connected_at")
    )
    people = Subscriber.objects.filter(channel__bot=bot, is_trial=False)
    context = {
        "bot": bot,
        "menu": menu,
        "channels": [_described(channel, menu) for channel in connected],
        "has_web_chat": any(channel.platform == Platform.WEB for channel in connected),
        "steps": [] if bot.state == Bot.State.LIVE else _steps(request.tenant, bot, connected),
        "rules": bot.rules.all(),
        "people": people.count(),
        "said": Message.objects.filter(subscriber__in=people).count(),
    }
    return TemplateResponse(request, "chatbo/conversation/bot.html", context)


@tenant_page
def connect(request: TenantRequest, bot_id: uuid.UUID, platform: Platform) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    form = TokenForm(request.POST or None)
    if form.is_valid():
        try:
            channel = CONNECT[platform](
                bot, token=form.cleaned_data["token"].strip(), menu=fixed_menu(bot)
            )
        except PlatformError as error:
            form.add_error("token", _sentence(error))
        except BotsError as error:
            form.add_error("token", _refusal(error))
        else:
            messages.success(
                request, _("“%(name)s” is connected. The menu is being set.") % {"name": channel}
            )
            return redirect("bots:show", request.tenant.slug, bot.pk)
    return TemplateResponse(
        request,
        "chatbo/conversation/connect.html",
        {"form": form, "bot": bot, "platform": platform},
    )


@require_POST
@tenant_page
def switch_on_web_chat(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    channels.switch_on_web_chat(bot, menu=fixed_menu(bot))
    messages.success(request, _("The web chat is on. Try it out."))
    return redirect("bots:show", request.tenant.slug, bot.pk)


@tenant_page
def disconnect(request: TenantRequest, bot_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    channel = _channel(bot_id, channel_id)
    if request.method != "POST":
        return TemplateResponse(
            request, "chatbo/conversation/disconnect.html", {"bot": channel.bot, "channel": channel}
        )
    try:
        platforms.leave(channel)
    except PlatformError:
        messages.warning(
            request,
            _("The platform did not answer as it should: look there whether the menu is gone."),
        )
    channels.disconnect_channel(channel)
    messages.success(request, _("“%(name)s” is disconnected.") % {"name": channel})
    return redirect("bots:show", request.tenant.slug, bot_id)


@require_POST
@tenant_page
def renew_menu(request: TenantRequest, bot_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    channel = _channel(bot_id, channel_id)
    channels.want_menu(channel, fixed_menu(channel.bot))
    messages.success(request, _("The menu is being set."))
    return redirect("bots:show", request.tenant.slug, bot_id)


@tenant_page
def open_to_public(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    if request.method == "POST":
        try:
            go_live(bot)
        except NotReadyError as error:
            for missing in error.missing:
                messages.error(request, _reason(missing))
        else:
            messages.success(request, _("Your bot is live."))
        return redirect("bots:show", request.tenant.slug, bot.pk)
    if missing_for_going_live(request.tenant):
        return redirect("bots:show", request.tenant.slug, bot.pk)
    return TemplateResponse(request, "chatbo/conversation/go_live.html", {"bot": bot})


def _channel(bot_id: uuid.UUID, channel_id: uuid.UUID) -> Channel:
    return get_object_or_404(
        Channel.objects.select_related("bot").exclude(state=Channel.State.DISCONNECTED),
        pk=channel_id,
        bot_id=bot_id,
    )


def _described(channel: Channel, menu: platforms.Menu) -> dict[str, Any]:
    what, remedy = problem_sentences(channel.problem) if channel.problem else ("", "")
    is_outdated = channel.menu != dataclasses.asdict(menu)
    needs_token = channel.problem in {"token_dead", "not_permitted"}
    return {
        "channel": channel,
        "icon": {Platform.MESSENGER: "brand-messenger", Platform.TELEGRAM: "brand-telegram"}.get(
            Platform(channel.platform), "world"
        ),
        "problem": what,
        "remedy": remedy,
        "is_outdated": is_outdated,
        "needs_token": needs_token,
        "can_renew": not needs_token and (is_outdated or channel.menu_state == Channel.Menu.FAILED),
    }


def _steps(tenant: Tenant, bot: Bot, connected: list[Channel]) -> list[dict[str, Any]]:
    """What is left until the bot may answer the public, with the page where it is done."""
    missing = missing_for_going_live(tenant)
    contract = open_contract(tenant.pk) if Missing.AGREEMENT in missing else None
    is_our_turn = contract is not None and contract.state != Contract.State.DRAFT
    here = [tenant.slug, bot.pk]
    return [
        {
            "title": _("Connect a channel"),
            "text": _("A Messenger page, a Telegram bot, or the chat on your website."),
            "done": bool(connected),
            "url": "" if connected else reverse("bots:connect_messenger", args=here),
            "action": _("Connect Messenger"),
        },
        {
            "title": _("Imprint and privacy policy"),
            "text": _("The address of your own pages, or your company's data for ours."),
            "done": not {Missing.IMPRINT, Missing.PRIVACY} & set(missing),
            "url": reverse("accounts:settings", args=[tenant.slug]),
            "action": _("To the settings"),
        },
        {
            "title": _("Processing contract (AVV)"),
            "text": _(
                "We are checking your contract. You get a mail; until then you can try the bot."
            )
            if is_our_turn
            else _("Signed by you and by us: the bot works with your customers' data."),
            "done": Missing.AGREEMENT not in missing,
            "url": "" if is_our_turn else reverse("contracts:list", args=[tenant.slug]),
            "action": _("To the contracts"),
        },
        {
            "title": _("Go live"),
            "text": _("From then on the bot answers everybody who writes to it."),
            "done": False,
            "url": "" if missing or not connected else reverse("bots:go_live", args=here),
            "action": _("Go live"),
        },
    ]


def _reason(missing: Missing) -> str:
    return {
        Missing.AGREEMENT: _("The processing contract (AVV) is not in force yet."),
        Missing.IMPRINT: _("There is no address of an imprint, and no company data for ours."),
        Missing.PRIVACY: _("There is no address of a privacy policy, and no data for ours."),
    }[missing]


def _sentence(error: PlatformError) -> str:
    if isinstance(error, TokenDeadError):
        return _("The platform does not know this token. Copy it again, from start to end.")
    if isinstance(error, TemporaryError | RateLimitedError):
        return _("The platform does not answer at the moment. Please try again in a minute.")
    return " ".join(problem_sentences(error.problem))


def _refusal(error: BotsError) -> str:
    if isinstance(error, ChannelInUseError):
        return _("This page speaks for your bot “%(bot)s”. Disconnect it there first.") % {
            "bot": error.bot_name
        }
    return _("This page is connected with another business at ChatBo.")
