"""Who belongs to a business: changing a place, leaving, handing the business over.

All of it locks the tenant's row first, so that of two owners who leave at once one stays.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chatbo.foundation.audit.entries import record
from tenants.accounts.errors import GoneError, LastOwnerError, NoSecondFactorError, NotEntitledError
from tenants.accounts.models import Membership, Tenant, User

Role = Membership.Role


@transaction.atomic
def change_membership(membership: Membership, *, role: str, may_sign: bool) -> Membership:
    """Give a member another role, or the right to sign; in the tenant's scope.

    Raises ``LastOwnerError`` where no owner would be left, and ``GoneError``.
    """
    membership = _locked(membership)
    before = {"role": membership.role, "may_sign": membership.may_sign}
    after = {"role": str(role), "may_sign": may_sign}
    if before == after:
        return membership
    if role != Role.OWNER:
        _refuse_last_owner(membership)
    membership.role, membership.may_sign = role, may_sign
    membership.save(update_fields=["role", "may_sign"])
    record("member.changed", target=membership, details={"before": before, "after": after})
    return membership


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """End somebody's membership, or one's own: the next page is closed to them.

    In the tenant's scope. Twice is once. Raises ``LastOwnerError``.
    """
    try:
        membership = _locked(membership)
    except GoneError:
        return
    _refuse_last_owner(membership)
    record(
        "member.left",
        target=membership,
        details={"user": membership.user_id, "role": membership.role},
    )
    membership.delete()


@transaction.atomic
def hand_over(tenant: Tenant, *, giver: User, taker: Membership) -> None:
    """Make another member an owner, and the giver an editor; in the tenant's scope.

    Raises ``NotEntitledError`` unless the giver is an owner and the taker somebody else, and
    ``GoneError``.
    """
    taker = _locked(taker)
    own = Membership.objects.filter(tenant_id=tenant.pk, user=giver, role=Role.OWNER).first()
    if own is None or own.pk == taker.pk:
        raise NotEntitledError
    taker.role = Role.OWNER
    taker.save(update_fields=["role"])
    own.role = Role.EDITOR
    own.save(update_fields=["role"])
    record(
        "tenant.handed_over",
        target=tenant,
        details={"before": {"owner": own.user_id}, "after": {"owner": taker.user_id}},
    )


@transaction.atomic
def demand_second_factor(tenant: Tenant, *, demanded: bool, by: User) -> Tenant:
    """Demand a second factor of every member, from their next page on, or no longer.

    Raises ``NoSecondFactorError`` when whoever demands it has none: they would be outside.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if demanded and not is_mfa_enabled(by):
        raise NoSecondFactorError
    if tenant.require_mfa != demanded:
        tenant.require_mfa = demanded
        tenant.save(update_fields=["require_mfa"])
        record(
            "tenant.second_factor_demanded",
            target=tenant,
            details={"before": not demanded, "after": demanded},
        )
    return tenant


def members_without_factor() -> QuerySet[Membership]:
    """Whom the demand for a second factor leads to its set-up; within the tenant's scope."""
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    return Membership.objects.select_related("user").filter(~Exists(factors), user__is_active=True)


def _locked(membership: Membership) -> Membership:
    Tenant.objects.select_for_update().get(pk=membership.tenant_id)
    found = Membership.objects.select_related("user").filter(pk=membership.pk).first()
    if found is None:
        raise GoneError
    return found


def _refuse_last_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        tenant_id=membership.tenant_id, role=Role.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise LastOwnerError
