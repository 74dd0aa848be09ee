"""What a tenant table is made of, and the directory that finds a tenant before a scope is open."""

from typing import Any, ClassVar

from django.db import models

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.scopes import current_tenant_id
from chatbo.foundation.isolation.statements import Walled
from chatbo.foundation.personal_data import NoPersonalData


class TenantModel(models.Model):
    """A row that belongs to one tenant. Its migration must call ``IsolateTable``.

    For Django the key is ``id``; in the database it is ``(tenant_id, id)``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(default=current_tenant_id, editable=False)

    isolation: ClassVar = Walled()
    fields_besides: ClassVar = {"tenant_id": "Whose row it is."}

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # generic only in the stubs
    """A reference between two tenant tables.

    Django makes neither constraint nor index for it: ``IsolateTable`` makes both, with
    ``tenant_id`` in front, so that a row cannot point into another tenant.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)


class DirectoryEntry(models.Model):
    """Which tenant a value from outside belongs to: (kind, keyed digest) to tenant.

    Read by everybody, because it is asked before a scope can be open; written by the tenant that
    an entry leads to. It holds no names and no values, and it keeps a Messenger page with one
    tenant.
    """

    kind = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    tenant_id = models.UUIDField(default=current_tenant_id)
    target_id = models.UUIDField(null=True)

    isolation: ClassVar = Walled(
        also_read={"everybody": "true"},
        unique_across={"kind, digest": "A value leads to one tenant; who has it sees that anyway."},
    )
    personal_data: ClassVar = NoPersonalData("Keyed digests of public ids; no person.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="directory_one_tenant_a_value")
        ]
