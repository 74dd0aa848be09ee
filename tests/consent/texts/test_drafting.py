"""An admin writes the next version: a draft is nobody else's, and no version yet."""

import pytest

from consent.texts.drafting import begin_draft, offered_for, submit_draft
from consent.texts.errors import NotTheAuthorError, UndeclaredPlaceholderError
from consent.texts.models import TextDraft, TextVersion
from consent.texts.placeholders import Kind
from consent.texts.versions import Effect, text_in_force
from tenants.accounts.models import PlatformRole, User


@pytest.fixture
def draft(admin: User) -> TextDraft:
    draft = begin_draft(text_in_force("bot-notice", "de"), author=admin)
    draft.body = draft.body.replace("kein Mensch", "kein Mensch aus Fleisch und Blut")
    draft.change, draft.reason, draft.effect = "Words", "Clearer", Effect.INFORM
    draft.save()
    return draft


def test_a_draft_begins_with_the_words_in_force_and_goes_on_later(admin: User) -> None:
    version = text_in_force("bot-notice", "de")
    draft = begin_draft(version, author=admin)

    assert (draft.title, draft.body) == (version.title, version.body)
    assert begin_draft(version, author=admin) == draft
    assert TextVersion.objects.filter(key="bot-notice", language="de").count() == 1


def test_a_draft_that_is_submitted_is_the_next_version(draft: TextDraft, admin: User) -> None:
    version = submit_draft(draft, author=admin)

    assert (version.key, version.language, version.number) == ("bot-notice", "de", 2)
    assert (version.author, version.reason, version.effect) == (admin, "Clearer", Effect.INFORM)
    assert version.placeholders == draft.base.placeholders
    assert not TextDraft.objects.exists()
    assert text_in_force("bot-notice", "de") == draft.base


def test_nobody_submits_another_s_draft(draft: TextDraft) -> None:
    other = User.objects.create_user(
        "other@chatbo.example", name="Other", platform_role=PlatformRole.ADMIN
    )

    with pytest.raises(NotTheAuthorError):
        submit_draft(draft, author=other)
    assert TextDraft.objects.get() == draft


def test_what_the_product_cannot_fill_in_is_not_submitted(draft: TextDraft, admin: User) -> None:
    draft.body += "\n{{ horoscope }}\n"
    draft.save()

    with pytest.raises(UndeclaredPlaceholderError):
        submit_draft(draft, author=admin)


def test_what_can_be_filled_in_is_what_a_version_has_declared(draft: TextDraft) -> None:
    """Those from before the kinds told names alone: the shipped text tells the kind."""
    base = draft.base
    known = {"company": Kind.LINE, "imprint_url": Kind.URL, "privacy_url": Kind.URL}
    assert offered_for(base) == known

    old = TextVersion.objects.create(
        key="bot-notice", language="xx", number=1, placeholders=["company", "more"]
    )
    assert offered_for(old) == known | {"more": Kind.TEXT}
