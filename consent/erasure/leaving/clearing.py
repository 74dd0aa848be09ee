"""Emptying a business's tables and its folder, and the last step, which closes its row."""

from typing import Any, cast

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.files import ScopedStorage
from chatbo.foundation.isolation import directory, platform_scope, tenant_scope
from chatbo.foundation.personal_data import (
    Deleted,
    Medium,
    NoPersonalData,
    declarations_about,
    declare_store,
)
from chatbo.foundation.personal_data.declarations import declared_about_persons
from chatbo.foundation.personal_data.rows import rows_about
from consent.erasure.leaving import certificates
from consent.erasure.leaving.errors import NothingDeletedError
from consent.erasure.leaving.foreseeing import count_what_stays
from consent.erasure.leaving.holding import add_counts, facts_outside, hold
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.telling import tell_done
from consent.erasure.leaving.what_goes import (
    Table,
    files_of,
    is_anything_kept_of,
    may_be_emptied,
    rows_of,
    rows_that_go,
    rows_that_stay,
    tables,
)
from consent.erasure.never_back import tombstones
from tenants.accounts.models import Membership, Tenant

declare_store(
    Medium.FILES, __name__, NoPersonalData("Only drops files of a business that has left.")
)

BATCH = 500


def clear_tables(ending: TenantEnding) -> None:
    """Delete what may go of every table behind the wall, children first, a batch a transaction.

    The memberships are left for the last step: whom to tell stands in them.
    """
    for model in tables():
        if model is Membership or not may_be_emptied(model):
            continue
        while _delete_batch(ending, model):
            pass


def clear_files(ending: TenantEnding) -> None:
    """Delete every file of the business's folder, whoever wrote it, but those of kept rows."""
    storage = cast(ScopedStorage, default_storage)
    with tenant_scope(ending.tenant_id):
        hold(ending)
        kept = {file for model in tables() for file in files_of(rows_that_stay(model))}
        for name in list(storage.names()):
            if name not in kept:
                storage.delete(name)
        storage.drop_empty_folder()


def close_business(ending: TenantEnding) -> None:
    """The last step, in one transaction: memberships and what others hold on the business go, its
    row is emptied, the certificate is made, and its people are told.

    Its slug is free again. Whoever belongs nowhere else keeps their account, which is their own.
    """
    clear_tables(ending)  # Once more: what has come since.
    clear_files(ending)
    with platform_scope("erasure: close the row of a business that has left, and tell its people"):
        with tenant_scope(ending.tenant_id):
            row = hold(ending)
            tenant = Tenant.objects.select_for_update().get(pk=ending.tenant_id)
            people = list(Membership.objects.filter(tenant_id=tenant.pk).select_related("user"))
            add_counts(row, _delete(rows_of(Membership)))
            company = tenant.company
        counts = _delete_what_others_hold(tenant)
        with tenant_scope(ending.tenant_id):
            add_counts(row, counts)
            _empty(tenant)
            directory.register("ending", row.code, row.pk)
            record("tenant.ended", target=tenant, details={"counts": row.counts})
            _finish(row)
            tombstones.note(tombstones.names_of_business(row.pk))
        for member in people if not row.is_told else ():
            is_owner = member.role == Membership.Role.OWNER
            tell_done(company, row, member.user, is_owner=is_owner)

        def say_outside() -> None:
            tombstones.put_up_that_all_is_done(row.pk, row.tenant_id, facts_outside(row))

        # Robust: the end is certain. Without this word a restore tells the members once more.
        transaction.on_commit(say_outside, robust=True)


def _delete_batch(ending: TenantEnding, model: Table) -> int:
    with tenant_scope(ending.tenant_id):
        row = hold(ending)
        chosen = list(rows_that_go(model).values_list("pk", flat=True)[:BATCH])
        counts = _delete(rows_of(model).filter(pk__in=chosen))
        if chosen and not counts:
            raise NothingDeletedError(model._meta.label)  # Rather than for ever.
        add_counts(row, counts)
    return len(chosen)


def _delete(rows: models.QuerySet[Any]) -> dict[str, int]:
    """In one statement, without looking for what hangs on them: their children are gone."""
    count = rows._raw_delete(rows.db)
    return {rows.model._meta.label: count} if count else {}


def _delete_what_others_hold(tenant: Tenant) -> dict[str, int]:
    """What lies on the business elsewhere than behind its own wall, as a recommendation does."""
    counts: dict[str, int] = {}
    for model, declaration in declarations_about(Tenant._meta.label):
        if model is Tenant or model in tables() or not isinstance(declaration.end, Deleted):
            continue
        counts |= _delete(rows_about(tenant, model, declaration))
    return counts


def _empty(tenant: Tenant) -> None:
    """What kept contracts are found by stays: the company's name, which they say as well."""
    is_named = is_anything_kept_of(tenant)
    for declaration in declared_about_persons(Tenant):
        for name in declaration.holds:
            if not (name == "company" and is_named):
                setattr(tenant, name, "")
    tenant.slug = f"left-{tenant.pk.hex}"
    tenant.ended_at = timezone.now()
    tenant.save()


def _finish(row: TenantEnding) -> None:
    row.steps["business"] = timezone.now().isoformat()
    row.state = TenantEnding.State.DONE
    row.failed_at, row.last_error = None, ""
    row.kept = count_what_stays()
    row.certificate = certificates.certify(row)
    row.finish()
