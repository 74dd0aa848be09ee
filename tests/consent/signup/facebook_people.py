"""What people do at Facebook, which is the strict stand-in."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.http import HttpResponse
from django.test import Client

from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import Tenant

ALL = {"terms": "on", "third_party": "on", "way": "facebook", "email": ""}
MAIL_AT_FACEBOOK = "testkonto-1@facebook.example"


def dialog_in(answer: HttpResponse) -> str:
    """Where the page sends the browser by itself; the link for those without is the same."""
    page = answer.content.decode()
    target = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert target, page
    assert f'href="{target.group(1)}"' in page
    return html.unescape(target.group(1))


def at_facebook(dialog: str, *, name: str = "Testkonto 1", **form: str) -> str:
    """Choose an account in the dialog; the way back, as our server gets to see it."""
    page = httpx.get(dialog).text
    persons = re.findall(r'name="person" value="(\d+)"[^>]*>\s*<span>([^<]+)', page)
    person = next(pk for pk, shown in persons if shown == name)
    back = httpx.post(dialog, data={"person": person, "answer": "continue", **form})
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def log_in(client: Client) -> HttpResponse:
    page = client.get("/accounts/facebook/login/").content.decode()
    shown = re.search(r'name="shown" value="([^"]*)"', page)
    assert shown
    return client.post("/accounts/facebook/login/", {"shown": shown.group(1), "third_party": "on"})


def linked_tenant() -> Any:
    with platform_scope("test"):
        return Tenant.objects.get().pk
