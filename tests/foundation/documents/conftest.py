"""A contract of six pages, made, signed by one party, and by both."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from chatbo.foundation.documents.keys import make_seal_key
from chatbo.foundation.documents.seal import seal
from tests.foundation.documents.contract import (
    OPERATOR,
    OWNER,
    render_agreement,
    with_our_templates,
)


@pytest.fixture
def templates(settings: Any) -> None:
    settings.TEMPLATES = with_our_templates(settings)


@pytest.fixture(scope="session")
def seal_key() -> str:
    return make_seal_key()


@pytest.fixture(autouse=True)
def sealing(settings: Any, seal_key: str) -> None:
    """One key for all tests, and no time stamps."""
    settings.SEAL_KEY = seal_key
    settings.TSA_URL = ""


@pytest.fixture(scope="session")
def agreement() -> bytes:
    with override_settings(TEMPLATES=with_our_templates(django_settings)):
        return render_agreement()


@pytest.fixture(scope="session")
def signed_once(agreement: bytes, seal_key: str) -> bytes:
    with override_settings(SEAL_KEY=seal_key, TSA_URL=""):
        return seal(agreement, "controller", signatory=OWNER, language="de")


@pytest.fixture(scope="session")
def signed_twice(signed_once: bytes, seal_key: str) -> bytes:
    with override_settings(SEAL_KEY=seal_key, TSA_URL=""):
        return seal(signed_once, "processor", signatory=OPERATOR, language="de")
