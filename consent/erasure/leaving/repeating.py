"""Businesses that a restored database has forgotten to have left: they leave again.

By the job that ends every business, without its grace: from here on nothing can be taken back, and
nobody but its members' eyes is let in. Whoever was erased with it is gone by tombstones of their
own before that.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.leaving.asking import silence, wake
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.tombstones import Entry
from tenants.accounts.models import Tenant
from tenants.bots.models import Channel

State = TenantEnding.State


def repeat_ending(tenant_id: uuid.UUID, entries: Sequence[Entry]) -> None:
    """Have the business end again that these entries are about, in one transaction.

    Where its job is under way here, that goes on, and notes it. Where the business does not exist
    here, or has left, it is only noted.
    """
    is_told = any(tombstones.is_word_that_all_is_done(entry) for entry in entries)
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.select_for_update().filter(pk=tenant_id, ended_at=None).first()
        ending = TenantEnding.objects.unfinished().select_for_update().first()
        if ending is not None and ending.state == State.UNDER_WAY:
            TenantEnding.objects.filter(pk=ending.pk).update(is_told=is_told or ending.is_told)
            return
        replay = Replay.under_way()
        replay.ended += tenant is not None
        replay.count(entries=len(entries), removed=0)  # Saved: only so does the database let it in.
        tombstones.note(entry.name for entry in entries)
        if tenant is None:
            return
        ending = ending or _new_like(entries[0])
        ending.state, ending.is_told = State.UNDER_WAY, is_told
        _say_the_same(ending, entries[0])
        # The platforms were left before; whoever has the bot there now is not to lose it.
        ending.left = [str(pk) for pk in Channel.objects.values_list("pk", flat=True)]
        ending.not_before = timezone.now()
        ending.save()
        silence(tenant, ending)
        record("tenant.ending_begun", target=tenant)
        wake(ending)


def _new_like(entry: Entry) -> TenantEnding:
    """In the one state in which the database takes it: its grace is over."""
    said = entry.business
    return TenantEnding.objects.create(
        pk=entry.erasure,
        state=State.UNDER_WAY,
        choice=said["choice"],
        language=said["language"],
        ends_at=entry.at,
    )


def _say_the_same(ending: TenantEnding, entry: Entry) -> None:
    """What the one said that carried it out, and no other wish that was open in this copy: its
    owners have that code, and its certificate says that choice and that day."""
    said = entry.business
    ending.code, ending.choice = said["code"], said["choice"]
    ending.language = said["language"]
    ending.created_at = datetime.fromisoformat(said["asked_at"])
    if ending.pk != entry.erasure:
        ending.asked_by_id = None  # Who asked for that one is not known here.
