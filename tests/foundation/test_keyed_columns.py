"""Nothing that depends on the keys is unknown to ``rotate_keys``."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.encryption import checks as encryption_checks
from chatbo.foundation.encryption.checks import check_keyed_columns
from chatbo.foundation.encryption.columns import keyed_tables
from chatbo.foundation.isolation import directory
from chatbo.foundation.isolation.listing import stated_kinds
from chatbo.foundation.isolation.statements import WrittenOnce

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("chatbo", "tenants", "consent", "dpa")
COUNTED_FOR_A_WHILE = {"chatbo/foundation/limits.py", "tenants/accounts/mailed_codes.py"}
"""In Redis alone, for hours: a new key begins these counts anew."""
ITSELF = "chatbo/foundation/encryption/"


def problems(monkeypatch, model) -> list[str]:
    """What the check says of one model that no app has."""
    monkeypatch.setattr(encryption_checks.apps, "get_models", lambda **_: [model])
    return [problem.id for problem in check_keyed_columns(None)]


@isolate_apps("tenants.bots")
def test_an_index_that_says_how_it_is_made_is_well(monkeypatch):
    class Person(models.Model):
        name = EncryptedTextField()
        name_index = BlindIndexField(purpose="name", value=lambda row: row.name)
        seen_index = BlindIndexField(purpose="seen", gone_within=timedelta(days=7))

        class Meta:
            app_label = "bots"

    assert problems(monkeypatch, Person) == []


@isolate_apps("tenants.bots")
def test_an_index_without_value_or_purpose_is_refused(monkeypatch):
    class Person(models.Model):
        name = EncryptedTextField()
        name_index = BlindIndexField(purpose="name")
        other_index = BlindIndexField(value=lambda row: row.name)

        class Meta:
            app_label = "bots"

    assert problems(monkeypatch, Person) == ["encryption.E001", "encryption.E001"]


@isolate_apps("tenants.bots")
def test_an_index_that_outlives_an_old_key_is_refused(monkeypatch):
    class Seen(models.Model):
        digest = BlindIndexField(purpose="seen", gone_within=timedelta(days=31))

        class Meta:
            app_label = "bots"

    assert problems(monkeypatch, Seen) == ["encryption.E001"]


@isolate_apps("tenants.bots")
def test_a_plain_column_that_is_called_an_index_is_refused(monkeypatch):
    class Person(models.Model):
        name_index = models.CharField(max_length=64)

        class Meta:
            app_label = "bots"

    assert problems(monkeypatch, Person) == ["encryption.E002"]


@isolate_apps("tenants.bots")
def test_an_encrypted_column_in_rows_that_never_change_is_refused(monkeypatch):
    class Entry(models.Model):
        text = EncryptedTextField()
        written_once = WrittenOnce()

        class Meta:
            app_label = "bots"

    assert problems(monkeypatch, Entry) == ["encryption.E003"]


def test_the_product_itself_is_well():
    assert check_keyed_columns(None) == []


def test_the_database_lets_the_application_change_what_has_to_follow_the_keys(owner_db):
    """A table on which the privilege is missing could not be rotated, whatever its model says."""
    for table in keyed_tables():
        for column in table.columns:
            (may,) = owner_db.execute(
                "SELECT has_column_privilege('chatbo_app', %s, %s, 'UPDATE')"
                " AND has_column_privilege('chatbo_platform', %s, %s, 'UPDATE')",
                [table.name, column, table.name, column],
            ).fetchone()
            assert may, f"{table.name}.{column}"


def test_a_migration_sees_a_plain_column():
    """How an index is filled is no part of the schema: changing it needs no migration."""
    _, path, _, kwargs = BlindIndexField(purpose="x", value=lambda row: row.name).deconstruct()

    assert (path, kwargs) == ("django.db.models.CharField", {"max_length": 64})


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of one of these functions in the product, with its file."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in names:
                        yield str(file.relative_to(ROOT)), node


def test_whoever_makes_a_blind_index_keeps_it_in_a_column_that_follows_the_keys():
    followed = {
        field.purpose
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BlindIndexField)
    }
    seen = 0
    for file, call in calls("blind_index", "blind_indexes"):
        if file.startswith(ITSELF) or file in COUNTED_FOR_A_WHILE:
            continue
        (purpose,) = [each.value for each in call.keywords if each.arg == "purpose"]
        if file == "chatbo/foundation/isolation/directory.py":
            assert isinstance(purpose, ast.Name)  # The kind: stated by a model.
            continue
        if isinstance(purpose, ast.Name):  # A constant of the module.
            (purpose,) = [
                node.value
                for node in ast.parse((ROOT / file).read_text()).body
                if isinstance(node, ast.Assign)
                and [target.id for target in node.targets if isinstance(target, ast.Name)]
                == [purpose.id]
            ]
        assert isinstance(purpose, ast.Constant), file
        assert purpose.value in followed, f"{file}: {purpose.value} is in no BlindIndexField"
        seen += 1
    assert seen > 5


def test_whoever_encrypts_by_hand_writes_into_a_column_that_follows_the_keys():
    by_hand = {file for file, _ in calls("encrypt") if not file.startswith(ITSELF)}

    assert by_hand == {
        "chatbo/conversation/intake.py",  # IncomingEvent.payload, in raw SQL
        "tenants/accounts/second_factors.py",  # mfa.Authenticator.data, declared in library_data
    }
    assert {"conversation_incomingevent", "mfa_authenticator"} <= {
        table.name for table in keyed_tables()
    }


def test_every_kind_of_address_is_stated_by_a_model():
    used = {
        call.args[0].value
        for _, call in calls("register")
        if getattr(getattr(call.func, "value", None), "id", "") == "directory"
        and isinstance(call.args[0], ast.Constant)
    }

    assert {"slug", "channel", "tool", "erasure", "passage"} <= used <= stated_kinds()


def test_a_kind_that_no_model_states_cannot_be_registered(cafe):
    with pytest.raises(directory.UnstatedKindError):
        directory.register("nobodys", "value")

    assert directory.find("nobodys", "value") is None
