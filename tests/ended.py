"""A business that has left and an account that has ended, each with its certificate."""

import os

import psycopg
from django.utils import timezone

from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.tasks import carry_out as carry_out_account
from consent.erasure.leaving.asking import end_tenant
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.tasks import carry_out as carry_out_business
from tenants.accounts.models import User
from tests.conftest import Business, address_of


def let_grace_end(business: Business, database_name: str) -> None:
    """Thirty days later: past the trigger that would let nobody say so."""
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE erasure_tenantending SET ends_at = now() - interval '1 minute'"
            " WHERE tenant_id = %s AND finished_at IS NULL",
            [business.tenant.pk],
        )


def ended_business(business: Business, database_name: str) -> TenantEnding:
    """One without subscribers. Needs a test whose transactions are real."""
    with business.scope():
        ending = end_tenant(
            business.tenant,
            typed=business.tenant.company,
            choice=TenantEnding.Choice.DELETION,
            by=business.owner,
            language="de",
        )
    let_grace_end(business, database_name)
    with business.scope():
        TenantEnding.objects.update(not_before=timezone.now(), lease_until=None)
    carry_out_business(str(business.tenant.pk), str(ending.pk))
    with business.scope():
        return TenantEnding.objects.exclude(certificate=None).get(pk=ending.pk)


def ended_account() -> AccountEnding:
    user = User.objects.create_user("leaver@leaver.example", name="Leaver")
    ending = end_account(user)
    carry_out_account("", str(ending.pk))
    return AccountEnding.objects.exclude(certificate=None).get(pk=ending.pk)
