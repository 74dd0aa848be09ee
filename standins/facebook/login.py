"""The log-in dialog: who are you, and what may this app know?"""

import secrets
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from standins.facebook import tokens
from standins.graph.access import GraphCall
from standins.graph.pages import debug_token
from standins.graph.routes import refuse
from standins.outbox import on_this_machine
from standins.phone.words import choose_language, words_for
from standins.web import STRICT_CSP, Call, Room, page

room = Room("/facebook", GraphCall, is_api=True, refuse=refuse)
room.on("/<version>/oauth/access_token", "GET", "POST")(tokens.access_token)
room.on("/<version>/me", "GET")(tokens.me)
room.on("/<version>/debug_token", "GET")(debug_token)

TEMPLATE = Path(__file__).with_name("dialog.html")
SCOPES = ("public_profile", "email")
# A browser holds a form's redirects to form-action too, and the answer goes to the product.
DIALOG_CSP = STRICT_CSP.replace("form-action 'self'", "form-action *")


class AskedWronglyError(Exception):
    """The dialog shows an error and sends nobody back: the app asked wrongly."""


@room.on("/<version>/dialog/oauth", "GET")
def dialog(call: GraphCall) -> Response:
    language = choose_language(call.request)
    words = words_for(language)
    try:
        scopes = _asked(call)
    except AskedWronglyError as error:
        return page(
            TEMPLATE.with_name("refused.html"),
            {"language": language, "reason": str(error), **words},
            status=400,
        )
    persons = call.world.store.rows("SELECT * FROM persons WHERE role = 'login' ORDER BY id")
    choices = Markup("").join(
        Markup(
            '<label class="choice"><input type="radio" name="person" value="{}"{}>'
            "<span>{}<small>{}</small></span></label>"
        ).format(
            person["id"],
            Markup(" checked") if index == 0 else "",
            person["name"],
            person["email"] or words["no_email"],
        )
        for index, person in enumerate(persons)
    )
    asks_email = Markup(
        '<label class="choice"><input type="checkbox" name="email" value="1" checked>'
        "<span>{}</span></label>"
    ).format(words["share_email"])
    return page(
        TEMPLATE,
        {
            "language": language,
            "choices": choices,
            "asks_email": asks_email if "email" in scopes else "",
            "query": call.request.query_string.decode(),
            **words,
        },
        csp=DIALOG_CSP,
    )


@room.on("/<version>/dialog/oauth", "POST")
def answer(call: GraphCall) -> Response:
    """Back to the app, with a code or with a no; the state comes back as it was sent."""
    try:
        scopes = _asked(call)
    except AskedWronglyError as error:
        return Response(str(error), 400)
    form = call.request.form
    uri = call.request.args["redirect_uri"]
    state = {"state": call.request.args["state"]} if "state" in call.request.args else {}
    if form.get("answer") != "continue":
        return _back(
            uri,
            {
                "error": "access_denied",
                "error_code": "200",
                "error_description": "Permissions error",
                "error_reason": "user_denied",
                **state,
            },
        )
    person = call.world.store.row(
        "SELECT id FROM persons WHERE role = 'login' AND id = ?", form.get("person")
    )
    if person is None:
        return Response("Unknown person", 400)
    granted = [scope for scope in scopes if scope != "email" or form.get("email")]
    code = "AQ" + secrets.token_urlsafe(64)
    call.world.store.run(
        "INSERT INTO login_codes (code, person, redirect_uri, scopes, at) VALUES (?, ?, ?, ?, ?)",
        code,
        person["id"],
        uri,
        ",".join(granted),
        call.world.now(),
    )
    return _back(uri, {"code": code, **state})


def _back(uri: str, values: dict[str, str]) -> Response:
    separator = "&" if urlsplit(uri).query else "?"
    # Facebook ends the address with this; an app must not stumble over it.
    return redirect(f"{uri}{separator}{urlencode(values)}#_=_", Response=Response)


def _asked(call: Call) -> list[str]:
    """The scopes, if the app may ask: its id, a known address to come back to, known scopes."""
    asked = call.request.args
    if asked.get("client_id") != call.world.config.app_id:
        raise AskedWronglyError(
            "Invalid App ID: The provided app ID does not look like a valid app ID."
        )
    uri = asked.get("redirect_uri", "")
    own = urlsplit(call.world.config.webhook)
    given = urlsplit(uri)
    is_ours = (given.scheme, given.netloc) == (own.scheme, own.netloc)
    if given.scheme not in ("http", "https") or not (is_ours or on_this_machine(uri)):
        raise AskedWronglyError(
            "URL blocked: This redirect failed because the redirect URI is not white-listed in the"
            " app's client OAuth settings."
        )
    if asked.get("response_type", "code") != "code":
        raise AskedWronglyError("The stand-in plays response_type=code only.")
    scopes = [scope for scope in asked.get("scope", "").replace(" ", ",").split(",") if scope]
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise AskedWronglyError(f"Invalid Scopes: {', '.join(unknown)}.")
    return ["public_profile", *(scope for scope in scopes if scope != "public_profile")]
