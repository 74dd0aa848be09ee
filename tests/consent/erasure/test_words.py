"""What rows are called where they are counted: one by its own word, many by theirs."""

import pytest
from django.apps import apps
from django.utils import translation

from chatbo.foundation.audit.targets import target_of
from chatbo.foundation.isolation.statements import Walled, statement_of
from chatbo.foundation.personal_data import declarations_about
from consent.erasure.certificates.issuing import TOMBSTONES
from consent.erasure.words import counted, counted_in_a_sentence, kind_of_rows, number_of_rows

OURS = ("chatbo", "consent", "dpa", "tenants")
ABOUT = ("bots.Subscriber", "accounts.User", "accounts.Tenant")


def countable():
    """Whatever an erasure, or the end of a business or an account, may count, and people know."""
    declared = {model for subject in ABOUT for model, _ in declarations_about(subject)}
    walled = {each for each in apps.get_models() if isinstance(statement_of(each), Walled)}
    return sorted(
        (
            model
            for model in declared | walled
            if model.__module__.split(".")[0] in OURS
            and (target_of(model) or "verbose_name_plural" in model._meta.original_attrs)
        ),
        key=lambda model: model._meta.label,
    )


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("de", 1, "1 Nachricht"),
        ("de", 2, "2 Nachrichten"),
        ("en", 1, "1 message"),
        ("en", 2, "2 messages"),
    ],
)
def test_one_is_called_by_its_own_word(language, count, said):
    with translation.override(language):
        assert number_of_rows("bots.Message", count) == said
        assert counted_in_a_sentence({"bots.Message": count}) == said


def test_at_the_start_of_a_line_it_begins_with_a_capital_letter():
    with translation.override("de"):
        assert counted({"conversation.IncomingEvent": 1}) == [("Eingehende Nachricht", 1)]
        assert counted({"conversation.IncomingEvent": 3}) == [("Eingehende Nachrichten", 3)]
        assert kind_of_rows("bots.Bot") == "Bots"


def test_what_only_chatbo_needs_is_counted_together_and_comes_last():
    rows = {"ledger.ReceiptKey": 1, "bots.Message": 1, "embeds.ToolVersion": 1}
    with translation.override("en"):
        assert counted_in_a_sentence(rows) == "1 message, 2 technical entries"
        assert counted_in_a_sentence({"embeds.ToolVersion": 1}) == "1 technical entry"
        assert number_of_rows(TOMBSTONES, 1) == "1 check value against restored backups"
        assert counted_in_a_sentence({"bots.Message": 0, "gone.Model": 2}) == "2 gone.Model"


@pytest.mark.parametrize("model", countable(), ids=lambda model: model._meta.label)
def test_whatever_is_counted_is_called_something_in_both_numbers_and_languages(model):
    """Of a model of which the wording fails, give its Meta ``verbose_name`` and the plural."""
    label = model._meta.label
    said = {}
    for language in ("en", "de"):
        with translation.override(language):
            said[language] = [kind_of_rows(label, count) for count in (1, 2)]
            assert "echnical" not in str(said), label
            assert "echnisch" not in str(said), label
    assert {"verbose_name", "verbose_name_plural"} <= model._meta.original_attrs.keys()
    assert said["en"][0] != said["en"][1]
