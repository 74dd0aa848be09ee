"""Making a person's file in the background. Killed at any point, the next worker begins anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation

from chatbo.foundation.encryption.files import SealedWriter
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.personal_data import (
    Category,
    Medium,
    NoPersonalData,
    StoredData,
    declare_store,
)
from consent.erasure.person_exports.archive import write_archive
from consent.erasure.person_exports.ending import end_export
from consent.erasure.person_exports.errors import NotWantedAnyMoreError
from consent.erasure.person_exports.models import KIND, PersonExport, new_secret
from consent.erasure.person_exports.tables import EachPiece
from tenants.bots.models import Subscriber

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={"all that is held on them": Category.CONTENT},
        end="Once the person has it, after 72 hours, or with the person's erasure. Encrypted; the"
        " key is in its row.",
        export="In none: it is the export.",
    ),
)
declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("Which copy could not be made, and the name of the error."),
)

State, Way = PersonExport.State, PersonExport.Way

KEPT_FOR = timedelta(hours=72)
"""Over a weekend, so that who asks on Friday evening finds it on Monday; and no longer, as all
that is held on somebody lies there in one piece."""

OFTEN = 8
"""Tries after which it counts as failing. It is tried on, once an hour: the person has a right."""

log = structlog.get_logger(__name__)


def make_export(export: PersonExport) -> None:
    """Write the file of a claimed export, and keep it. Opens the tenant's scope piece by piece.

    Raises ``NotWantedAnyMoreError`` once the row is gone or in other hands.
    """
    with tenant_scope(export.tenant_id):
        file = _begin(export)
        subscriber = Subscriber.objects.select_related("channel__bot").get(pk=export.subscriber_id)
    with file, translation.override(export.language):
        sealed = SealedWriter(file, export.file_key)
        write_archive(sealed, subscriber, at=timezone.now(), each_piece=_scope_holding(export))
        sealed.close()
    with tenant_scope(export.tenant_id):
        _keep(export, size=sealed.written)


def put_off(export: PersonExport, error: Exception) -> None:
    """Until the next try; what has failed often is an alarm. The row may be gone by then."""
    with tenant_scope(export.tenant_id):
        row = PersonExport.objects.in_hands_of(export).select_for_update().first()
        if row is None:
            return
        if row.attempts >= OFTEN:
            log.error("person_export_failing", row=str(row.pk), reason=type(error).__name__)
        row.try_again(type(error).__name__)


def _begin(export: PersonExport) -> IO[bytes]:
    """A new file under the name that the row has had from the start, and a new key for it.

    With the row locked: an erasure comes before, and there is no file, or after, and finds it.
    """
    row = PersonExport.objects.in_hands_of(export).select_for_update().first()
    if row is None:
        raise NotWantedAnyMoreError
    default_storage.delete(row.file)  # A killed worker's. A slow one writes on into nothing.
    default_storage.save(row.file, ContentFile(b""))
    file: IO[bytes] = default_storage.open(row.file, "wb")
    export.secret = row.secret = new_secret()
    row.save(update_fields=["secret"])
    return file


def _scope_holding(export: PersonExport) -> EachPiece:
    """Opens the tenant's scope and renews the lease; raises where the row is not ours any more."""

    @contextmanager
    def holding() -> Iterator[None]:
        with tenant_scope(export.tenant_id):
            if not PersonExport.objects.keep_hold_of(export):
                raise NotWantedAnyMoreError
            yield

    return holding


def _keep(export: PersonExport, *, size: int) -> None:
    """It can be taken from now on. A newer link makes the ones before it worthless."""
    row = PersonExport.objects.in_hands_of(export).select_for_update().first()
    if row is None:
        raise NotWantedAnyMoreError
    older = PersonExport.objects.filter(
        subscriber_id=row.subscriber_id, way=row.way, state=State.READY
    )
    for each in older:
        end_export(each)
    row.state = State.READY
    row.size = size
    row.ready_at = timezone.now()
    row.expires_at = row.ready_at + KEPT_FOR
    row.last_error = ""
    if row.way == Way.CHAT:
        directory.register(KIND, row.token, row.pk)
        row.save()  # Not finished: the person is still to be told.
    else:
        row.finish()
