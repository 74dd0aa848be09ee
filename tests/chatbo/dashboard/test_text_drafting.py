"""An admin writes the next version in the product; a draft is shown to its author alone."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import DataError, connection
from django.test import Client

from consent.texts.drafting import begin_draft, hold_draft, submit_draft
from consent.texts.models import TextDraft, TextVersion
from consent.texts.versions import text_in_force
from tenants.accounts.models import PlatformRole, User
from tests.chatbo.dashboard.conftest import Visitor, colleague
from tests.meanwhile import meanwhile


@pytest.fixture
def base(db: None) -> TextVersion:
    return text_in_force("bot-notice", "de")


@pytest.fixture
def desk(visitor: Visitor, admin: User) -> Client:
    return visitor(admin)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2026-11-29T12:00:00Z"):
        yield


@pytest.fixture
def draft(base: TextVersion, admin: User) -> TextDraft:
    return begin_draft(base, author=admin)


def page(draft: TextDraft) -> str:
    return f"/platform/texts/drafts/{draft.pk}/"


def said(draft: TextDraft, **more: Any) -> dict[str, Any]:
    whole = {
        "title": draft.title,
        "body": draft.body.replace("Chatbot", "Automat"),
        "change": "Another word",
        "reason": "Plainer",
        "effect": "inform",
    }
    return whole | more


def test_an_admin_begins_looks_and_hands_in(desk: Client, base: TextVersion, admin: User) -> None:
    begun = desk.post(f"/platform/texts/{base.pk}/next/")
    draft = TextDraft.objects.get()
    assert begun["Location"] == page(draft)

    desk.post(page(draft), said(draft, do="save"))
    shown = desk.get(page(draft)).content.decode()
    assert "<ins>Automat, " in shown
    assert "Café Morgenrot" in shown, "with examples"
    assert TextVersion.objects.filter(key="bot-notice", language="de").count() == 1

    desk.post(page(draft), said(draft, do="submit"))

    version = TextVersion.objects.get(key="bot-notice", language="de", number=2)
    assert (version.author, version.effect, version.reason) == (admin, "inform", "Plainer")
    assert version in TextVersion.objects.pending()
    assert desk.get(page(draft)).status_code == 404, "no draft any more"


@pytest.mark.parametrize("missing", ["title", "body", "change", "reason", "effect"])
def test_nothing_is_handed_in_by_half(desk: Client, draft: TextDraft, missing: str) -> None:
    answer = desk.post(page(draft), said(draft, do="submit") | {missing: ""})

    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert TextVersion.objects.filter(key="bot-notice").count() == 2


def test_a_draft_may_be_saved_by_half(desk: Client, draft: TextDraft) -> None:
    half = said(draft, do="save", change="", reason="", effect="")

    assert desk.post(page(draft), half).status_code == 302
    draft.refresh_from_db()
    assert "Automat" in draft.body


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"body": "For {{ horoscope }}"}, "body"),
        ({"effect": "perhaps"}, "effect"),
        ({"valid_from": "2027-02-01", "valid_until": "2027-02-01"}, "valid_until"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"valid_from": "2026-01-01"}, "valid_from"),
        ({"valid_from": "2037-01-01"}, "valid_from"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"valid_until": "2026-11-20"}, "valid_until"),
        ({"body": "For {{ company"}, "body"),
        ({"body": "For {{ terms-url }}"}, "body"),
    ],
)
def test_what_cannot_be_is_refused_and_said(
    desk: Client, draft: TextDraft, entered: dict[str, str], field: str
) -> None:
    answer = desk.post(page(draft), said(draft, do="save") | entered)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert TextDraft.objects.get().body == draft.body


def test_the_same_words_are_no_new_version(desk: Client, draft: TextDraft) -> None:
    answer = desk.post(page(draft), said(draft, do="submit", body=draft.base.body))

    assert "Nothing has changed" in answer.content.decode()
    assert TextDraft.objects.exists()


def test_what_is_wrong_is_named_with_its_words(desk: Client, draft: TextDraft) -> None:
    wrong = said(draft, do="save", valid_from="0001-01-01", body="For {{ terms-url }} }}")

    errors = desk.post(page(draft), wrong).context["form"].errors

    assert errors["valid_from"] == ["Give a day from 28 Nov 2026 to 31 Dec 2036."]
    assert "terms-url" in errors["body"][0]


def test_a_draft_is_thrown_away_after_one_question(desk: Client, draft: TextDraft) -> None:
    asked = desk.get(f"{page(draft)}discard/")
    assert "Throw this draft away?" in asked.text
    assert TextDraft.objects.exists(), "nothing is gone yet"
    assert f'href="{page(draft)}discard/"' in desk.get(page(draft)).text

    desk.post(f"{page(draft)}discard/")

    assert not TextDraft.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", ["submit", "save", "discard"])
def test_what_comes_while_a_draft_is_handed_in_changes_nothing_and_says_so(
    visitor: Visitor, late: str
) -> None:
    author = colleague("author", PlatformRole.ADMIN)
    desk = visitor(author)
    draft = begin_draft(text_in_force("bot-notice", "de"), author=author)
    desk.post(page(draft), said(draft, do="save"))
    address = f"{page(draft)}discard/" if late == "discard" else page(draft)
    answers: list[Any] = []

    meanwhile(
        lambda: submit_draft(draft, author=author),
        lambda: answers.append(desk.post(address, said(draft, do=late))),
    )

    assert answers[0].url == "/platform/texts/"
    assert "not there any more" in desk.get("/platform/texts/").text
    assert TextVersion.objects.filter(key="bot-notice", language="de").count() == 2
    assert not TextDraft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_thrown_away_meanwhile_is_not_revived(visitor: Visitor) -> None:
    author = colleague("author", PlatformRole.ADMIN)
    desk = visitor(author)
    draft = begin_draft(text_in_force("bot-notice", "de"), author=author)

    meanwhile(
        lambda: hold_draft(draft.pk, author=author).delete(),
        lambda: desk.post(page(draft), said(draft, do="save")),
    )

    assert not TextDraft.objects.exists()


def test_a_day_is_kept_and_shown_as_that_day(desk: Client, draft: TextDraft) -> None:
    desk.post(page(draft), said(draft, do="save", valid_from="2027-07-01"))

    assert 'value="2027-07-01"' in desk.get(page(draft)).content.decode()
    draft.refresh_from_db()
    assert draft.valid_from.isoformat() == "2027-06-30T22:00:00+00:00"


@pytest.mark.parametrize("day", ["valid_from", "valid_until"])
def test_a_day_that_the_form_took_once_and_nobody_can_read_is_emptied(
    desk: Client, draft: TextDraft, day: str
) -> None:
    """The year 1, here, is the year before it in UTC: no page of this admin opened any more."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE texts_textdraft SET {day} = '0001-12-31 23:06:32+00 BC'")
    with pytest.raises(DataError):
        desk.get("/platform/texts/")

    migration = import_module("consent.texts.migrations.0005_days_that_can_be_read")
    with connection.schema_editor() as editor:
        migration.empty_days(apps, editor)

    assert desk.get("/platform/texts/").status_code == 200
    assert desk.get(page(draft)).status_code == 200


