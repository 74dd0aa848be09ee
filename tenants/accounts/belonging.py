"""Where a user belongs."""

from django.db.models import QuerySet

from tenants.accounts.models import Membership, Tenant, User


def tenants_of(user: User) -> QuerySet[Tenant]:
    """The businesses that a user is a member of, by name. Within ``user_scope`` only."""
    memberships = Membership.objects.filter(user_id=user.pk)
    return Tenant.objects.filter(pk__in=memberships.values("tenant_id")).order_by("company")
