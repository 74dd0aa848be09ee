"""Which passwords are taken."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tenants.accounts.models import User
from tenants.accounts.passwords import ScryptPasswordHasher

OLD = "correct-horse-battery"


def refusals(password: str) -> list[str]:
    try:
        validate_password(password, User(email="owner@cafe-morgenrot.example", name="Owner"))
    except ValidationError as error:
        return [str(found.code) for found in error.error_list]
    return []


@pytest.mark.parametrize("password", ["qwerty123456", "Qwerty123456", "polniypizdec0211"])
def test_what_leaked_elsewhere_is_refused_in_capitals_too(password: str) -> None:
    assert "password_leaked" in refusals(password)


@pytest.mark.parametrize(
    "password", ["chatbo-demo-2026", "ChatBo!ChatBo!", "Datenschutz#2026", "proxpert998877665544"]
)
def test_words_of_this_house_with_a_number_behind_are_refused(password: str) -> None:
    assert refusals(password) == ["password_of_our_words"]


@pytest.mark.parametrize(
    "password",
    [
        "rolls and bread at dawn",
        "     only lower case and blanks     ",
        "83417709216650284413",
        "Ein Telegramm kam nie, der Hund aß es.",
        "päöü ßéî 漢字 🥐🥐 ☂",
        "long " * 100,
    ],
)
def test_everything_else_of_twelve_characters_is_taken_whatever_it_is_made_of(
    password: str,
) -> None:
    assert refusals(password) == []


def test_eleven_are_too_few_and_ones_own_address_is_none() -> None:
    assert refusals("rolls & bre") == ["password_too_short"]
    assert refusals("owner@cafe-morgenrot") == ["password_too_similar"]


def test_it_is_compared_as_it_was_typed_to_the_last_blank(cafe: Any) -> None:
    client = Client()
    client.force_login(cafe.owner)
    new = "  Rolls and BREAD at dawn " + "x" * 80 + " "
    form = {"oldpassword": OLD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", form).status_code == 302
    user = User.objects.get(pk=cafe.owner.pk)
    assert user.check_password(new)
    for altered in (new.strip(), new.lower(), new[:72], new[:-1]):
        assert not user.check_password(altered)


def test_changing_it_takes_the_old_one(cafe: Any) -> None:
    client = Client()
    client.force_login(cafe.owner)
    form = {"oldpassword": "wrong-horse", "password1": "rolls and bread at dawn"}
    client.post("/accounts/password/change/", form | {"password2": form["password1"]})
    assert User.objects.get(pk=cafe.owner.pk).check_password(OLD)


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/password/change/"])
def test_what_is_typed_is_hidden_and_may_be_filled_in_by_a_password_manager(
    cafe: Any, page: str
) -> None:
    client = Client()
    if page != "/accounts/login/":
        client.force_login(cafe.owner)
    form = client.get(page).context["form"]
    fields = [field for name, field in form.fields.items() if "password" in name]
    assert fields
    for field in fields:
        assert field.widget.input_type == "password"
        assert field.widget.attrs["autocomplete"] in {"current-password", "new-password"}


def test_a_guess_costs_32_mib_and_an_older_hash_is_made_anew(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tenants.accounts.passwords.ScryptPasswordHasher"]
    hasher = ScryptPasswordHasher()
    made = hasher.decode(make_password(OLD))
    assert (made["work_factor"], made["block_size"], made["parallelism"]) == (2**15, 8, 3)

    older = hasher.encode(OLD, "salt" * 6, n=2**14, p=5)
    seen: list[str] = []
    assert check_password(OLD, older, setter=seen.append)
    assert seen == [OLD]
