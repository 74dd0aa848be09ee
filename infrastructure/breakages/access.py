"""Who may do what: roles, members, invitations, locks, support, the audit log."""

from infrastructure.breakages.breaking import Breakage

ACCOUNTS = "tests/tenants/accounts"

BREAKAGES = (
    Breakage(
        "access: every member may do everything",
        "tenants/accounts/access.py",
        "                raise PermissionDenied\n",
        "                pass\n",
        f"{ACCOUNTS}/test_memberships.py",
    ),
    Breakage(
        "access: everybody at ChatBo may do everything",
        "tenants/accounts/access.py",
        '(request.roles, request.method or ""):\n            raise Http404\n',
        '(request.roles, request.method or ""):\n            pass\n',
        f"{ACCOUNTS}/test_access.py",
    ),
    Breakage(
        "access: a user's other businesses are read inside one",
        "chatbo/foundation/isolation/scopes.py",
        'str(scope.user_id or "") if is_user_alone else ""',
        'str(scope.user_id or "")',
        f"{ACCOUNTS}/test_memberships.py",
    ),
    Breakage(
        "access: nobody is asked again who they are",
        "tenants/accounts/access.py",
        'demand_recent(request) if door.demands_fresh(request.method or "") else None',
        "None",
        "tests/chatbo/test_roles.py",
    ),
    Breakage(
        "access: support comes in unasked",
        "tenants/accounts/access.py",
        "PlatformRole.SUPPORT and request.support_grant",
        "PlatformRole.SUPPORT",
        f"{ACCOUNTS}/test_support.py",
    ),
    Breakage(
        "access: support's pages are not noted",
        "tenants/accounts/access.py",
        "            _note_guest(request)\n",
        "",
        f"{ACCOUNTS}/test_support.py",
    ),
    Breakage(
        "access: a locked business goes on",
        "tenants/accounts/access.py",
        "if request.tenant.locked_at and",
        "if False and",
        f"{ACCOUNTS}/test_locking.py",
    ),
    Breakage(
        "access: a locked business's bot goes on",
        "tenants/bots/bots.py",
        "and not Tenant.objects.filter(pk=bot.tenant_id).exclude(locked_at=None).exists()",
        "",
        "tests/chatbo/conversation/test_locked.py",
    ),
    Breakage(
        "access: the last owner goes",
        "tenants/accounts/memberships.py",
        "if membership.role == Role.OWNER and not others.exists():",
        "if False:",
        f"{ACCOUNTS}/test_memberships.py",
    ),
    Breakage(
        "access: two owners leave at once",
        "tenants/accounts/memberships.py",
        "    Tenant.objects.select_for_update().get(pk=membership.tenant_id)\n",
        "",
        f"{ACCOUNTS}/test_memberships.py",
    ),
    Breakage(
        "access: an invitation is for anybody",
        "tenants/accounts/invitations.py",
        "if not owns_address(user, invitation.email):",
        "if False:",
        f"{ACCOUNTS}/test_invitations.py",
    ),
    Breakage(
        "access: an invitation's old link lives on",
        "chatbo/foundation/isolation/directory.py",
        "(kind=kind, tenant_id=tenant_id, target_id=target_id).delete()",
        "(kind=kind, tenant_id=tenant_id, target_id=target_id).exists()",
        f"{ACCOUNTS}/test_invitations.py",
    ),
    Breakage(
        "access: a name speaks in our mails",
        "tenants/accounts/plausibility.py",
        "if any(kind in _NO_TEXT for kind in kinds)",
        "if False",
        f"{ACCOUNTS}/test_invitations.py",
    ),
    Breakage(
        "access: nobody needs a reason to lock",
        "tenants/accounts/locking.py",
        "    if not reason:",
        "    if False:",
        f"{ACCOUNTS}/test_locking.py",
    ),
    Breakage(
        "access: one's own role at ChatBo is for the taking",
        "tenants/accounts/people.py",
        "if granted_by is not None and granted_by.pk == user.pk:",
        "if False:",
        "tests/chatbo/dashboard/test_platform_people.py",
    ),
    Breakage(
        "audit: an action without words is noted",
        "chatbo/foundation/audit/entries.py",
        "if action not in ACTIONS:",
        "if False:",
        "tests/foundation/audit",
    ),
    Breakage(
        "audit: what persons wrote gets into the log",
        "chatbo/foundation/audit/entries.py",
        "if name not in content]",
        "]",
        "tests/foundation/audit",
    ),
    Breakage(
        "audit: pages of the log overlap",
        "chatbo/foundation/audit/searching.py",
        ".exclude(Q(at=start.at) & Q(id__gte=start.pk))",
        "",
        "tests/foundation/audit",
    ),
)
