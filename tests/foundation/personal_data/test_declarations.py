"""Every model and every field says whose data it holds and how they end; nothing is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks.registry import registry
from django.db import models
from django.test.utils import isolate_apps

from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    Kept,
    NoPersonalData,
    PersonalData,
    declaration_of,
    declarations_about,
    declared_about_persons,
)
from chatbo.foundation.personal_data.checks import check_declarations, check_stores

Fields = dict[str, Any]
Found = list[tuple[str, str, str]]


@pytest.fixture
def look_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Found]:
    """What the check says of a model with these fields: id, message, hint."""

    def look(personal_data: Any = None, *, name: str = "Diary", **fields: Any) -> Found:
        # The real models that keys lead to stay known.
        every = list(apps.get_models(include_auto_created=True))
        meta = type("Meta", (), {"app_label": "bots"})
        body = {"Meta": meta, "__module__": "tenants.bots.models", **fields}
        if personal_data is not None:
            body["personal_data"] = personal_data
        with isolate_apps("tenants.bots"):
            model = type(name, (models.Model,), body)
        with monkeypatch.context() as patch:
            patch.setattr(apps, "get_models", lambda **kwargs: [*every, model])
            return [(e.id or "", e.msg, e.hint or "") for e in check_declarations(None)]

    return look


def of_a_subscriber(**more: Any) -> PersonalData:
    facts: dict[str, Any] = {
        "subject": "bots.Subscriber",
        "match": {"person_id": "id"},
        "end": Deleted(),
        "export": "diaries",
    }
    return PersonalData(**{**facts, **more})


PERSON = models.UUIDField


def test_every_model_and_field_of_the_project_and_its_libraries_is_declared() -> None:
    assert check_declarations(None) == []


def test_the_checks_run_with_every_command_and_in_make_check() -> None:
    assert {check_declarations, check_stores} <= set(registry.get_checks())


def test_a_model_without_a_declaration_is_named_with_what_to_write(look_at: Any) -> None:
    ((code, message, hint),) = look_at()

    assert code == "personal_data.E001"
    assert "bots.Diary" in message
    assert "PersonalData(" in hint


def test_a_declaration_of_a_field_that_does_not_exist_is_named(look_at: Any) -> None:
    ((code, message, _hint),) = look_at(of_a_subscriber())

    assert code == "personal_data.E002"
    assert "person_id" in message


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=20),
        models.TextField(),
        models.EmailField(),
        models.URLField(),
        models.JSONField(),
        models.BinaryField(),
        models.UUIDField(),
        models.GenericIPAddressField(),
        models.FileField(),
        EncryptedTextField(),
        models.ForeignKey("accounts.User", on_delete=models.CASCADE),
        models.ForeignKey("bots.Subscriber", on_delete=models.CASCADE),
    ],
    ids=lambda field: type(field).__name__,
)
def test_a_field_on_which_nothing_is_said_is_named_with_what_to_write(
    look_at: Any, field: Any
) -> None:
    if field.is_relation:
        field.remote_field.model = apps.get_model(field.remote_field.model)
        field.remote_field.related_name = "+"
    ((code, message, hint),) = look_at(of_a_subscriber(), person_id=PERSON(), page=field)

    assert code == "personal_data.E003"
    assert "bots.Diary" in message
    assert "page" in message
    assert 'holds={"page": Category' in hint
    assert 'besides={"page"' in hint


@pytest.mark.parametrize("said", ["holds", "besides"])
def test_a_field_may_be_held_or_beside_the_person(look_at: Any, said: str) -> None:
    words = {"page": Category.CONTENT if said == "holds" else "A number of the printer's."}

    assert look_at(of_a_subscriber(**{said: words}), person_id=PERSON(), page=PERSON()) == []


def test_times_numbers_choices_and_switches_are_held_as_facts(look_at: Any) -> None:
    fields = {
        "at": models.DateTimeField(),
        "on": models.BooleanField(),
        "many": models.IntegerField(),
        "state": models.CharField(max_length=3, choices=[("a", "A")]),
    }
    assert look_at(of_a_subscriber(), person_id=PERSON(), **fields) == []


@pytest.mark.parametrize(
    "field",
    [
        models.EmailField(),
        models.GenericIPAddressField(),
        models.FileField(),
        EncryptedTextField(),
        models.ForeignKey("accounts.User", on_delete=models.CASCADE),
    ],
    ids=lambda field: type(field).__name__,
)
def test_a_model_about_nobody_must_explain_a_field_that_looks_like_a_persons(
    look_at: Any, field: Any
) -> None:
    if field.is_relation:
        field.remote_field.model = apps.get_model("accounts.User")
        field.remote_field.related_name = "+"
    ((code, message, hint),) = look_at(NoPersonalData("About nobody."), page=field)

    assert code == "personal_data.E004"
    assert "page" in message
    assert 'besides={"page": "why"}' in hint
    explained = NoPersonalData("About nobody.", besides={"page": "The printer's."})
    assert look_at(explained, page=field) == []


def test_only_what_is_held_can_be_withheld(look_at: Any) -> None:
    data = of_a_subscriber(besides={"page": "x"}, withheld={"page": "x"})
    ((code, message, _hint),) = look_at(data, person_id=PERSON(), page=models.TextField())

    assert code == "personal_data.E005"
    assert "page" in message


@pytest.mark.parametrize("section", ["", "messages"])
def test_a_model_needs_a_section_of_its_own_in_the_export(look_at: Any, section: str) -> None:
    ((code, message, hint),) = look_at(of_a_subscriber(export=section), person_id=PERSON())

    assert code == "personal_data.E006"
    assert "bots.Diary" in message
    assert "export=" in hint


def test_what_is_held_on_a_subscriber_is_found_without_a_list() -> None:
    found = {model._meta.label for model, _ in declarations_about("bots.Subscriber")}

    assert {
        "bots.Subscriber",
        "bots.Message",
        "ledger.ConsentIdentity",
        "erasure.Erasure",
        "conversation.IncomingEvent",
    } <= found


def test_a_librarys_model_is_declared_beside_the_user() -> None:
    session = apps.get_model("sessions", "Session")

    assert isinstance(declaration_of(session), NoPersonalData)


def test_what_is_kept_says_on_which_ground_and_until_when_in_every_language() -> None:
    from django.utils import translation

    kept = {
        declaration.end
        for model in apps.get_models()
        for declaration in declared_about_persons(model)
        if isinstance(declaration.end, Kept)
    }

    assert len(kept) >= 4
    for end in kept:
        said = set()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                said.add((str(end.ground), str(end.law), end.until.words()))
        assert all(all(words) for words in said)
        for words in zip(*said, strict=True):
            assert len(set(words)) == len(settings.LANGUAGES), words
