"""The file that a leaving business takes along: everything, as a ZIP, made in the background.

Every table behind its wall as JSON lines and as CSV, all its files, the consents with what proves
them and the script that checks that without us, and a page to begin with. It lies encrypted under
a key that its row alone has: an erasure deletes the row, and with it the file (``TenantExport``).
"""

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption.files import SealedWriter, unsealed
from chatbo.foundation.files import ScopedStorage, folder
from chatbo.foundation.isolation import current_tenant_id, tenant_scope
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from chatbo.foundation.turns import wait_for_turn
from consent.erasure.leaving.errors import NotMineAnyMoreError
from consent.erasure.leaving.models import TenantExport, new_key
from consent.erasure.leaving.packing import Packing, pack

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={"rows": Category.CONTENT, "files": Category.CONTENT},
        end="With its row: when anybody of the business is erased, and when it has left or stays.",
        export="messages",
    ),
)

State = TenantExport.State
FOLDER = "leaving"


@transaction.atomic
def ask_for_export(*, language: str) -> TenantExport:
    """Have the file made, or made anew, in the tenant's scope. While it is being made, it is one
    wish."""
    wait_for_turn("export of everything", current_tenant_id())
    export = TenantExport.objects.select_for_update().first()
    if export is None:
        export = TenantExport(language=language)
    elif export.state == State.ASKED:
        return export
    else:
        _drop_file(export)
        export.state, export.file, export.size, export.sha256 = State.ASKED, "", 0, ""
        export.key, export.language = new_key(), language
        export.attempts, export.last_error = 0, ""
        export.finished_at = export.lease_until = None
        export.not_before = timezone.now()
    export.save()
    record("tenant.export_asked", target=export)
    _wake(export)
    return export


@transaction.atomic
def drop_export(export: TenantExport) -> None:
    """Take the file away, in the tenant's scope. A worker that is at it notices, and stops."""
    _drop_file(export)
    export.delete()


def make_export(export: TenantExport) -> None:
    """Write the file of a claimed export, and keep it.

    Opens the tenant's scope for each piece. Killed at any point, nothing is kept, and the next
    worker begins anew. Raises ``NotMineAnyMoreError`` or ``OSError``.
    """
    with tempfile.TemporaryFile() as file, translation.override(export.language):
        writer = _Hashing(file, base64.b64decode(export.key))
        packing = Packing(export.tenant_id, FOLDER, hold=lambda: _hold(export))
        pack(packing, cast(IO[bytes], writer))
        writer.close()
        file.seek(0)
        with tenant_scope(export.tenant_id):
            _hold(export)  # Whoever took over may have a file there by now.
            _drop_what_was_left_lying()
            name = default_storage.save(
                f"{folder()}/{FOLDER}/{export.pk}-{export.attempts}", File(file)
            )
    with tenant_scope(export.tenant_id):
        kept = TenantExport.objects.in_hands_of(export).update(
            state=State.READY,
            file=name,
            size=writer.written,
            sha256=writer.digest.hexdigest(),
            finished_at=timezone.now(),
            lease_until=None,
            last_error="",
        )
        if not kept:
            default_storage.delete(name)
            raise NotMineAnyMoreError


def open_export(export: TenantExport) -> Iterator[bytes]:
    """The file as it is downloaded, of an export that is ready; begin in its tenant's scope.

    Raises ``FileNotFoundError``.
    """
    file: IO[bytes] = default_storage.open(export.file)
    key = base64.b64decode(export.key)

    def pieces() -> Iterator[bytes]:
        with file:
            yield from unsealed(file, key)

    return pieces()


class _Hashing(SealedWriter):
    def __init__(self, file: IO[bytes], key: bytes) -> None:
        super().__init__(file, key)
        self.digest = hashlib.sha256()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self.digest.update(data)
        return super().write(data)


def _hold(export: TenantExport) -> None:
    """In the scope: hold on to it for the next piece."""
    if not TenantExport.objects.keep_hold_of(export):
        raise NotMineAnyMoreError


def _drop_what_was_left_lying() -> None:
    """By a worker that was killed between file and row."""
    storage = cast(ScopedStorage, default_storage)
    for name in list(storage.names()):
        if name.startswith(f"{folder()}/{FOLDER}/"):
            default_storage.delete(name)


def _drop_file(export: TenantExport) -> None:
    """Once it is certain that no row names it."""
    tenant_id, name = export.tenant_id, export.file
    if not name:
        return

    def drop() -> None:
        with tenant_scope(tenant_id):
            default_storage.delete(name)

    transaction.on_commit(drop, robust=True)


def _wake(export: TenantExport) -> None:
    from consent.erasure.leaving.tasks import prepare

    transaction.on_commit(lambda: prepare.delay(str(export.tenant_id), str(export.pk)), robust=True)
