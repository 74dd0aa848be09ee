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
        ending = ending or _like_the_one_that_carried_it_out(entries[0])
        ending.state, ending.is_told = State.UNDER_WAY, is_told
        ending.code = entries[0].business["code"]  # Its owners have it, for the certificate.
        # The platforms were left before; whoever has the bot there now is not to lose it.
        ending.left = [str(pk) for pk in Channel.objects.values_list("pk", flat=True)]
        ending.not_before = timezone.now()
        ending.save()
        silence(tenant, ending)
        record("tenant.ending_begun", target=tenant)
        wake(ending)


def _like_the_one_that_carried_it_out(entry: Entry) -> TenantEnding:
    """In the one state in which the database takes it: its grace is over."""
    said = entry.business
    ending = TenantEnding.objects.create(
        pk=entry.erasure,
        state=State.UNDER_WAY,
        choice=said["choice"],
        language=said["language"],
        ends_at=entry.at,
    )
    ending.created_at = datetime.fromisoformat(said["asked_at"])
    return ending
