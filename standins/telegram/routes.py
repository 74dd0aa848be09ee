"""The methods of the Bot API that the stand-in plays. Their names are not case-sensitive."""

from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from standins.telegram import menus, messages, webhooks
from standins.telegram.access import BotCall
from standins.telegram.errors import TelegramError
from standins.web import Room

METHODS = {
    "getMe": messages.get_me,
    "setWebhook": webhooks.set_webhook,
    "deleteWebhook": webhooks.delete_webhook,
    "getWebhookInfo": webhooks.webhook_info,
    "setMyCommands": menus.set_my_commands,
    "getMyCommands": menus.get_my_commands,
    "deleteMyCommands": menus.delete_my_commands,
    "setChatMenuButton": menus.set_menu_button,
    "getChatMenuButton": menus.get_menu_button,
    "setMyDescription": lambda call: menus.set_text(call, "description", 512),
    "setMyShortDescription": lambda call: menus.set_text(call, "short_description", 120),
    "sendMessage": messages.send_message,
    "answerCallbackQuery": messages.answer_callback_query,
}
BY_NAME = {name.lower(): method for name, method in METHODS.items()}


def refuse(error: HTTPException) -> Response:
    return TelegramError(404, "Not Found").response()


room = Room("/telegram", BotCall, is_api=True, refuse=refuse)


@room.on("/bot<token>/<method>", "GET", "POST")
def call_method(call: BotCall, method: str) -> dict[str, Any]:
    known = BY_NAME.get(method.lower())
    if known is None:
        raise TelegramError(404, "Not Found")
    return {"ok": True, "result": known(call)}
