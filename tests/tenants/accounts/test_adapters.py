"""What allauth asks us."""

from typing import Any

from django.test import Client

from tests.outbox import mails


def test_a_link_in_a_mail_never_follows_the_host_of_the_request(
    client: Client, cafe: Any, settings: Any
) -> None:
    settings.BASE_URL = "https://chatbo.example"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    client.post(
        "/accounts/password/reset/", {"email": cafe.owner.email}, headers={"Host": "127.0.0.1:9999"}
    )

    (sent,) = mails()
    assert "https://chatbo.example/accounts/password/reset/key/" in sent.body
    assert "9999" not in sent.body + sent.subject


def test_an_address_longer_than_can_be_stored_is_not_added(client: Client, cafe: Any) -> None:
    client.force_login(cafe.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    long = f"{'x' * 200}@{'y' * 60}.bakery.example"
    page = client.post("/accounts/email/", {"email": long, "action_add": "1"})

    assert page.status_code == 200
    assert mails() == []
