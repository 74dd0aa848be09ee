"""Every model says how the personal data in it ends; nothing can be forgotten."""

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    NoPersonalData,
    PersonalData,
    check_declarations,
    declaration_of,
    declarations_about,
)


def test_every_model_of_the_project_and_its_libraries_is_declared():
    assert check_declarations(None) == []


def test_a_model_without_a_declaration_is_named_with_what_to_write(monkeypatch):
    with isolate_apps("tenants.bots"):

        class Diary(models.Model):
            class Meta:
                app_label = "bots"

    monkeypatch.setattr(apps, "get_models", lambda **kwargs: [Diary])

    (error,) = check_declarations(None)
    assert error.id == "personal_data.E001"
    assert "bots.Diary" in error.msg
    assert "PersonalData(" in error.hint


def test_a_declaration_of_a_field_that_does_not_exist_is_named(monkeypatch):
    with isolate_apps("tenants.bots"):

        class Diary(models.Model):
            personal_data = PersonalData(
                subject="bots.Subscriber",
                match={"subscriber_id": "id"},
                holds={"page": Category.CONTENT},
                end=Deleted(),
            )
            page = models.TextField()

            class Meta:
                app_label = "bots"

    monkeypatch.setattr(apps, "get_models", lambda **kwargs: [Diary])

    (error,) = check_declarations(None)
    assert error.id == "personal_data.E002"
    assert "subscriber_id" in error.msg


def test_what_is_held_on_a_subscriber_is_found_without_a_list():
    found = {model._meta.label for model, _ in declarations_about("bots.Subscriber")}

    assert {
        "bots.Subscriber",
        "bots.Message",
        "ledger.ConsentIdentity",
        "erasure.Erasure",
        "conversation.IncomingEvent",
    } <= found


def test_a_librarys_model_is_declared_beside_the_user():
    session = apps.get_model("sessions", "Session")

    assert isinstance(declaration_of(session), NoPersonalData)
