"""Every model states whose rows its table holds; nothing can be forgotten."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from chatbo.foundation.isolation.checks import check_statements, faults_of
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.isolation.statements import Shared, Walled, declare_shared, statement_of
from consent.texts.models import TextVersion
from tenants.bots.models import Bot

MakeModel = Callable[..., type[models.Model]]


@pytest.fixture
def make_model() -> MakeModel:
    """A model of a room, which nobody else sees."""

    def make(base: type[models.Model] = models.Model, **parts: Any) -> type[models.Model]:
        with isolate_apps("tenants.bots"):
            meta = type("Meta", (), {"app_label": "bots"})
            return type("Diary", (base,), {"Meta": meta, "__module__": __name__, **parts})

    return make


def faults(model: type[models.Model]) -> list[tuple[str, str]]:
    return [(fault.id, fault.msg) for fault in faults_of(model)]


def test_every_model_of_the_project_and_its_libraries_states_it():
    assert check_statements(None) == []


def test_a_model_that_says_nothing_is_named_with_what_to_write(make_model, monkeypatch):
    diary = make_model(tenant_id=models.UUIDField(default=uuid.uuid4))
    monkeypatch.setattr(apps, "get_models", lambda **kwargs: [diary])

    (error,) = check_statements(None)

    assert error.id == "isolation.E001"
    assert "bots_diary" in error.msg
    assert "bots.Diary" in error.msg
    assert "IsolateTable" in error.hint
    assert "Shared(reason)" in error.hint


def test_the_table_between_many_and_many_is_asked_too(make_model):
    diary = make_model(isolation=Shared("a test"), versions=models.ManyToManyField(TextVersion))

    ((code, words),) = faults(diary.versions.through)  # type: ignore[attr-defined]

    assert code == "isolation.E001"
    assert "bots_diary_versions" in words


def test_a_tenant_model_is_behind_the_wall_without_a_word(make_model):
    assert statement_of(make_model(TenantModel)) == Walled()
    assert faults(make_model(TenantModel)) == []


def test_a_tenant_model_cannot_be_shared(make_model):
    ((code, words),) = faults(make_model(TenantModel, isolation=Shared("because")))

    assert code == "isolation.E002"
    assert "cannot be Shared" in words


def test_shared_without_a_reason_is_refused(make_model):
    ((code, words),) = faults(make_model(isolation=Shared(" ")))

    assert code == "isolation.E002"
    assert "without a reason" in words


def test_a_wall_needs_its_column(make_model):
    ((code, words),) = faults(make_model(isolation=Walled()))

    assert code == "isolation.E002"
    assert "tenant_id" in words


@pytest.mark.parametrize(
    ("base", "field"),
    [
        (TenantModel, models.ForeignKey(Bot, models.CASCADE, related_name="+")),
        (
            TenantModel,
            models.ForeignKey(Bot, models.CASCADE, db_constraint=False, related_name="+"),
        ),
        (TenantModel, TenantForeignKey(TextVersion, models.CASCADE, related_name="+")),
        (models.Model, TenantForeignKey(Bot, models.CASCADE, related_name="+")),
    ],
    ids=["plain", "plain without constraint", "to a shared table", "from a shared table"],
)
def test_a_reference_of_the_wrong_kind_is_refused(make_model, base, field):
    own = {} if base is TenantModel else {"isolation": Shared("a test")}

    ((code, words),) = faults(make_model(base, other=field, **own))

    assert code == "isolation.E002"
    assert "bots.Diary.other" in words


def test_references_of_the_right_kind_are_taken(make_model):
    right = make_model(
        TenantModel,
        bot=TenantForeignKey(Bot, models.CASCADE, related_name="+"),
        version=models.ForeignKey(TextVersion, models.CASCADE, related_name="+"),
    )

    assert faults(right) == []


def test_a_librarys_model_is_declared_beside_the_user(make_model):
    assert isinstance(statement_of(apps.get_model("sessions", "Session")), Shared)

    diary = make_model()
    assert faults(diary) != []
    declare_shared("bots.Diary", "a test")
    try:
        assert faults(diary) == []
    finally:
        from chatbo.foundation.isolation import statements

        del statements._of_others["bots.diary"]
