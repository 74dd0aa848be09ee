"""The pages about bots and their rules. One bot's own page: ``chatbo.conversation.bot_pages``."""

import uuid

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.bots import change_bot, create_bot, pause_bot
from tenants.bots.forms import BotForm, RuleForm
from tenants.bots.models import Bot, Channel, Rule, Subscriber
from tenants.bots.rules import add_rule, change_rule, move_rule, remove_rule


@tenant_page
def bot_list(request: TenantRequest) -> HttpResponse:
    connected = Channel.objects.exclude(state=Channel.State.DISCONNECTED).order_by("platform")
    # A subquery, not a join: the database's key is (tenant_id, id), so it cannot group by id.
    people = (
        Subscriber.objects.filter(channel__bot=OuterRef("pk"), is_trial=False)
        .order_by()
        .values("channel__bot")
        .annotate(count=Count("*"))
        .values("count")
    )
    bots = (
        Bot.objects.annotate(people=Coalesce(Subquery(people), 0))
        .prefetch_related(Prefetch("channels", queryset=connected, to_attr="connected"))
        .order_by("created_at")
    )
    return TemplateResponse(request, "tenants/bots/list.html", {"bots": bots})


@tenant_page
def new_bot(request: TenantRequest) -> HttpResponse:
    form = BotForm(request.POST or None)
    if form.is_valid():
        bot = create_bot(**form.cleaned_data)
        messages.success(request, _("Your bot is there. It is a draft: try it as you like."))
        return redirect("bots:show", request.tenant.slug, bot.pk)
    return TemplateResponse(request, "tenants/bots/new.html", {"form": form})


@tenant_page
def edit_bot(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    form = BotForm(request.POST or None, instance=bot)
    if form.is_valid():
        change_bot(bot, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("bots:show", request.tenant.slug, bot.pk)
    return TemplateResponse(request, "tenants/bots/edit.html", {"form": form, "bot": bot})


@require_POST
@tenant_page
def pause(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    pause_bot(get_object_or_404(Bot, pk=bot_id))
    messages.success(request, _("The bot is silent now. Unsubscribing goes on working."))
    return redirect("bots:show", request.tenant.slug, bot_id)


@tenant_page
def new_rule(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    bot = get_object_or_404(Bot, pk=bot_id)
    form = RuleForm(request.POST or None)
    if form.is_valid():
        add_rule(bot, **form.cleaned_data)
        return redirect("bots:show", request.tenant.slug, bot.pk)
    return TemplateResponse(request, "tenants/bots/rule.html", {"form": form, "bot": bot})


@tenant_page
def edit_rule(request: TenantRequest, bot_id: uuid.UUID, rule_id: uuid.UUID) -> HttpResponse:
    rule = _rule(bot_id, rule_id)
    form = RuleForm(request.POST or None, instance=rule)
    if form.is_valid():
        change_rule(rule, **form.cleaned_data)
        return redirect("bots:show", request.tenant.slug, bot_id)
    return TemplateResponse(
        request, "tenants/bots/rule.html", {"form": form, "bot": rule.bot, "rule": rule}
    )


@tenant_page
def delete_rule(request: TenantRequest, bot_id: uuid.UUID, rule_id: uuid.UUID) -> HttpResponse:
    rule = _rule(bot_id, rule_id)
    if request.method == "POST":
        remove_rule(rule)
        return redirect("bots:show", request.tenant.slug, bot_id)
    return TemplateResponse(
        request, "tenants/bots/rule_delete.html", {"bot": rule.bot, "rule": rule}
    )


@require_POST
@tenant_page
def shift_rule(request: TenantRequest, bot_id: uuid.UUID, rule_id: uuid.UUID) -> HttpResponse:
    move_rule(_rule(bot_id, rule_id), steps=-1 if request.POST.get("to") == "up" else 1)
    return redirect("bots:show", request.tenant.slug, bot_id)


def _rule(bot_id: uuid.UUID, rule_id: uuid.UUID) -> Rule:
    return get_object_or_404(Rule.objects.select_related("bot"), pk=rule_id, bot_id=bot_id)