def test_a_draft_is_nobody_else_s(visitor: Visitor, draft: TextDraft, second_lawyer: User) -> None:
    other = visitor(colleague("other", PlatformRole.ADMIN))

    for stranger in (other, visitor(second_lawyer), Client()):
        for address in (page(draft), f"{page(draft)}discard/"):
            assert stranger.get(address).status_code in {302, 404}
            assert stranger.post(address, said(draft, do="save")).status_code in {302, 404}
    assert TextDraft.objects.get() == draft


def test_a_lawyer_writes_no_version(
    visitor: Visitor, second_lawyer: User, base: TextVersion
) -> None:
    desk = visitor(second_lawyer)

    assert desk.post(f"/platform/texts/{base.pk}/next/").status_code == 404
    assert "Write the next version" not in desk.get(f"/platform/texts/{base.pk}/").content.decode()


def test_ones_drafts_are_listed_the_last_edited_first_to_go_on_or_throw_away(
    desk: Client, draft: TextDraft, admin: User
) -> None:
    later = begin_draft(text_in_force("avv", "de"), author=admin)
    desk.post(page(draft), said(draft, title="Edited just now", do="save"))

    listed = desk.get("/platform/texts/")
    assert listed.context["drafts"] == [TextDraft.objects.get(pk=draft.pk), later]
    assert "Edited just now" in listed.content.decode()
    assert page(later) in listed.content.decode()

    assert f'href="{page(later)}discard/"' in listed.text
    gone = desk.post(f"{page(later)}discard/")
    assert gone["Location"] == "/platform/texts/"
    assert desk.get("/platform/texts/").context["drafts"] == [draft]


def test_anothers_draft_is_not_listed(visitor: Visitor, draft: TextDraft) -> None:
    other = colleague("other-admin", PlatformRole.ADMIN)
    listed = visitor(other).get("/platform/texts/")
    assert listed.context["drafts"] == []
    assert page(draft) not in listed.content.decode()


def test_whoever_writes_nothing_reads_how_to_begin_and_a_lawyer_does_not(
    desk: Client, visitor: Visitor, second_lawyer: User
) -> None:
    hint = 'id="drafts"'
    assert hint in desk.get("/platform/texts/").content.decode()
    assert hint not in visitor(second_lawyer).get("/platform/texts/").content.decode()
