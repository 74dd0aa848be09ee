"""A member's pages about conversion tools."""

import base64
import gzip
import hashlib
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.embeds.agreeing import effect_on
from consent.embeds.forms import ToolForm
from consent.embeds.models import Tool, ToolVersion
from consent.embeds.rendering import element_name
from consent.embeds.tools import (
    change_tool,
    create_tool,
    is_outdated,
    renew_tool,
    switch_off_tool,
    switch_on_tool,
)
from consent.texts.effects import Effect
from consent.texts.errors import NotApprovedError
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Bot

EARLIER = 10
"""Versions before the current one that a tool's page lists."""


@require_safe
@tenant_page
def tool_list(request: TenantRequest) -> HttpResponse:
    return TemplateResponse(
        request,
        "consent/embeds/list.html",
        {"tools": Tool.objects.select_related("bot"), "has_bots": Bot.objects.exists()},
    )


@tenant_page
def new_tool(request: TenantRequest) -> HttpResponse:
    if not Bot.objects.exists():
        return redirect("embeds:list", request.tenant.slug)
    form = ToolForm(request.POST or None)
    if form.is_valid():
        try:
            tool = create_tool(**form.cleaned_data)
        except NotApprovedError:
            form.add_error(None, _nothing_in_force())
        else:
            messages.success(request, _("Your button is there. Take its code to your website."))
            return redirect("embeds:show", request.tenant.slug, tool.pk)
    return TemplateResponse(request, "consent/embeds/new.html", {"form": form})


@require_safe
@tenant_page
def show_tool(request: TenantRequest, tool_id: uuid.UUID) -> HttpResponse:
    tool = _tool(tool_id)
    version = tool.current
    try:
        outdated, earlier, in_force = is_outdated(tool), _earlier(tool), True
        asks_again = effect_on(version) == Effect.ASK
    except NotApprovedError:
        outdated, earlier, in_force, asks_again = False, [], False, False
    context = {
        "tool": tool,
        "version": version,
        "texts": [version.notice_text, version.consent_text],
        "outdated": outdated,
        "asks_again": asks_again,
        "in_force": in_force,
        "nothing_in_force": _nothing_in_force(),
        "earlier": earlier,
        "element": element_name(tool),
        "size": len(gzip.compress(version.snippet.encode(), 9)),
        "script_code": _script_code(tool, version),
        "own_file_code": _own_file_code(tool),
        "page_url": settings.BASE_URL + reverse("tool:page", args=[tool.pk]),
        "preview_url": reverse("tool:loader_version", args=[tool.pk, version.number]),
    }
    return TemplateResponse(request, "consent/embeds/show.html", context)


@tenant_page
def edit_tool(request: TenantRequest, tool_id: uuid.UUID) -> HttpResponse:
    tool = _tool(tool_id)
    form = ToolForm(request.POST or None, instance=tool)
    if form.is_valid():
        before = tool.version
        try:
            tool = change_tool(tool, **form.cleaned_data)
        except NotApprovedError:
            form.add_error(None, _nothing_in_force())
        else:
            if tool.version == before:
                messages.success(request, _("Saved."))
            else:
                messages.success(
                    request, _("Saved. The code has changed: replace it on your website.")
                )
            return redirect("embeds:show", request.tenant.slug, tool.pk)
    return TemplateResponse(request, "consent/embeds/edit.html", {"form": form, "tool": tool})


@require_POST
@tenant_page
def renew(request: TenantRequest, tool_id: uuid.UUID) -> HttpResponse:
    try:
        renew_tool(_tool(tool_id))
    except NotApprovedError:
        messages.error(request, _nothing_in_force())
    else:
        messages.success(request, _("The code is up to date: replace it on your website."))
    return redirect("embeds:show", request.tenant.slug, tool_id)


@require_POST
@tenant_page
def switch(request: TenantRequest, tool_id: uuid.UUID) -> HttpResponse:
    tool = _tool(tool_id)
    if request.POST.get("to") == Tool.State.OFF:
        switch_off_tool(tool)
        messages.success(request, _("The tool is off. It opens nothing any more."))
    else:
        switch_on_tool(tool)
        messages.success(request, _("The tool is on."))
    return redirect("embeds:show", request.tenant.slug, tool_id)


@require_safe
@tenant_page
def script_file(request: TenantRequest, tool_id: uuid.UUID) -> HttpResponse:
    """The tool as a file for the business's own server, where only its own scripts may run."""
    tool = _tool(tool_id)
    response = HttpResponse(tool.current.script, content_type="text/javascript; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{element_name(tool)}.js"'
    return response


def _tool(tool_id: uuid.UUID) -> Tool:
    return get_object_or_404(Tool.objects.select_related("bot"), pk=tool_id)


def _earlier(tool: Tool) -> list[tuple[ToolVersion, Effect]]:
    """The last versions before this one, and what its texts mean for whoever still sees them."""
    versions = tool.versions.filter(number__lt=tool.version).order_by("-number")
    known: dict[tuple[uuid.UUID, uuid.UUID], Effect] = {}
    found = []
    for version in versions.select_related("notice_text", "consent_text")[:EARLIER]:
        texts = (version.notice_text_id, version.consent_text_id)
        if texts not in known:
            known[texts] = effect_on(version)
        found.append((version, known[texts]))
    return found


def _nothing_in_force() -> str:
    return _(
        "No approved text for the notice is in force at the moment, so the button opens nothing."
        " We are on it."
    )


def _script_code(tool: Tool, version: ToolVersion) -> str:
    """For whoever accepts a request to ChatBo: exactly this version, without cookies (SRI)."""
    url = settings.BASE_URL + reverse("tool:loader_version", args=[tool.pk, version.number])
    digest = base64.b64encode(hashlib.sha384(version.script.encode()).digest()).decode()
    return (
        f'<script defer src="{url}" integrity="sha384-{digest}" crossorigin="anonymous"'
        f' referrerpolicy="no-referrer"></script>\n{_element(tool)}'
    )


def _own_file_code(tool: Tool) -> str:
    return f'<script defer src="/{element_name(tool)}.js"></script>\n{_element(tool)}'


def _element(tool: Tool) -> str:
    """The tool's place on the page; without script there is a link in it."""
    url = settings.BASE_URL + reverse("tool:page", args=[tool.pk])
    return format_html(
        '<{name}><a href="{url}" target="_blank" rel="noopener noreferrer">{label}</a></{name}>',
        name=element_name(tool),
        url=url,
        label=tool.label,
    )
