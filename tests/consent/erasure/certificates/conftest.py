"""The ends of a business and of an account, each carried out, with its certificate."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chatbo.foundation.isolation import tenant_scope
from consent.erasure.accounts import certificates as of_accounts
from consent.erasure.certificates.kinds import Kind, Standing
from consent.erasure.leaving import certificates as of_businesses
from tests.conftest import Business
from tests.ended import ended_account, ended_business


@dataclass
class End:
    """One of the two, and how to read and change its row past the product."""

    kind: Kind
    row: Any

    @property
    def page(self) -> str:
        folder = "business" if self.kind == Kind.ENDING else "account"
        return f"/erasure/{folder}/{self.row.code}/"

    @property
    def shown(self) -> dict[str, Any]:
        return copy.deepcopy(self.row.certificate)

    @contextmanager
    def scope(self) -> Iterator[None]:
        if self.kind == Kind.ACCOUNT:
            yield
            return
        with tenant_scope(self.row.tenant_id):
            yield

    def change(self, **columns: Any) -> None:
        with self.scope():
            assert type(self.row).objects.filter(pk=self.row.pk).update(**columns) == 1

    def standing(self) -> Standing:
        with self.scope():
            row = type(self.row).objects.get(pk=self.row.pk)
            examine = of_businesses.examine if self.kind == Kind.ENDING else of_accounts.examine
            return examine(row).standing


@pytest.fixture(params=[Kind.ENDING, Kind.ACCOUNT])
def end(request: Any, cafe: Business, database_name: str, queue: Any) -> End:
    kind = request.param
    row = ended_account() if kind == Kind.ACCOUNT else ended_business(cafe, database_name)
    return End(kind, row)
