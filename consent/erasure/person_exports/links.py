"""The link with which a person takes their file: once, and within its time.

"Once" is: it goes out whole once. Whoever presses has it alone for ten minutes; when it broke off
on the way it can be pressed again, three times in all. No cookie is needed for that, and whoever
finds a used link finds nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption.files import unsealed
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.person_exports.ending import end_export
from consent.erasure.person_exports.errors import UnknownLinkError
from consent.erasure.person_exports.models import KIND, PersonExport, PersonExportQuerySet

declare_store(
    Medium.FILES, __name__, NoPersonalData("Only reads files; ``making`` writes and declares them.")
)

State = PersonExport.State

HELD_FOR = timedelta(minutes=10)
MOST_PRESSES = 3


def link_of(export: PersonExport) -> str:
    """Where the person takes the file, while that is possible; else nothing."""
    is_kept = export.state == State.READY and not _is_over(export)
    if not is_kept or export.way != PersonExport.Way.CHAT:
        return ""
    return f"{settings.BASE_URL}{reverse('my_data:open', args=[export.token])}"


@contextmanager
def open_link(token: str) -> Iterator[PersonExport]:
    """The export behind a link, in its tenant's scope. Raises ``UnknownLinkError``."""
    entry = directory.find(KIND, token)
    if entry is None or entry.target_id is None:
        raise UnknownLinkError
    with tenant_scope(entry.tenant_id):
        export = _takeable().filter(pk=entry.target_id).first()
        if export is None:
            raise UnknownLinkError
        yield export


def take_out(export: PersonExport) -> Iterator[bytes]:
    """The ZIP, for whoever pressed, in the tenant's scope. Raises ``UnknownLinkError``.

    One UPDATE: of two who press, one gets it. It counts as taken when the last piece was passed
    on; what is not read to its end, for whatever reason, can be taken again.
    """
    now = timezone.now()
    taken = (
        _takeable().filter(pk=export.pk).update(held_until=now + HELD_FOR, presses=F("presses") + 1)
    )
    if not taken:
        raise UnknownLinkError
    export.refresh_from_db()
    try:
        return _going_out(export, default_storage.open(export.file))
    except FileNotFoundError as error:
        raise UnknownLinkError from error


def open_file(export: PersonExport) -> Iterator[bytes]:
    """The ZIP for the business, in its scope, any number of times. Raises ``FileNotFoundError``."""
    file = default_storage.open(export.file)

    def going_out() -> Iterator[bytes]:
        with file:
            yield from unsealed(file, export.file_key)

    return going_out()


def _going_out(export: PersonExport, file: IO[bytes]) -> Iterator[bytes]:
    is_whole = False
    try:
        with file:
            for piece in unsealed(file, export.file_key):
                _hold(export)
                yield piece
        is_whole = True
    finally:
        with tenant_scope(export.tenant_id):
            _settle(export, is_whole=is_whole)


def _hold(export: PersonExport) -> None:
    """Once a minute. Raises ``UnknownLinkError`` where it stood still so long that others may."""
    now = timezone.now()
    if export.held_until and export.held_until - now > HELD_FOR - timedelta(minutes=1):
        return
    export.held_until = now + HELD_FOR
    with tenant_scope(export.tenant_id):
        mine = PersonExport.objects.filter(pk=export.pk, presses=export.presses)
        if not mine.filter(state=State.READY).update(held_until=export.held_until):
            raise UnknownLinkError


def _settle(export: PersonExport, *, is_whole: bool) -> None:
    row = PersonExport.objects.select_for_update().filter(pk=export.pk).first()
    if row is None or row.state != State.READY or row.presses != export.presses:
        return  # The person was erased meanwhile, or somebody else has it by now.
    if is_whole:
        row.used_at = timezone.now()
        record("person_export.taken", target=row)
    if is_whole or row.presses >= MOST_PRESSES:
        end_export(row)
    else:
        row.held_until = None
        row.save(update_fields=["held_until"])


def _takeable() -> PersonExportQuerySet:
    now = timezone.now()
    return PersonExport.objects.kept().filter(
        Q(held_until=None) | Q(held_until__lt=now),
        way=PersonExport.Way.CHAT,
        presses__lt=MOST_PRESSES,
    )


def _is_over(export: PersonExport) -> bool:
    return export.expires_at is None or export.expires_at <= timezone.now()
