"""How a model states under which values the directory finds its rows' tenant.

    class Tool(TenantModel):
        listed: ClassVar = (Listed("tool", lambda tool: str(tool.pk)),)

The directory holds digests alone. When the key of the digests changes, the values are asked of
the rows that state them here (``chatbo.foundation.encryption.listings``). A kind that no model
states cannot be registered: it cannot be forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("What the models say of themselves."))


@dataclass(frozen=True)
class Listed:
    """``kind``: of the directory's entries; ``value``: what stands in the address, from a row.

    Without ``value`` nobody here knows it but whoever holds the address, and the address is
    worthless within ``encryption.OLD_KEYS_STAY``.
    """

    kind: str
    value: Callable[[Any], str] | None


@cache
def listings() -> tuple[tuple[type[models.Model], tuple[Listed, ...]], ...]:
    """Every model that states how its rows are found, with what it states."""
    return tuple(
        (model, stated) for model in apps.get_models() if (stated := getattr(model, "listed", ()))
    )


@cache
def stated_kinds() -> frozenset[str]:
    return frozenset(listed.kind for _, stated in listings() for listed in stated)
