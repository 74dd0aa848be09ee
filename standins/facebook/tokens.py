"""From a code to a token to a profile.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

import hmac
import secrets
from typing import Any

from standins.graph.access import GraphCall
from standins.graph.errors import GraphError, dead_token, wrong
from standins.store import Row

CODE_LIFE = 600
TOKEN_LIFE = 60 * 24 * 3600
#: Given to everybody.
PUBLIC = ("id", "name", "first_name", "last_name", "middle_name", "name_format", "short_name")
#: Exist, but this app or this person does not give them: left out without a word.
SILENT = (
    "picture",
    "link",
    "gender",
    "locale",
    "timezone",
    "updated_time",
    "verified",
    "age_range",
    "birthday",
    "hometown",
    "location",
)


def access_token(call: GraphCall) -> dict[str, Any]:
    params = call.params
    if str(params.get("client_id", "")) != call.world.config.app_id:
        raise GraphError(
            101, "Error validating application. Cannot get application info due to a system error."
        )
    given = str(params.get("client_secret", ""))
    if not hmac.compare_digest(given.encode(), call.world.config.app_secret.encode()):
        raise GraphError(1, "Error validating client secret.")
    match params.get("grant_type"):
        case "client_credentials":
            return {"access_token": call.world.config.app_token, "token_type": "bearer"}
        case "fb_exchange_token":
            login = _login(call, str(params.get("fb_exchange_token", "")))
            return _token(call, login["person"], login["scopes"])
        case None | "authorization_code":
            return _exchange(call)
        case _:
            raise GraphError(100, "Unsupported grant_type")


def _exchange(call: GraphCall) -> dict[str, Any]:
    """A code works once, soon, and for the address that it was sent to."""
    if not (code := str(call.params.get("code", ""))):
        raise GraphError(100, "Missing authorization code")
    with call.world.store.transaction():
        row = call.world.store.row("SELECT * FROM login_codes WHERE code = ?", code)
        if row is None:
            raise GraphError(100, "Invalid verification code format.", subcode=36009)
        if row["used"]:
            raise GraphError(100, "This authorization code has been used.", subcode=36009)
        if call.world.now() - row["at"] > CODE_LIFE:
            raise GraphError(100, "This authorization code has expired.", subcode=36007)
        if str(call.params.get("redirect_uri", "")) != row["redirect_uri"]:
            raise GraphError(
                100,
                "Error validating verification code. Please make sure your redirect_uri is"
                " identical to the one you used in the OAuth dialog request",
                subcode=36008,
            )
        call.world.store.run("UPDATE login_codes SET used = 1 WHERE code = ?", code)
        return _token(call, row["person"], row["scopes"])


def _token(call: GraphCall, person: int, scopes: str) -> dict[str, Any]:
    token = "EAADemo" + secrets.token_hex(40)
    call.world.store.run(
        "INSERT INTO login_tokens VALUES (?, ?, ?, ?)",
        token,
        person,
        scopes,
        call.world.now() + TOKEN_LIFE,
    )
    return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE}


def is_login(call: GraphCall) -> bool:
    return bool(call.world.store.row("SELECT 1 FROM login_tokens WHERE token = ?", call.token))


def me(call: GraphCall) -> dict[str, Any]:
    """The person who logged in; the e-mail address only if there is one and it was not denied."""
    login = _login(call, call.token)
    call.check_proof()
    person = call.world.store.row("SELECT * FROM persons WHERE id = ?", login["person"])
    assert person is not None
    first, _, last = person["name"].partition(" ")
    values: dict[str, Any] = {
        "id": person["asid"],
        "name": person["name"],
        "first_name": first,
        "last_name": last,
        "name_format": "{first} {last}",
        "short_name": first,
    }
    if person["email"] and "email" in login["scopes"].split(","):
        values["email"] = person["email"]
    fields = call.names("fields") or ["id", "name"]
    for field in fields:
        if field not in (*PUBLIC, *SILENT, "email"):
            raise wrong(f"Tried accessing nonexisting field ({field}) on node type (User)")
    return {"id": values["id"]} | {name: values[name] for name in fields if name in values}


def _login(call: GraphCall, token: str) -> Row:
    if not token:
        raise GraphError(
            2500,
            "An active access token must be used to query information about the current user.",
        )
    row = call.world.store.row("SELECT * FROM login_tokens WHERE token = ?", token)
    if row is None:
        raise dead_token("invalid")
    if row["expires"] < call.world.now():
        raise dead_token("expired")
    return row
