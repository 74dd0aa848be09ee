"""Runs as a process of its own with production's settings, and prints what browsers would get.

``tests/chatbo/test_headers.py`` starts it: settings are read once a process.
"""

import json
import sys
from typing import Any

import django

PASSWORD = "correct-horse-battery"


def main() -> None:
    django.setup()

    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tests.addresses import named_addresses

    call_command("collectstatic", interactive=False, verbosity=0)
    # Django's own allows "testserver", and catches mails.
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["chatbo.example"]
    seen: list[dict[str, Any]] = []

    def note(client: Any, method: str, address: str, *, secure: bool = True, **more: Any) -> Any:
        answer = client.generic(method, address, secure=secure, **more)
        body = answer.getvalue() if answer.streaming else answer.content
        seen.append(
            {
                "method": method,
                "address": address,
                "secure": secure,
                "status": answer.status_code,
                "headers": {name.lower(): value for name, value in answer.headers.items()},
                "cookies": [morsel.OutputString() for morsel in answer.cookies.values()],
                "static": b"/static/" in body,
            }
        )
        return answer

    client = Client(SERVER_NAME="chatbo.example", raise_request_exception=False)
    for _, address in named_addresses():
        for method in ("GET", "POST"):
            note(client, method, address)
    note(client, "GET", "/nowhere/")
    note(client, "GET", "/?q=%00")
    note(client, "GET", "/", secure=False)
    note(client, "POST", "/webhooks/meta/", secure=False)
    note(client, "GET", "/", HTTP_HOST="forged.example")
    note(client, "GET", "/", secure=False, HTTP_HOST="forged.example")
    _log_in(client, note)
    json.dump({"seen": seen, "static": _static(client, note)}, sys.stdout)


def _log_in(client: Any, note: Any) -> None:
    """So that a session's cookies are among what is seen."""
    from allauth.account.models import EmailAddress

    from tenants.accounts.models import User

    user = User.objects.create_user("owner@cafe.example", password=PASSWORD, name="Owner")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    body = f"login=owner%40cafe.example&password={PASSWORD}"
    form = {"content_type": "application/x-www-form-urlencoded"}
    note(client, "POST", "/accounts/login/", data=body, **form)
    note(client, "GET", "/accounts/profile/")
    note(client, "POST", "/i18n/setlang/", data="language=en", **form)


def _static(client: Any, note: Any) -> int:
    """A file as pages name it: with its digest in the name. Its status."""
    from django.templatetags.static import static

    return int(note(client, "GET", static("mark.svg")).status_code)


if __name__ == "__main__":
    main()
