"""A business with something in every room, that leaves; on stand-ins for the platforms."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.erasure.leaving.asking import end_tenant
from consent.erasure.leaving.models import TenantEnding, TenantExport
from consent.erasure.leaving.tasks import carry_out, prepare
from consent.erasure.models import Erasure, ErasureNotice
from consent.erasure.tasks import carry_out as carry_out_erasure
from tests.conftest import Business
from tests.ended import let_grace_end

Choice = TenantEnding.Choice
Asking = Callable[..., TenantEnding]


def ask(business: Business, choice: Choice = Choice.RETURN) -> TenantEnding:
    with business.scope():
        return end_tenant(
            business.tenant,
            typed=business.tenant.company,
            choice=choice,
            by=business.owner,
            language="de",
        )


@pytest.fixture
def grace_is_over(database_name: str) -> Callable[[Business], None]:
    def later(business: Business) -> None:
        let_grace_end(business, database_name)

    return later


def make_file(business: Business) -> TenantExport:
    with business.scope():
        export = TenantExport.objects.get()
    prepare(str(business.tenant.pk), str(export.pk))
    with business.scope():
        return TenantExport.objects.get()


def wake(business: Business) -> TenantEnding:
    """As the sweep does, when each has waited its time."""
    past = timezone.now() - timedelta(seconds=1)
    tenant = str(business.tenant.pk)
    with business.scope():
        ending = TenantEnding.objects.order_by("created_at").last()
        assert ending is not None
        for jobs in (TenantEnding.objects, Erasure.objects):
            jobs.unfinished().update(not_before=past, lease_until=None)
    carry_out(tenant, str(ending.pk))
    with business.scope():
        exports = list(TenantExport.objects.unfinished().values_list("pk", flat=True))
    for pk in exports:
        prepare(tenant, str(pk))
    with business.scope():
        waiting = list(Erasure.objects.unfinished().values_list("pk", flat=True))
    for pk in waiting:
        carry_out_erasure(tenant, str(pk))
        if is_of_many(business, pk):
            from consent.erasure.tasks import carry_out_many

            carry_out_many(tenant, str(pk))
    with business.scope():
        for notice in ErasureNotice.objects.unfinished():
            notice.end(ErasureNotice.State.GIVEN_UP, "nobody")
        return TenantEnding.objects.get(pk=ending.pk)


def is_of_many(business: Business, pk: Any) -> bool:
    with business.scope():
        return Erasure.objects.get(pk=pk).is_of_many


def carried_out(business: Business) -> TenantEnding:
    for _ in range(20):
        ending = wake(business)
        if ending.finished_at:
            return ending
    raise AssertionError(f"{ending.state} {ending.steps} {ending.last_error}")
