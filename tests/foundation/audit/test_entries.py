"""What is done is noted, in words that the log knows, without anybody's data."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from chatbo.foundation.audit.actions import ACTIONS
from chatbo.foundation.audit.entries import (
    UnknownActionError,
    UnknownDetailError,
    UnknownTargetError,
    changes,
    record,
)
from chatbo.foundation.audit.models import AuditEntry
from tenants.bots.bots import change_bot, create_bot
from tenants.bots.models import Bot

ROOT = Path(__file__).resolve().parents[3]
ACTION = tuple(f"{noun}." for noun in {action.partition(".")[0] for action in ACTIONS})


def recorded() -> set[str]:
    """Every action that the code notes, and the beginnings of those it puts together."""
    found = set()
    for package in ("chatbo", "tenants", "consent", "dpa"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name == "actions.py":
                continue
            for call in ast.walk(ast.parse(path.read_text())):
                if not isinstance(call, ast.Call) or not call.args:
                    continue
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if name not in {"record", "note", "_note"}:
                    continue
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    found.add(first.value)
                elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                    found.add(first.values[0].value)
    return found


def test_every_action_in_the_code_has_words_and_every_word_an_action() -> None:
    beginnings = tuple(name for name in recorded() if name.endswith("."))

    assert {name for name in recorded() if not name.endswith(".")} <= set(ACTIONS)
    assert {a for a in ACTIONS if not a.startswith(beginnings)} <= recorded()
    assert len(recorded()) > 40


def test_what_nobody_could_read_is_not_noted(cafe: Any) -> None:
    with cafe.scope(), pytest.raises(UnknownActionError):
        record("something.happened")


def test_a_target_that_has_no_word_for_its_kind_is_not_noted(cafe: Any) -> None:
    with cafe.scope(), pytest.raises(UnknownTargetError):
        record("bot.changed", target=AuditEntry.objects.first())


def test_the_user_of_a_request_is_a_target_like_any_other(cafe: Any) -> None:
    with cafe.scope():
        record("user.changed", target=SimpleLazyObject(lambda: cafe.owner))
        assert AuditEntry.objects.get(action="user.changed").target_kind == "accounts.user"


@pytest.mark.parametrize(
    "details",
    [
        {"riddle": 1},
        {"before": {"riddle": 1}, "after": {"riddle": 2}},
        {"before": 1, "after": 2},
        {"changed": ["name", "riddle"]},
        {"changed": ["state", "created_at"]},
    ],
)
def test_a_detail_without_words_is_not_noted(cafe: Any, details: dict[str, Any]) -> None:
    with cafe.scope():
        bot = create_bot(name="Bot")
        with pytest.raises(UnknownDetailError):
            record("bot.changed", target=bot, details=details)


def test_a_change_names_fields_of_content_and_values_of_facts(cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Morgenrot", language="de", greeting="Hallo")
        new = {"name": "Abendrot", "language": "en", "greeting": "Hallo"}

        details = changes(bot, new, content={"name", "greeting"})

    assert details == {
        "changed": ["name", "language"],
        "before": {"language": "de"},
        "after": {"language": "en"},
    }


def test_what_persons_wrote_is_not_in_the_log(cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Bot-of-Jo-Marker")
        change_bot(bot, name="Jo-Marker", language="de", greeting="Jo-Marker", fallback="")
        entries = AuditEntry.objects.filter(target_id=str(bot.pk))
        assert entries.count() == 2
        assert "Jo-Marker" not in str(list(entries.values()))
        assert entries.get(action="bot.changed").details == {"changed": ["name", "greeting"]}
        assert Bot.objects.get().name == "Jo-Marker"
