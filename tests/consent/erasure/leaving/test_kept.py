"""What law has had us keep goes on its date, with its files; and then the business's row."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import directory
from consent.erasure.leaving.kept import end_kept_rows
from consent.erasure.leaving.models import TenantEnding
from dpa.contracts.models import Contract, Signature
from tenants.accounts.models import Tenant
from tests.chatbo.furnishing import build
from tests.conftest import Business

from .conftest import ask, carried_out, make_file

YEAR = timezone.localdate().year

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def left(cafe: Business, queue, grace_is_over) -> TenantEnding:
    build(cafe.tenant, cafe.owner)
    ask(cafe)
    make_file(cafe)
    grace_is_over(cafe)
    return carried_out(cafe)


def files_of(business: Business) -> list[Path]:
    home = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return [path for path in home.glob(f"tenants/{business.tenant.pk}/**/*") if path.is_file()]


def on(year: int) -> time_machine.travel:
    return time_machine.travel(datetime(year, 1, 1, 12, tzinfo=UTC), tick=False)


def test_a_contract_goes_six_years_after_the_year_in_which_the_business_left(
    cafe: Business, left: TenantEnding
) -> None:
    assert len(files_of(cafe)) == 2
    with on(YEAR + 6):
        end_kept_rows()
    with cafe.scope():
        assert Contract.objects.count() == 1

    with on(YEAR + 7):
        end_kept_rows()

    with cafe.scope():
        assert not (Contract.objects.exists())
        assert not (Signature.objects.exists())
    assert files_of(cafe) == []


def test_a_contract_in_force_is_kept_however_old_it_is(cafe: Business, queue) -> None:
    build(cafe.tenant, cafe.owner)

    with on(YEAR + 30):
        end_kept_rows()

    with cafe.scope():
        assert Contract.objects.count() == 1


def test_the_certificate_goes_after_three_years_and_its_address_with_it(
    cafe: Business, left: TenantEnding
) -> None:
    assert directory.find("ending", left.code) is not None
    with on(YEAR + 3):
        end_kept_rows()
    assert directory.find("ending", left.code) is not None

    with on(YEAR + 4):
        end_kept_rows()

    assert directory.find("ending", left.code) is None
    with cafe.scope():
        assert not TenantEnding.objects.exists()


def test_the_business_s_row_goes_with_the_last_that_is_kept(
    cafe: Business, dentist: Business, left: TenantEnding, owner_db: psycopg.Connection
) -> None:
    with on(YEAR + 7):
        end_kept_rows()
    with cafe.scope():
        assert Tenant.objects.exists(), (
            "the log's entries are from this year, by the database's clock"
        )
    # As three years later, by the owner of the tables, whom the trigger refuses as well.
    owner_db.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER append_only")
    owner_db.execute("UPDATE audit_auditentry SET at = at - interval '5 years'")
    owner_db.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER append_only")

    with on(YEAR + 7):
        end_kept_rows()

    with cafe.scope():
        assert not Tenant.objects.exists()
    with dentist.scope():
        assert Tenant.objects.exists()


def test_an_entry_of_the_log_goes_by_that_one_function_and_by_nobody_s_hand(
    cafe: Business, owner_db: psycopg.Connection
) -> None:
    with cafe.scope():
        AuditEntry.objects.filter(tenant_id=cafe.tenant.pk).exists()
        record("bot.created")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            AuditEntry.objects.all().delete()
        count = AuditEntry.objects.count()
    end_kept_rows()

    with cafe.scope():
        assert AuditEntry.objects.count() == count
