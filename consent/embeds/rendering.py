"""What a tool looks like: the code for the website, made of approved texts.

The code has no script. Its first click opens the notice by the browser itself (``popovertarget``,
HTML Living Standard, 6.12), so Esc, focus, several on a page, shadow trees, late insertion and a
strict ``script-src`` need no care, and nothing in it could contact or store anything. The second
click is a form of plain HTML. A browser without popovers (before 2024) shows the notice at once.
"""

import dataclasses
import hashlib
import json
import re

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consent.embeds.models import Tool
from consent.register.activities import chatbo
from consent.texts.models import TextVersion
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force
from tenants.accounts.legal_pages import imprint_url, privacy_url
from tenants.accounts.models import Tenant

FOLDER = "consent/embeds/tool"


@dataclasses.dataclass(frozen=True)
class Rendered:
    """A tool's contents, before they become a version."""

    notice_text: TextVersion
    consent_text: TextVersion
    title: str
    notice: str
    consent: str
    snippet: str
    script: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.snippet}\n{self.script}".encode()).hexdigest()


def render_tool(tool: Tool, *, number: int) -> Rendered:
    """A tool's code as its version ``number``, in the open scope of its tenant.

    Raises ``NotApprovedError`` where a text has no approval.
    """
    tenant = Tenant.objects.get(pk=tool.tenant_id)
    notice_text = text_in_force("consent-embed-notice", tool.language)
    consent_text = text_in_force("consent-embed-chat", tool.language)
    with translation.override(tool.language):
        values = what_happens(tenant)
        notice = as_html(filled(notice_text, fitting(notice_text, values), markdown=True))
        consent = as_html(filled(consent_text, fitting(consent_text, values), markdown=True))
        context = {
            "tool": tool,
            "number": number,
            "name": element_name(tool),
            "title": notice_text.title,
            "notice": _in_a_new_window(notice),
            "consent": consent,
            "consent_text_id": consent_text.pk,
            "page": settings.BASE_URL + reverse("tool:page", args=[tool.pk]),
            "action": settings.BASE_URL + reverse("tool:consent", args=[tool.pk]),
        }
        style = _without_spaces(_tight(render_to_string(f"{FOLDER}/style.css")))
        markup = _tight(render_to_string(f"{FOLDER}/markup.html", context))
        script = render_to_string(
            f"{FOLDER}/script.js",
            {
                "name": mark_safe(json.dumps(context["name"])),  # noqa: S308 (a literal of JS)
                "style": _literal(style),
                "markup": _literal(markup),
            },
        )
    return Rendered(
        notice_text=notice_text,
        consent_text=consent_text,
        title=notice_text.title,
        notice=notice,
        consent=consent,
        snippet=f"<style>{style}</style>\n{markup}\n",
        script=script,
    )


def what_happens(tenant: Tenant) -> dict[str, str]:
    """Who receives what and where once the chat is open: the placeholders of notice and passage.

    In the active language. A button opens the web chat, so that no platform is involved.
    """
    recipient = chatbo()
    return {
        "company": tenant.company,
        "channel": _("the web chat"),
        "recipient": recipient.name,
        "country": recipient.country,
        "data": _("the IP address, details of the browser and the messages written"),
        "imprint_url": imprint_url(tenant),
        "privacy_url": privacy_url(tenant),
    }


def element_name(tool: Tool) -> str:
    """The name of the tool's HTML element, and of its parts."""
    return f"chatbo-{tool.pk}"


def _in_a_new_window(html: str) -> SafeString:
    """The notice's links leave the visitor's page where it is, and tell nobody about it."""
    linked = html.replace("<a href=", '<a target="_blank" rel="noopener noreferrer" href=')
    return mark_safe(linked)  # noqa: S308 (as_html escapes)


def _tight(text: str) -> SafeString:
    """Without line breaks and indentation: a page editor must not make paragraphs of them."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return mark_safe(re.sub(r"\s*\n\s*", "", text).strip())  # noqa: S308 (taken from templates)


def _without_spaces(css: str) -> SafeString:
    """A style sheet without the spaces that mean nothing; those within a value stay."""
    return mark_safe(re.sub(r"\s*([{};])\s*|(?<=:)\s+", r"\1", css))  # noqa: S308 (our own file)


def _literal(text: str) -> SafeString:
    """Text as a literal in a script; without ``</`` it cannot end a ``<script>`` either."""
    return mark_safe(json.dumps(text, ensure_ascii=False).replace("</", "<\\/"))  # noqa: S308
