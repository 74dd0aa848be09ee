"""Carrying out the end of a business: looking after it until its day, then step by step.

Each step can be begun anew at any point, works in short transactions, and is noted before the next
one: killed anywhere, the lease ends and the sweep hands the job on.
"""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.errors import NobodySelectedError
from consent.erasure.leaving.clearing import clear_files, clear_tables, close_business
from consent.erasure.leaving.errors import ExportMissingError, StillBusyError
from consent.erasure.leaving.exporting import ask_for_export
from consent.erasure.leaving.holding import add_counts, facts_outside, hold
from consent.erasure.leaving.models import REMIND_BEFORE, TenantEnding, TenantExport
from consent.erasure.leaving.proofs import end_proofs
from consent.erasure.leaving.telling import tell_soon
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones
from consent.erasure.recipients.models import ErasureNotice
from consent.erasure.requests import request_erasure_of_many
from consent.erasure.selecting import all_at_the_end
from tenants.accounts.models import Tenant
from tenants.bots import platforms
from tenants.bots.models import Channel, Subscriber
from tenants.bots.platforms.errors import PlatformError

State = TenantEnding.State
LOOK_AGAIN = timedelta(hours=1)
"""How often a business that waits is looked after: its file is made anew after an erasure."""
PEOPLE_TAKE = timedelta(seconds=20)
RECIPIENTS_TAKE = timedelta(minutes=10)


def go_on(ending: TenantEnding) -> None:
    """Take a claimed ending as far as it goes now.

    Raises ``StillBusyError`` where it has to wait, ``NotMineAnyMoreError``, ``ExportMissingError``,
    and whatever a step raises: the ledger's, the database's, the disk's.
    """
    if ending.state == State.WAITING:
        _look_after(ending)
        if timezone.now() < ending.ends_at:
            raise StillBusyError(min(LOOK_AGAIN, ending.ends_at - timezone.now()))
        _begin(ending)
    for name, step in STEPS.items():
        if name not in ending.steps:
            step(ending)
            if name not in ending.steps and name != LAST:  # Which closes the job itself.
                note_step(ending, name)


def _look_after(ending: TenantEnding) -> None:
    """Until its day: the platforms are left, the file is there, the members are reminded."""
    leave_channels(ending)
    with tenant_scope(ending.tenant_id):
        if not TenantExport.objects.exists():
            ask_for_export(language=ending.language)
    is_soon = ending.ends_at - REMIND_BEFORE <= timezone.now() < ending.ends_at
    if is_soon and "reminded" not in ending.steps:
        with tenant_scope(ending.tenant_id):
            note_step(ending, "reminded")
            ask_for_export(language=ending.language)  # With what was written since.
            tell_soon(Tenant.objects.get(pk=ending.tenant_id), ending)


def _begin(ending: TenantEnding) -> None:
    """From here on nothing can be taken back."""
    with tenant_scope(ending.tenant_id):
        is_ready = TenantExport.objects.filter(state=TenantExport.State.READY).exists()
        if ending.choice == TenantEnding.Choice.RETURN and not is_ready:
            raise ExportMissingError
        row = hold(ending)
        row.state = ending.state = State.UNDER_WAY
        row.save(update_fields=["state"])
        record("tenant.ending_begun", target=Tenant.objects.get(pk=ending.tenant_id))


def leave_channels(ending: TenantEnding) -> None:
    """Take menus and webhooks away from the platforms. What one of them refuses is tried with the
    next look, and holds nothing up: the token goes with the row."""
    with tenant_scope(ending.tenant_id):
        hold(ending)
        channels = [
            channel
            for channel in Channel.objects.select_related("bot")
            if str(channel.pk) not in ending.left
        ]
    for channel in channels:
        try:
            platforms.leave(channel)
        except PlatformError as error:
            ending.last_error = error.code
            continue
        with tenant_scope(ending.tenant_id):
            row = hold(ending)
            row.left = ending.left = [*row.left, str(channel.pk)]
            row.save(update_fields=["left"])


def put_up_tombstone(ending: TenantEnding) -> None:
    """Outside the database, before anything is deleted and after it can be taken back no more."""
    tombstones.put_up_for_business(ending.pk, ending.tenant_id, facts_outside(ending))


def erase_people(ending: TenantEnding) -> None:
    """Everybody by the machinery of erasures, with tombstones; waited for. So is whoever has asked
    by themselves, and is told, and the recipients, which are told for three days at most."""
    with tenant_scope(ending.tenant_id):
        row = hold(ending)
        if Subscriber.objects.exists() and not Erasure.objects.unfinished().exists():
            try:
                erasure = request_erasure_of_many(
                    all_at_the_end(until=timezone.now()),
                    origin=Erasure.Origin.ENDING,
                    language=ending.language,
                )
            except NobodySelectedError:
                erasure = None
            row.erasure_id = ending.erasure_id = erasure.pk if erasure else None
            row.save(update_fields=["erasure_id"])
        is_busy = Subscriber.objects.exists() or Erasure.objects.unfinished().exists()
        is_telling = ErasureNotice.objects.unfinished().exists()
    if is_busy or is_telling:
        raise StillBusyError(PEOPLE_TAKE if is_busy else RECIPIENTS_TAKE)
    with tenant_scope(ending.tenant_id):
        row = hold(ending)
        for erasure in Erasure.objects.filter(origin=Erasure.Origin.ENDING):
            add_counts(row, erasure.counts)
        note_step(ending, "people")  # With the counts, which are added once.


LAST = "business"
STEPS: dict[str, Callable[[TenantEnding], None]] = {
    "tombstone": put_up_tombstone,
    "channels": leave_channels,
    "people": erase_people,
    "proofs": end_proofs,
    "rows": clear_tables,
    "files": clear_files,
    LAST: close_business,
}


def note_step(ending: TenantEnding, name: str) -> None:
    with tenant_scope(ending.tenant_id):
        row = hold(ending)
        row.steps.setdefault(name, timezone.now().isoformat())
        row.failed_at = None
        ending.steps = row.steps
        row.save(update_fields=["steps", "failed_at"])
