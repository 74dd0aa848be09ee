"""What was ordered by a release that said no word outside yet: it is said by the next one, once."""

import uuid
from functools import partial

from django.db import transaction

from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.one_by_one import one_by_one
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.putting_back import Kind, kinds


def say_what_was_not_said() -> int:
    """Say how many words were said of what is in force. One that fails is tried again the next day.

    What every backup has itself needs none, and has none left.
    """
    waiting: list[tuple[Kind, uuid.UUID, uuid.UUID]] = []
    with platform_scope("erasure: find what was ordered and not said outside"):
        for kind in kinds():
            young = kind.in_force().filter(created_at__gt=tombstones.oldest_backup())
            waiting += [(kind, *each) for each in young.values_list("tenant_id", "pk")]
    return one_by_one(
        (pk, partial(_say_in, kind, tenant_id, pk))
        for kind, tenant_id, pk in waiting
        if not words.is_any_known(kind.name, pk)
    )


def _say_in(kind: Kind, tenant_id: uuid.UUID, pk: uuid.UUID) -> bool:
    with tenant_scope(tenant_id), transaction.atomic():
        return kind.say_as_it_is(pk)
