"""An admin writes the next version in the product; a draft is shown to its author alone."""

from typing import Any

import pytest
from django.test import Client

from consent.texts.drafting import begin_draft
from consent.texts.models import TextDraft, TextVersion
from consent.texts.versions import text_in_force
from tenants.accounts.models import PlatformRole, User
from tests.chatbo.dashboard.conftest import Visitor, colleague


@pytest.fixture
def base(db: None) -> TextVersion:
    return text_in_force("bot-notice", "de")


@pytest.fixture
def desk(visitor: Visitor, admin: User) -> Client:
    return visitor(admin)


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


def test_a_draft_is_thrown_away(desk: Client, draft: TextDraft) -> None:
    desk.post(page(draft), {"do": "discard"})

    assert not TextDraft.objects.exists()


def test_a_day_is_kept_and_shown_as_that_day(desk: Client, draft: TextDraft) -> None:
    desk.post(page(draft), said(draft, do="save", valid_from="2027-07-01"))

    assert 'value="2027-07-01"' in desk.get(page(draft)).content.decode()
    draft.refresh_from_db()
    assert draft.valid_from.isoformat() == "2027-06-30T22:00:00+00:00"


def test_a_draft_is_nobody_else_s(visitor: Visitor, draft: TextDraft, second_lawyer: User) -> None:
    other = visitor(colleague("other", PlatformRole.ADMIN))

    for stranger in (other, visitor(second_lawyer), Client()):
        for answer in (stranger.get(page(draft)), stranger.post(page(draft), {"do": "discard"})):
            assert answer.status_code in {302, 404}
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

    gone = desk.post(page(later), {"do": "discard", "from": "list"})
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
