"""Messenger: Meta's Graph API, version 26.0.

https://developers.facebook.com/docs/messenger-platform/reference/send-api and
.../messenger-profile-api. The token travels in a header, never in an address, with the
``appsecret_proof`` that shows that we know the app's secret too.
"""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from chatbo.foundation.outbound import Answer, OutboundError, call
from tenants.bots import payloads
from tenants.bots.platforms.errors import OurFaultError, TemporaryError
from tenants.bots.platforms.messenger_errors import error_in
from tenants.bots.platforms.wire import LONGEST, Button, Menu, Outgoing, Place, Receipt

VERSION = "v26.0"
SUBSCRIBED_FIELDS = ("messages", "messaging_postbacks", "messaging_referrals")
PROFILE_FIELDS = ("get_started", "persistent_menu", "commands")

MOST_PARTS = 400
"""Of one answer: 10,000 pages on which one person chatted. Whoever gives more goes in a circle."""

LONGEST_BUTTON_TEXT = 640
"""Of a button template; longer, buttons are quick replies, and addresses stand in the text."""


def identify(token: str) -> Place:
    """Ask whose token this is. Raises ``TokenDeadError`` for one that is worth nothing."""
    page = _graph(token, "GET", "me", params={"fields": "id,name"})
    page_id = str(page.get("id", ""))
    return Place(page_id, str(page.get("name", page_id)), f"https://m.me/{page_id}")


def subscribe_page(token: str) -> None:
    """Have the page's messages and taps sent to our webhook. Twice is once."""
    _graph(token, "POST", "me/subscribed_apps", json={"subscribed_fields": list(SUBSCRIBED_FIELDS)})


def set_menu(token: str, menu: Menu) -> None:
    """Put the fixed menu up, and take away what would hide it (``commands``).

    Overwrites whatever was there. Ten profile calls in ten minutes are allowed for a page.
    """
    _graph(token, "POST", "me/messenger_profile", json=_profile(menu))
    if "commands" in _read_profile(token):
        _graph(token, "DELETE", "me/messenger_profile", json={"fields": ["commands"]})


def has_menu(token: str, menu: Menu) -> bool:
    """Whether the page shows exactly our menu; another tool may have changed it."""
    return _read_profile(token) == _profile(menu)


def leave_page(token: str) -> None:
    """Take the menu away and have nothing sent to us any more."""
    _graph(token, "DELETE", "me/messenger_profile", json={"fields": list(PROFILE_FIELDS)})
    _graph(token, "DELETE", "me/subscribed_apps")


def send(token: str, recipient: str, outgoing: Outgoing) -> Receipt:
    """Send one message to one person, within 24 hours of theirs.

    The Send API knows no idempotency key: after ``TemporaryError`` with ``sent`` the message
    may have arrived.
    """
    answer = _graph(
        token,
        "POST",
        "me/messages",
        json={
            "recipient": {"id": recipient},
            "messaging_type": "RESPONSE",
            "message": _message(outgoing),
        },
    )
    return Receipt(str(answer.get("message_id", "")))


def known_on_pages(app_scoped_id: str) -> dict[str, str]:
    """By which id each page knows a person whom Facebook's log-in knows by this one: page to id.

    Only pages whose business the app belongs to. Meta answers 100/33 for an id that it does not
    know, and the same where it does not let the app ask: the two cannot be told apart.
    https://developers.facebook.com/docs/messenger-platform/identity/id-matching
    """
    token = f"{settings.META_APP_ID}|{settings.META_APP_SECRET}"
    found: dict[str, str] = {}
    after: dict[str, str] = {}
    for _part in range(MOST_PARTS):
        answer = _graph(token, "GET", f"{app_scoped_id}/ids_for_pages", params=after)
        if not isinstance(answer.get("data"), list):
            break
        try:
            found |= {str(each["page"]["id"]): str(each["id"]) for each in answer["data"]}
            paging = answer.get("paging") or {}
            if "next" not in paging:
                return found
            # The cursor and not the address in "next", which would lead wherever it says.
            after = {"after": str(paging["cursors"]["after"])}
        except (KeyError, TypeError):
            # What cannot be read is no reason to believe that nobody knows the person.
            break
    raise OurFaultError("unreadable")


def _profile(menu: Menu) -> dict[str, Any]:
    return {
        "get_started": {"payload": payloads.START},
        "persistent_menu": [
            {
                "locale": "default",
                "composer_input_disabled": False,
                "call_to_actions": [
                    {
                        "type": "postback",
                        "title": menu.unsubscribe,
                        "payload": payloads.UNSUBSCRIBE,
                    },
                    {"type": "web_url", "title": menu.imprint, "url": menu.imprint_url},
                    {"type": "web_url", "title": menu.privacy, "url": menu.privacy_url},
                ],
            }
        ],
    }


def _read_profile(token: str) -> dict[str, Any]:
    fields = ",".join(PROFILE_FIELDS)
    answer = _graph(token, "GET", "me/messenger_profile", params={"fields": fields})
    data = answer.get("data")
    found = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
    return dict(found)


def _message(outgoing: Outgoing) -> dict[str, Any]:
    if not outgoing.buttons:
        return {"text": outgoing.text}
    if len(outgoing.text) > LONGEST_BUTTON_TEXT:
        links = [f"{button.title}: {button.url}" for button in outgoing.buttons if button.url]
        replies = [
            {"content_type": "text", "title": button.title[:20], "payload": button.payload}
            for button in outgoing.buttons
            if button.payload
        ]
        text = "\n\n".join([outgoing.text, *links])
        text = text if len(text) <= LONGEST else outgoing.text
        # An empty list is refused.
        return {"text": text, "quick_replies": replies} if replies else {"text": text}
    return {
        "attachment": {
            "type": "template",
            "payload": {
                "template_type": "button",
                "text": outgoing.text,
                "buttons": [_button(button) for button in outgoing.buttons],
            },
        }
    }


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "web_url", "title": button.title[:20], "url": button.url}
    return {"type": "postback", "title": button.title[:20], "payload": button.payload}


def _graph(
    token: str,
    method: str,
    path: str,
    *,
    json: dict[str, Any] | None = None,
    params: dict[str, str] | None = None,
) -> dict[str, Any]:
    proof = hmac.new(settings.META_APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    # Graph reads a call's parameters from its body or its query; the proof is useless without
    # the secret token, so it may stand in the query of those that have no body.
    with_proof = {"appsecret_proof": proof}
    try:
        answer: Answer = call(
            method,
            f"{settings.META_GRAPH_URL}/{VERSION}/{path}",
            json={**json, **with_proof} if json is not None else None,
            params={**(params or {}), **with_proof} if json is None else None,
            headers={"Authorization": f"Bearer {token}"},
        )
    except UnicodeEncodeError:
        raise OurFaultError("not_a_token") from None
    except OutboundError as error:
        raise TemporaryError(error.kind, sent=error.sent) from error
    if answer.status != 200 or not isinstance(answer.data, dict) or "error" in answer.data:
        raise error_in(answer)
    return answer.data
