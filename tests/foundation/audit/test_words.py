"""Every detail that the code notes has a word, and every code among the values too."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.audit.details import meaning_of
from chatbo.foundation.audit.targets import names_of, target_of
from chatbo.foundation.audit.words import DETAILS, FACTORS, PAGES, REASONS, WAYS
from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.isolation.ids import new_id
from tenants.accounts.reauthentication import MAILED_CODE
from tenants.accounts.roles import DOORS, GUEST
from tests.foundation.isolation.test_platform_callers import CALLERS

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = [ROOT / name for name in ("chatbo", "tenants", "consent", "dpa")]
TARGETS = [model for model in apps.get_models() if target_of(model)]


def sources(*packages: Path) -> Iterator[ast.Module]:
    for package in packages:
        for path in package.rglob("*.py"):
            if "migrations" not in path.parts and path.name != "words.py":
                yield ast.parse(path.read_text())


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def noted() -> set[str]:
    """The names of all details: of each call's dictionary, and of one that it was given."""
    found = set()
    for tree in sources(*PACKAGES):
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef) or not any(
                call.args for call in calls(function, "record", "note", "_note")
            ):
                continue
            for call in calls(function, "record", "note"):
                for keyword in call.keywords:
                    if keyword.arg == "details":
                        found |= keys(keyword.value)
            for call in calls(function, "_note"):
                found |= {keyword.arg for keyword in call.keywords if keyword.arg}
            for assigned in ast.walk(function):
                if isinstance(assigned, ast.Assign) and ast.unparse(assigned.targets[0]) in {
                    *("details", "before", "after", "new"),
                }:
                    found |= keys(assigned.value)
    return found - {"before", "after"}


def keys(node: ast.AST) -> set[str]:
    return {
        key.value
        for dictionary in ast.walk(node)
        if isinstance(dictionary, ast.Dict)
        for key in dictionary.keys
        if isinstance(key, ast.Constant)
    }


def test_every_detail_in_the_code_has_a_word() -> None:
    without = {
        name for name in noted() if not any(meaning_of(name, model) for model in [None, *TARGETS])
    }

    assert not without
    assert len(noted()) > 25


def test_no_word_is_left_of_a_detail_that_nobody_notes() -> None:
    said = {
        node.value
        for tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
    }
    columns = {field.attname for model in TARGETS for field in model._meta.concrete_fields}
    named = {
        keyword.arg
        for tree in sources(*PACKAGES)
        for call in calls(tree, "_note")
        for keyword in call.keywords
    }

    assert set(DETAILS) <= said | columns | named


def test_every_way_to_log_in_has_words() -> None:
    ways = {MAILED_CODE}
    for tree in sources(*PACKAGES, Path(allauth.__file__).parent):
        for call in calls(tree, "record_authentication"):
            given = [*call.args[2:3], *(k.value for k in call.keywords if k.arg == "method")]
            ways |= {node.value for node in given if isinstance(node, ast.Constant)}

    assert ways <= set(WAYS)
    assert len(ways) > 4
    assert set(Authenticator.Type.values) == set(FACTORS)


def test_every_page_that_support_may_open_has_words() -> None:
    assert set(PAGES) == {name for name, door in DOORS.items() if GUEST in door.look}


def test_every_reason_to_open_all_businesses_has_words() -> None:
    reasons = {ast.literal_eval(text) for text in CALLERS.values() if not text.startswith("f")}

    assert set(REASONS) == reasons


def columns_read(model: Any) -> Iterator[Any]:
    target = target_of(model)
    named: Any = target and target.named
    parts = [F(named)] if isinstance(named, str) else named.flatten() if named else []
    for part in parts:
        if isinstance(part, F):
            *way, last = part.name.split("__")
            of = model
            for step in way:
                of = of._meta.get_field(step).related_model
            yield of._meta.get_field(last)


def test_no_name_is_read_out_of_an_encrypted_column() -> None:
    read = [field for model in TARGETS for field in columns_read(model)]

    assert len(read) > 10
    assert not [f for f in read if isinstance(f, EncryptedTextField | BlindIndexField)]


def test_names_of_all_kinds_are_one_question(cafe: Any) -> None:
    wanted = [(model._meta.label_lower, str(new_id())) for model in TARGETS]
    with cafe.scope(), CaptureQueriesContext(connection) as asked:
        found = names_of([*wanted, ("accounts.tenant", str(cafe.tenant.pk))])

    assert found == {("accounts.tenant", str(cafe.tenant.pk)): cafe.tenant.company}
    assert len(asked) == 1
    assert len(wanted) > 12
