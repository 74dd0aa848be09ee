"""Somebody ends their own account."""

import uuid

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope, user_scope
from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.accounts.errors import LastAdminError, StillOwnerError
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.policy import policy_for
from consent.erasure.requests import one_month_after
from tenants.accounts.administrators import administrators
from tenants.accounts.belonging import tenants_of
from tenants.accounts.errors import LastOwnerError
from tenants.accounts.memberships import remove_member
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.accounts.sessions import end_sessions


@transaction.atomic
def end_account(user: User) -> AccountEnding:
    """Close a user's account at once, and have everything deleted but what law keeps.

    At once: all log-ins end and none is possible any more, the memberships end and the owners
    of these businesses are told, and a Facebook profile is disconnected. The rest is the job's
    (``carrying_out``). Asking twice is asking once. Raises ``StillOwnerError`` and
    ``LastAdminError``; then nothing is changed.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if (under_way := AccountEnding.objects.filter(user_id=user.pk).first()) is not None:
        return under_way
    refuse_who_is_needed(user)
    ending = AccountEnding.objects.create(
        user_id=user.pk,
        address=user.email,
        language=user.language,
        policy=policy_for(User._meta.label),
        due_at=one_month_after(timezone.now()),
    )
    with user_scope(user.pk):
        for tenant_id in sorted(_businesses_of(user)):
            with tenant_scope(tenant_id):
                _leave(user, tenant_id)
    SocialAccount.objects.filter(user=user).delete()  # Tokens go with it.
    end_sessions(UserSession.objects.filter(user=user), user)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    record("account.ending_asked", target=user, actor_id=user.pk)
    _wake(ending)
    return ending


def refuse_who_is_needed(user: User) -> None:
    """Raises ``StillOwnerError`` for the last owner of a business, ``LastAdminError`` for
    ChatBo's last administrator."""
    if user.platform_role == PlatformRole.ADMIN:
        # Locked in one order: of two who go at once the second finds the first gone.
        admins = administrators()
        others = admins.order_by("pk").select_for_update().values_list("pk", flat=True)
        with transaction.atomic():
            if set(others) <= {user.pk}:
                raise LastAdminError
    if tenants := _owned_alone(user):
        raise StillOwnerError(tenants)


def _owned_alone(user: User) -> list[Tenant]:
    with user_scope(user.pk):
        tenants = list(tenants_of(user))
    return [tenant for tenant in tenants if _is_last_owner(user, tenant)]


def _is_last_owner(user: User, tenant: Tenant) -> bool:
    with tenant_scope(tenant.pk):
        owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
        return set(owners.values_list("user_id", flat=True)) == {user.pk}


def _businesses_of(user: User) -> list[uuid.UUID]:
    return list(Membership.objects.filter(user=user).values_list("tenant_id", flat=True))


def _leave(user: User, tenant_id: uuid.UUID) -> None:
    """In the business's scope. Whether an owner is left is looked at once more, behind its lock."""
    membership = Membership.objects.get(user=user)
    tenant = Tenant.objects.get(pk=tenant_id)
    try:
        remove_member(membership)
    except LastOwnerError as error:
        raise StillOwnerError([tenant]) from error
    owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
    for owner in owners.select_related("user"):
        queue_mail(
            to=owner.user.email,
            template="consent/erasure/accounts/mail/member_ended",
            context={
                "owner": owner.user.name,
                "member": user.name,
                "company": tenant.company,
                "url": settings.BASE_URL + reverse("accounts:members", args=[tenant.slug]),
            },
            language=owner.user.language,
        )


def _wake(ending: AccountEnding) -> None:
    from consent.erasure.accounts.tasks import carry_out

    # Robust: the row is the promise. With Redis away, the sweep finds it.
    transaction.on_commit(lambda: carry_out.delay("", str(ending.pk)), robust=True)
