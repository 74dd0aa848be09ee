"""What is stored on a user, in every business and beside them, and how it ends.

No list stands here: whatever declares to be about ``accounts.User`` is found in Django's app
registry, and so is what stands for a user in its turn, as a partner does.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.core.files.storage import default_storage
from django.db import models

from chatbo.foundation.isolation.statements import Walled, statement_of
from chatbo.foundation.personal_data import (
    Deleted,
    Medium,
    NoPersonalData,
    declarations_about,
    declare_store,
)
from chatbo.foundation.personal_data.declarations import subjects
from chatbo.foundation.personal_data.rows import rows_about, rows_about_any
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import ErasurePolicy
from consent.erasure.policy import Ending, endings_under, kept_under
from consent.erasure.rows import rows_on
from consent.ledger.models import ConsentRecord
from consent.ledger.withdrawing import withdraw_by_erasure
from tenants.accounts.models import PlatformRole, User

declare_store(
    Medium.FILES, __name__, NoPersonalData("Only drops files of people whose account ends.")
)

LABEL = User._meta.label


def businesses_with_rows(user: User) -> list[uuid.UUID]:
    """In which anything on the user lies, kept rows among it. In the platform's scope."""
    found: set[uuid.UUID] = set()
    for model, declaration in declarations_about(LABEL):
        if _is_of_a_business(model):
            rows = rows_about(user, model, declaration).exclude(tenant_id=None)
            found |= set(rows.order_by().values_list("tenant_id", flat=True).distinct())
    return sorted(found)


def count_what_goes(user: User, policy: ErasurePolicy) -> dict[str, int]:
    """Rows by model label, of what would be deleted. In the platform's scope."""
    counts: Counter[str] = Counter()
    for ending in endings_under(policy):
        if ending.end == "deleted":
            counts[ending.model._meta.label] += _rows(user, ending).count()
    for rows in _of_stand_ins(user):
        counts[rows.model._meta.label] += rows.count()
    return {label: count for label, count in counts.items() if count}


def count_what_stays(
    user: User, policy: ErasurePolicy, *, of_businesses: bool | None = None
) -> dict[str, int]:
    """Rows by model label, of what law has us keep, as far as the open scope shows them.

    ``of_businesses``: of a business's tables alone, or of all others and what belongs to nobody.
    """
    counts: dict[str, int] = {}
    for model, _kept in kept_under(policy):
        found = list(rows_on(model, User, [user]))
        rows = reduce(or_, found) if found else model._default_manager.none()
        if of_businesses is not None:
            is_theirs = _is_of_a_business(model)
            if is_theirs and not of_businesses:
                rows = rows.filter(tenant_id=None)
            elif of_businesses and not is_theirs:
                rows = rows.none()
        counts[model._meta.label] = rows.count()
    return {label: count for label, count in counts.items() if count}


def end_rows_at_business(
    user: User, policy: ErasurePolicy
) -> tuple[dict[str, int], dict[str, int]]:
    """Everything on the user in the business whose scope is open: what went, and what stays.

    What they had agreed to is withdrawn first, and stays on record.
    """
    withdraw_by_erasure([user.pk], source=ConsentRecord.Source.PAGE)
    kept = count_what_stays(user, policy, of_businesses=True)
    gone: Counter[str] = Counter()
    for ending in endings_under(policy):
        if _is_of_a_business(ending.model):
            gone += _end(user, ending)
    return dict(gone), kept


def end_account_rows(user: User, policy: ErasurePolicy) -> tuple[dict[str, int], dict[str, int]]:
    """Whatever of the user is left anywhere, and the account itself. In the platform's scope.

    Where a kept row points to the account, as a text does to whoever approved it, its empty row
    stays as the number that it names, without name, address or log-in.
    """
    kept = count_what_stays(user, policy, of_businesses=False)
    gone: Counter[str] = Counter()
    for rows in _of_stand_ins(user):
        gone += _counted(rows.delete())
    for ending in endings_under(policy):  # The account's own row comes last.
        if ending.model is not User and ending.model is not AccountEnding:
            gone += _end(user, ending)
    try:
        gone += _counted(User.objects.filter(pk=user.pk).delete())
    except models.ProtectedError:
        _empty(user)
    return dict(gone), kept


def _end(user: User, ending: Ending) -> Counter[str]:
    if ending.end == "kept":
        return Counter()
    rows = _rows(user, ending)
    files = [
        file
        for name in ending.declaration.files
        for file in rows.values_list(name, flat=True)
        if file
    ]
    if ending.end == "blanked":
        rows.update(**ending.fields)
        return Counter()
    gone = _counted(rows.delete())
    for name in files:  # Before the commit: nobody would know of them after a kill.
        default_storage.delete(name)
    return gone


def _rows(user: User, ending: Ending) -> models.QuerySet[Any]:
    return rows_about(user, ending.model, ending.declaration)


def _of_stand_ins(user: User) -> Iterator[models.QuerySet[Any]]:
    """The rows that go of what stands for the user in its turn."""
    stand_for_somebody = subjects() - {LABEL}
    for model, declaration in declarations_about(LABEL):
        if model._meta.label not in stand_for_somebody:
            continue
        theirs = rows_about(user, model, declaration)
        for other, its in declarations_about(model._meta.label):
            if other is not model and isinstance(its.end, Deleted):
                yield rows_about_any(theirs, other, its)


def _empty(user: User) -> None:
    user.email = f"{user.pk.hex}@ended.invalid"
    user.name, user.platform_role, user.is_active = "", PlatformRole.NONE, False
    user.set_unusable_password()
    user.save()


def _counted(deleted: tuple[int, dict[str, int]]) -> Counter[str]:
    return Counter({label: count for label, count in deleted[1].items() if count})


def _is_of_a_business(model: type[models.Model]) -> bool:
    statement = statement_of(model)
    return isinstance(statement, Walled) and statement.by == "tenant_id"
