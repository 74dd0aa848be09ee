"""Where a contract's PDFs lie: named by their content, so that nothing is ever overwritten.

All of it inside the tenant's scope: the storage opens no other folder.
"""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from chatbo.foundation.files import folder
from chatbo.foundation.isolation import current_tenant_id, tenant_scope
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from dpa.contracts.errors import AlteredFileError

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="accounts.Tenant",
        holds={"data": Category.CONTRACT},
        end="A draft with the next one; what was signed with its contract's row.",
        export="contracts",
    ),
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def store(pdf: bytes) -> str:
    """Write a PDF and return its name in the storage. Storing the same bytes twice is once.

    Call before the row that names it is committed. Raises ``OSError`` when it cannot be written.
    """
    name = f"{folder()}/contracts/{sha256(pdf)}.pdf"
    if default_storage.exists(name):
        if _read(name) == pdf:
            return name
        default_storage.delete(name)  # the rest of a write that was cut off
    try:
        return default_storage.save(name, ContentFile(pdf))
    except OSError:
        default_storage.delete(name)
        raise


def fetch(name: str, expected_sha256: str) -> bytes:
    """Read a PDF. Raises ``AlteredFileError`` when it is gone or not the one that was stored."""
    try:
        pdf = _read(name)
    except FileNotFoundError as error:
        raise AlteredFileError("missing") from error
    if sha256(pdf) != expected_sha256:
        raise AlteredFileError("altered")
    return pdf


def drop(name: str) -> None:
    """Remove a file that no row names, or no longer."""
    default_storage.delete(name)


def drop_on_commit(name: str) -> None:
    """Remove the file once it is certain that no row names it."""
    tenant_id = current_tenant_id()

    def drop_it() -> None:
        with tenant_scope(tenant_id):
            drop(name)

    transaction.on_commit(drop_it, robust=True)


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content
