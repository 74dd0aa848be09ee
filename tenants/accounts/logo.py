"""A business's logo: drawn anew, kept under its hash, shown on the pages that we host for it."""

from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from chatbo.foundation.audit.entries import record
from chatbo.foundation.files import folder
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from chatbo.foundation.uploads import Picture, accept_picture
from tenants.accounts.models import Tenant

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="accounts.Tenant",
        holds={"logo": Category.CONTACT},
        end="When it is replaced or removed, or the business goes.",
        export="business",
    ),
)

WIDTH, HEIGHT = 640, 160
"""Twice what a page shows, for screens with dense pixels."""


def change_logo(tenant: Tenant, file: IO[bytes]) -> Tenant:
    """Take a picture as the tenant's logo; the former one's file goes. In the tenant's scope.

    Raises ``UploadError`` for what is no picture of reasonable size; the logo is then as before.
    """
    picture = accept_picture(file, width=WIDTH, height=HEIGHT)
    return _set(tenant, picture)


def remove_logo(tenant: Tenant) -> Tenant:
    """Remove logo and file. Twice is once."""
    return _set(tenant, None)


def read_logo(tenant: Tenant) -> bytes | None:
    """The logo as a PNG of our own making, or nothing. In the tenant's scope."""
    if not tenant.logo_sha256:
        return None
    try:
        with default_storage.open(_name(tenant.logo_sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError:  # Restored from a copy without its files, perhaps.
        return None
    return content


@transaction.atomic
def _set(tenant: Tenant, picture: Picture | None) -> Tenant:
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    former, new = tenant.logo_sha256, picture.sha256 if picture else ""
    if picture and not default_storage.exists(_name(new)):
        # Before the row that names it: a row without its file would be a page without its logo.
        default_storage.save(_name(new), ContentFile(picture.png))
    if former == new:
        return tenant
    tenant.logo_sha256 = new
    tenant.save(update_fields=["logo_sha256"])
    record("tenant.changed", target=tenant, details={"facts": ["logo"]})
    if former:
        _drop_on_commit(tenant, former)
    return tenant


def _drop_on_commit(tenant: Tenant, sha256: str) -> None:
    def drop() -> None:
        with tenant_scope(tenant.pk):
            # Who changed it and at once changed it back names it again.
            if not Tenant.objects.filter(pk=tenant.pk, logo_sha256=sha256).exists():
                default_storage.delete(_name(sha256))

    transaction.on_commit(drop, robust=True)


def _name(sha256: str) -> str:
    return f"{folder()}/logo/{sha256}.png"
