"""Making a business and its first member."""

from django.db import transaction
from django.utils.text import slugify

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.isolation.directory import TakenError
from chatbo.foundation.isolation.ids import new_code, new_id
from tenants.accounts.models import Membership, Tenant, User

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@transaction.atomic
def found_tenant(owner: User, *, company: str) -> Tenant:
    """Make a tenant with its owner. Its slug comes from the company's name, made unique."""
    tenant_id = new_id()
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.create(
            id=tenant_id,
            slug=_reserve_slug(company),
            company=company,
            contact_email=owner.email,
        )
        Membership.objects.create(user=owner, role=Membership.Role.OWNER)
        record("tenant.founded", target=tenant, actor_id=owner.pk)
    return tenant


def _reserve_slug(company: str) -> str:
    wished = slugify(company.lower().translate(_GERMAN))[:50].strip("-") or "business"
    for slug in (wished, *(f"{wished}-{new_code(4)}" for _ in range(5))):
        try:
            directory.register("slug", slug)
        except TakenError:
            continue
        return slug
    raise TakenError("slug")
