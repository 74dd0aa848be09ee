"""The Send API: what a page may say to whom, and when.

https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from typing import Any

from standins import chats
from standins.graph import events
from standins.graph.access import GraphCall
from standins.graph.errors import GraphError, wrong
from standins.graph.shape import fields_of, items_of, text_of, url_of

DAY = 24 * 3600
TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
#: Refused with code 100 since 27 April 2026.
REMOVED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
ACTIONS = ("typing_on", "typing_off", "mark_seen")
BUTTON = {"title": 20, "payload": 1000}


def send(call: GraphCall, node: str) -> dict[str, str]:
    page = call.page(node)
    if page["restricted"]:
        raise GraphError(
            10, "(#10) This Page is restricted from sending messages.", subcode=1893063
        )
    recipient = fields_of(call.value("recipient"), "recipient", required=("id",))
    action, message = call.params.get("sender_action"), call.value("message")
    if (action is None) == (message is None):
        raise wrong("Exactly one of the params message and sender_action is required.")

    window = _window(call) if message is not None else DAY
    content = _checked(message) if message is not None else {}
    thread = chats.find_thread(call.world, "messenger", page["id"], str(recipient["id"]))
    if thread is None:
        raise wrong("No matching user found", subcode=2018001)
    if thread.blocked or thread.deactivated:
        raise GraphError(551, "(#551) This person isn't available right now.", subcode=1545041)
    if call.world.now() - (thread.last_act or 0) > window:
        raise GraphError(
            10,
            "(#10) This message is sent outside of allowed window. Learn more about the new policy"
            " here: https://developers.facebook.com/docs/messenger-platform/policy-overview",
            subcode=2018278,
        )
    if action is not None:
        if action not in ACTIONS:
            raise wrong(f"Param sender_action must be one of {{{', '.join(ACTIONS)}}}")
        return {"recipient_id": thread.address}

    with call.world.store.transaction():
        _, mid = chats.say(call.world, thread, sender="bot", **content)
        events.sent(call.world, thread, mid, message)
    return {"recipient_id": thread.address, "message_id": mid}


def _window(call: GraphCall) -> float:
    """How long after the person's last act this kind of message may be sent."""
    kind, tag = call.params.get("messaging_type"), call.params.get("tag")
    if kind not in TYPES:
        raise wrong(f"Param messaging_type must be one of {{{', '.join(TYPES)}}}")
    if kind != "MESSAGE_TAG":
        if tag is not None:
            raise wrong("Param tag needs messaging_type MESSAGE_TAG.")
        return DAY
    if tag in REMOVED_TAGS:
        raise wrong(f"The message tag {tag} is no longer supported. Use utility templates.")
    if tag != "HUMAN_AGENT":
        raise wrong("Param tag must be one of {HUMAN_AGENT}")
    return 7 * DAY


def _checked(message: Any) -> dict[str, Any]:
    """What the person will see; refused where the real one refuses."""
    fields_of(message, "message", optional=("text", "attachment", "quick_replies", "metadata"))
    if ("text" in message) == ("attachment" in message):
        raise wrong("Exactly one of message[text] and message[attachment] must be set.")
    if "metadata" in message:
        text_of(message["metadata"], "message[metadata]", most=1000)
    seen: dict[str, Any]
    if "text" in message:
        seen = {"text": text_of(message["text"], "message[text]", most=2000)}
    else:
        seen = _attachment(message["attachment"])
    if "quick_replies" in message:
        seen["quick_replies"] = _quick_replies(message["quick_replies"])
    return seen


def _quick_replies(value: Any) -> list[dict[str, str]]:
    where = "message[quick_replies]"
    replies = []
    for index, reply in enumerate(items_of(value, where, most=13)):
        at = f"{where}[{index}]"
        fields_of(reply, at, required=("content_type",), optional=("title", "payload", "image_url"))
        if reply["content_type"] in ("user_phone_number", "user_email"):
            continue  # the stand-in's persons have neither to offer
        if reply["content_type"] != "text":
            raise wrong(f"Param {at}[content_type] must be one of {{text, user_phone_number, ...}}")
        title = text_of(reply.get("title"), f"{at}[title]", most=20)
        payload = text_of(reply.get("payload"), f"{at}[payload]", most=1000)
        if "image_url" in reply:
            url_of(reply["image_url"], f"{at}[image_url]")
        replies.append({"title": title, "payload": payload})
    return replies


def _attachment(value: Any) -> dict[str, Any]:
    where = "message[attachment]"
    fields_of(value, where, required=("type", "payload"))
    kind, payload = value["type"], value["payload"]
    if kind in ("image", "audio", "video", "file"):
        at = f"{where}[payload]"
        fields_of(payload, at, required=("url",), optional=("is_reusable",))
        url = url_of(payload["url"], f"{at}[url]")
        return {"text": "", "buttons": [{"type": "web_url", "title": kind, "url": url}]}
    if kind != "template":
        raise wrong(f"Param {where}[type] must be one of {{audio, file, image, template, video}}")
    if not isinstance(payload, dict) or payload.get("template_type") != "button":
        raise wrong("The stand-in plays the button template only.")
    fields_of(payload, "payload", required=("template_type", "text", "buttons"))
    return {
        "text": text_of(payload["text"], "payload[text]", most=640),
        "buttons": [
            _button(button, f"payload[buttons][{index}]")
            for index, button in enumerate(items_of(payload["buttons"], "buttons", most=3))
        ],
    }


def _button(value: Any, at: str) -> dict[str, str]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "postback":
        fields_of(value, at, required=("type", "title", "payload"))
        text_of(value["payload"], f"{at}[payload]", most=BUTTON["payload"])
    elif kind == "web_url":
        fields_of(value, at, required=("type", "title", "url"), optional=("webview_height_ratio",))
        url_of(value["url"], f"{at}[url]")
    else:
        raise wrong(f"Param {at}[type] must be one of {{web_url, postback}}")
    text_of(value["title"], f"{at}[title]", most=BUTTON["title"])
    return dict(value)
