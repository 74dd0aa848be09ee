"""What visitors of the businesses' websites meet under ``/e/``: no cookie, no log-in."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.network import client_address
from consent.embeds.agreeing import agree_to_chat, refuse_chat
from consent.embeds.errors import AskAgainError, NotAvailableError, UnknownVersionError
from consent.embeds.models import Tool
from consent.embeds.shown import seal_shown
from consent.embeds.tools import follow_texts
from consent.ledger.receipts import receipt_code
from consent.texts.errors import NotApprovedError
from tenants.accounts.legal_pages import imprint_url, privacy_url
from tenants.accounts.models import Tenant

SWITCHED_OFF = "/* This tool is switched off. */\n"


@require_safe
def loader(request: HttpRequest, tool_id: uuid.UUID) -> HttpResponse:
    """The tool with the texts in force, as a script, asked for anew after five minutes.

    Switched off, or while no approved text is in force, it is empty.
    """
    with open_tool(tool_id) as tool:
        code, etag = SWITCHED_OFF, "off"
        with suppress(NotApprovedError):
            if tool.state == Tool.State.ON:
                version = follow_texts(tool)
                code, etag = version.script, f"{version.number}-on"
    return _script(request, code, quote_etag(etag), "public, max-age=300")


@require_safe
def loader_version(request: HttpRequest, tool_id: uuid.UUID, number: int) -> HttpResponse:
    """Exactly this version as a script: it never changes, so nobody asks for it twice."""
    with open_tool(tool_id) as tool:
        version = tool.versions.filter(number=number).first()
        if version is None:
            raise Http404
    cache = "public, max-age=31536000, immutable"
    return _script(request, version.script, quote_etag(version.sha256), cache)


@require_safe
def tool_page(request: HttpRequest, tool_id: uuid.UUID) -> HttpResponse:
    """The tool as a page of its own: for browsers without script, for links and QR codes."""
    with open_tool(tool_id) as tool, translation.override(tool.language):
        return _notice(request, tool)


# No token against cross-site requests: the form stands on the businesses' websites by design, and
# no cookie, so no identity, comes with it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def give_consent(request: HttpRequest, tool_id: uuid.UUID) -> HttpResponse:
    """Where the second click leads: the consent is recorded, then the chat opens.

    A no on our own page is recorded too, and opens nothing.
    """
    if request.method == "GET":
        return redirect("tool:page", tool_id)
    network = client_address(request)
    with open_tool(tool_id) as tool, translation.override(tool.language):
        try:
            if request.POST.get("decision") == "no":
                refuse_chat(
                    tool,
                    version=request.POST.get("version", ""),
                    text=request.POST.get("text", ""),
                    sealed=request.POST.get("shown", ""),
                )
                return _page(request, tool, "refused")
            record = agree_to_chat(
                tool,
                version=request.POST.get("version", ""),
                text=request.POST.get("text", ""),
                sealed=request.POST.get("shown", ""),
                after=request.POST.get("after", ""),
                network=network,
            )
        except (NotAvailableError, NotApprovedError):
            return _page(request, tool, "unavailable", status=404)
        except AskAgainError:
            return _notice(request, tool, asked_again=True)
        except UnknownVersionError:
            return _page(request, tool, "unknown", status=400)
        # The chat shows the visitor their receipt; nothing else tells who comes.
        query = urlencode({"receipt": receipt_code(record)})
    address = f"{reverse('webchat:chat', args=[tool_id])}?{query}"
    return _private(HttpResponse(status=303, headers={"Location": address}))


@contextmanager
def open_tool(tool_id: uuid.UUID) -> Iterator[Tool]:
    """A tool by its public id, in its tenant's scope; a 404 where there is none."""
    entry = directory.find("tool", str(tool_id))
    if entry is None:
        raise Http404
    with tenant_scope(entry.tenant_id):
        tool = Tool.objects.select_related("bot").filter(pk=tool_id).first()
        if tool is None:
            raise Http404
        yield tool


def _notice(request: HttpRequest, tool: Tool, *, asked_again: bool = False) -> HttpResponse:
    """The texts in force with the second click; ``asked_again``: the click before did not count."""
    try:
        version = follow_texts(tool) if tool.is_available else None
    except NotApprovedError:
        version = None
    if version is None:
        return _page(request, tool, "unavailable", status=404)
    context = {"version": version, "shown": seal_shown(version), "asked_again": asked_again}
    return _page(request, tool, "page", context, status=409 if asked_again else 200)


def _page(
    request: HttpRequest,
    tool: Tool,
    name: str,
    more: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    tenant = Tenant.objects.get(pk=tool.tenant_id)
    context = {
        "tool": tool,
        **(more or {}),
        "company": tenant.company,
        "imprint_url": imprint_url(tenant),
        "privacy_url": privacy_url(tenant),
    }
    return _private(render(request, f"consent/embeds/{name}.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _script(request: HttpRequest, code: str, etag: str, cache: str) -> HttpResponse:
    """A script that any website may load and check by its hash (SRI asks for CORS)."""
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(code, content_type="text/javascript; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
