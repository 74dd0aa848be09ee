"""When a business has left, nothing of it is there but what law has us keep."""

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from chatbo.foundation.files import folder
from chatbo.foundation.isolation import platform_scope
from consent.erasure.leaving.models import TenantEnding
from consent.ledger.models import ConsentIdentity, ConsentRecord, EndedRecord
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from dpa.contracts.models import Contract, Signature
from tenants.accounts.models import Membership, Tenant
from tests.chatbo.furnishing import build, furnish
from tests.conftest import Business, address_of

from .conftest import ask, carried_out, make_file

KEPT = {
    "audit_auditentry",
    "accounts_tenant",
    "contracts_contract",
    "contracts_signature",
    "erasure_tenantending",
    "isolation_directoryentry",  # of the certificate's code
    "ledger_consentrecord",
    "ledger_consentidentity",
    "ledger_shownform",  # of ChatBo's own records
    "ledger_leaf",
    "ledger_endedrecord",
}
"""What may still say the business's number. The last two are hashes and signed words on them."""

pytestmark = pytest.mark.django_db(transaction=True)


def tables_that_name(database_name: str, tenant: Any) -> dict[str, int]:
    """In how many rows of which table the number stands, in whatever column of its own type."""
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url) as admin:
        columns = admin.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'uuid'"
        ).fetchall()
        found: dict[str, int] = {}
        for table, column in columns:
            row = admin.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}" = %s', [tenant]
            ).fetchone()
            if row and row[0]:
                found[table] = found.get(table, 0) + row[0]
        return found


def rows_of(database_name: str, tenant: Any) -> dict[str, list[str]]:
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url) as admin:
        tables = admin.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        ).fetchall()
        return {
            table: sorted(
                str(row)
                for row in admin.execute(f'SELECT * FROM "{table}" WHERE tenant_id = %s', [tenant])
            )
            for (table,) in tables
            if table not in {"audit_auditentry"}
        }


def files_of(tenant: Any) -> set[str]:
    home = Path(settings.STORAGES["default"]["OPTIONS"]["location"], "tenants", str(tenant))
    return {str(each.relative_to(home)) for each in home.rglob("*") if each.is_file()}


@pytest.fixture
def house(cafe: Business, dentist: Business, queue, record) -> Business:
    """Of everything something; and a neighbour with some of it."""
    furnish(build(cafe.tenant, cafe.owner), up_to=1)
    for business in (cafe, dentist):
        with business.scope():
            record(person_id=business.owner.pk, identifier=business.owner.email, form="Newsletter")
            record(controller=ConsentRecord.Controller.TENANT, form="Chat")
            default_storage.save(f"{folder()}/logo.png", ContentFile(b"picture"))
    seal()
    return cafe


def test_nothing_is_left_but_what_law_has_us_keep(
    house: Business, dentist: Business, database_name, grace_is_over
) -> None:
    before = tables_that_name(database_name, house.tenant.pk)
    assert before.keys() > KEPT - {"erasure_tenantending"}, "what was not there proves nothing"
    neighbour = rows_of(database_name, dentist.tenant.pk), files_of(dentist.tenant.pk)
    faults = [fault.what for fault in verify_ledger().faults]
    ask(house)
    make_file(house)
    grace_is_over(house)

    ending = carried_out(house)

    assert ending.state == TenantEnding.State.DONE
    assert tables_that_name(database_name, house.tenant.pk).keys() <= KEPT
    with house.scope():
        assert not Contract.objects.filter(signed_at=None).exists()
        assert Contract.objects.exists()
        assert Signature.objects.exists()
        assert set(ConsentRecord.objects.values_list("controller", flat=True)) == {"platform"}
        pseudonyms = ConsentRecord.objects.values("subject_id")
        assert not ConsentIdentity.objects.exclude(subject_id__in=pseudonyms).exists()
        assert ConsentIdentity.objects.exists()
        assert EndedRecord.objects.exclude(note="").exists()
        named = set(Contract.objects.values_list("draft_file", "sealed_file"))
    kept = {f"tenants/{house.tenant.pk}/{name}" for name in files_of(house.tenant.pk)}
    assert kept == {name for pair in named for name in pair if name}
    assert [fault.what for fault in verify_ledger().faults] == faults
    assert (rows_of(database_name, dentist.tenant.pk), files_of(dentist.tenant.pk)) == neighbour


def test_its_row_is_emptied_and_its_people_keep_their_accounts(
    house: Business, grace_is_over, mailoutbox
) -> None:
    ask(house)
    make_file(house)
    grace_is_over(house)
    carried_out(house)

    with house.scope():
        left = Tenant.objects.get()
        assert left.ended_at is not None
        assert left.company == "Café Morgenrot", "its contract is found by it"
        assert (left.street, left.contact_email, left.vat_id) == ("", "", "")
        assert left.slug.startswith("left-")
        assert not Membership.objects.exists()
    house.owner.refresh_from_db()
    with platform_scope("test"):
        from chatbo.foundation.mail.models import OutgoingMail

        told = OutgoingMail.objects.filter(tenant_id=None, recipient_index=house.owner.mail_index)
        body = told.latest("created_at").body
    assert "/erasure/business/" in body
