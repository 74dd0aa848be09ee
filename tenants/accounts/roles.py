"""Who may do what: one line for every address of the product, in one table.

The pages' guards (``access``) and the templates (``may_open``) read it; an address without a line
is open to nobody, and ``tests/chatbo/test_roles.py`` walks every address with every role.
"""

import dataclasses
from collections.abc import Collection
from typing import Final

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from tenants.accounts.models import Membership, PlatformRole, User

Role = Membership.Role

OWNER, EDITOR, DPO, VIEWER = Role.OWNER.value, Role.EDITOR.value, Role.DPO.value, Role.VIEWER.value
SIGNATORY: Final = "signatory"
"""Whom an owner named to sign contracts, beside the role that they have."""
GUEST: Final = "guest"
"""ChatBo's support in a business that lets it in for a time (``SupportGrant``)."""
ADMIN, LAWYER = PlatformRole.ADMIN.value, PlatformRole.LAWYER.value
SUPPORT = PlatformRole.SUPPORT.value
PARTNER: Final = "partner"
USER: Final = "user"
"""Anybody who is logged in."""
ANYBODY: Final = "anybody"

MEMBERS = (OWNER, EDITOR, DPO, VIEWER)
INSIDE = (*MEMBERS, GUEST)
MAKERS = (OWNER, EDITOR)
PROTECTORS = (OWNER, DPO)
CONTRACT_READERS = (OWNER, DPO, SIGNATORY, GUEST)
SIGNERS = (OWNER, SIGNATORY)
STAFF = (ADMIN, LAWYER, SUPPORT)


@dataclasses.dataclass(frozen=True)
class Door:
    """Who may look (GET) at an address, and who may act (POST and all else) there.

    ``fresh``: acting, or looking where nobody acts, demands a recent authentication.
    ``when_locked``: one may act although ChatBo has locked the business, or it leaves.
    ``read_when_locked``: the form shows what is worth reading even then. ``file_of``: a file,
    offered by the page of that name.
    """

    look: frozenset[str]
    act: frozenset[str]
    fresh: bool = False
    when_locked: bool = False
    read_when_locked: bool = False
    file_of: str = ""

    def admits(self, roles: Collection[str], method: str) -> bool:
        return bool((self.look if _is_looking(method) else self.act).intersection(roles))

    def is_open_when_locked(self, method: str) -> bool:
        return self.when_locked or _is_looking(method)

    def is_for_acting(self, method: str) -> bool:
        """Whether it leads to what a locked business may not do: acting, or the form for it."""
        if self.when_locked:
            return False
        is_mere_form = self.look == self.act and not self.read_when_locked
        return not _is_looking(method) or is_mere_form

    def demands_fresh(self, method: str) -> bool:
        return self.fresh and (not _is_looking(method) or not self.act)


def look(*roles: str, fresh: bool = False, file_of: str = "") -> Door:
    """Nobody acts here."""
    return Door(frozenset(roles), frozenset(), fresh=fresh, file_of=file_of)


def use(
    *roles: str, fresh: bool = False, when_locked: bool = False, read_when_locked: bool = False
) -> Door:
    """Whoever may look may act as well."""
    return Door(
        frozenset(roles),
        frozenset(roles),
        fresh=fresh,
        when_locked=when_locked,
        read_when_locked=read_when_locked,
    )


def act(
    *roles: str,
    seen_by: Collection[str] = (),
    fresh: bool = False,
    when_locked: bool = False,
) -> Door:
    """Some act; ``seen_by`` others (nobody: the address has no page of its own)."""
    return Door(frozenset(seen_by), frozenset(roles), fresh=fresh, when_locked=when_locked)


DOORS: Final[dict[str, Door]] = {
    # --- A business: /app/<slug>/ ---
    "dashboard:home": look(*INSIDE),
    "bots:list": look(*INSIDE),
    "bots:new": use(*MAKERS),
    "bots:show": look(*INSIDE),
    "bots:edit": use(*MAKERS),
    "bots:pause": act(*MAKERS),
    "bots:go_live": use(*MAKERS),
    "bots:new_rule": use(*MAKERS),
    "bots:edit_rule": use(*MAKERS),
    "bots:delete_rule": use(*MAKERS),
    "bots:move_rule": act(*MAKERS),
    "bots:connect_messenger": use(*MAKERS),
    "bots:connect_telegram": use(*MAKERS),
    "bots:connect_web": act(*MAKERS),
    "bots:disconnect": use(*MAKERS),
    "bots:renew_menu": act(*MAKERS),
    "bots:try": use(*MAKERS),
    "bots:try_messages": look(*MAKERS),
    "embeds:list": look(*INSIDE),
    "embeds:new": use(*MAKERS),
    "embeds:show": look(*INSIDE),
    "embeds:edit": use(*MAKERS),
    "embeds:renew": act(*MAKERS),
    "embeds:switch": act(*MAKERS),
    "embeds:file": look(*INSIDE),
    "passage:show": look(*INSIDE),
    "passage:download": look(*INSIDE),
    "passage:make_address": act(*MAKERS),
    "register:show": look(*INSIDE),
    "register:download": look(*INSIDE),
    "contracts:list": look(*CONTRACT_READERS),
    "contracts:new": use(*SIGNERS),
    "contracts:show": act(*SIGNERS, seen_by=CONTRACT_READERS, fresh=True),
    "contracts:withdraw": use(*SIGNERS),
    "contracts:draft": look(*CONTRACT_READERS),
    "contracts:sealed": look(*CONTRACT_READERS),
    "ledger:list": look(*PROTECTORS),
    "ledger:weeks": look(*PROTECTORS),
    "ledger:detail": look(*PROTECTORS),
    "ledger:correct": use(*PROTECTORS, fresh=True),
    "ledger:export": look(*PROTECTORS, fresh=True, file_of="ledger:list"),
    "ledger:export_json_ld": look(*PROTECTORS, fresh=True, file_of="ledger:list"),
    "ledger:export_pdf": look(*PROTECTORS, fresh=True, file_of="ledger:list"),
    "ledger:export_everything": look(*PROTECTORS, fresh=True, file_of="ledger:list"),
    "ledger:prepare": act(*PROTECTORS),
    "ledger:prepared": look(*PROTECTORS),
    "ledger:prepared_file": look(*PROTECTORS, fresh=True, file_of="ledger:prepared"),
    "ledger:drop_prepared": act(*PROTECTORS, when_locked=True),
    "ledger:retry_prepared": act(*PROTECTORS),
    "ledger:proof": look(*PROTECTORS, fresh=True, file_of="ledger:detail"),
    "erasure:list": look(*PROTECTORS),
    "erasure:detail": look(*PROTECTORS),
    "rights:people": look(*PROTECTORS),
    "rights:person": look(*PROTECTORS),
    "requests:list": look(*PROTECTORS),
    "requests:show": look(*PROTECTORS, fresh=True),
    "requests:progress": look(*PROTECTORS),
    "requests:new": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:new_of_person": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:name_person": act(*PROTECTORS, fresh=True, when_locked=True),
    "requests:unname_person": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:check": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:extend": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:told_longer": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:erase": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:copy": act(*PROTECTORS, fresh=True, when_locked=True),
    "requests:answer": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:refuse": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:withdraw": use(*PROTECTORS, fresh=True, when_locked=True),
    "requests:letter": look(*PROTECTORS, fresh=True),
    "requests:letter_pdf": look(*PROTECTORS, fresh=True, file_of="requests:letter"),
    "rights:copies": act(*PROTECTORS, seen_by=PROTECTORS),
    "rights:copy_file": look(*PROTECTORS, fresh=True, file_of="rights:person"),
    "rights:erase": use(*PROTECTORS, fresh=True, when_locked=True),
    "rights:restrict": use(*PROTECTORS, fresh=True, when_locked=True),
    "rights:lift": use(*PROTECTORS, fresh=True, when_locked=True),
    "rights:lift_told": use(*PROTECTORS, fresh=True, when_locked=True),
    "rights:rectify": use(*PROTECTORS, fresh=True, when_locked=True),
    "erasure:retention": use(*PROTECTORS, fresh=True),
    "erasure:retry": act(*PROTECTORS, when_locked=True),
    "erasure:recipients": look(*PROTECTORS),
    "erasure:new_recipient": use(*PROTECTORS, fresh=True),
    "erasure:recipient": look(*PROTECTORS),
    "erasure:test_recipient": act(*PROTECTORS),
    "erasure:renew_secret": use(*PROTECTORS, fresh=True),
    "erasure:switch_recipient": act(*PROTECTORS),
    "erasure:remove_recipient": use(*PROTECTORS, when_locked=True),
    "erasure:retry_notices": act(*PROTECTORS, when_locked=True),
    "erasure:holds": look(*PROTECTORS),
    "erasure:hold": look(*PROTECTORS, fresh=True),
    "erasure:new_hold": use(*PROTECTORS, fresh=True, when_locked=True),
    "erasure:extend_hold": use(*PROTECTORS, fresh=True, when_locked=True),
    "erasure:release_hold": use(*PROTECTORS, fresh=True, when_locked=True),
    "leaving:ask": use(OWNER, fresh=True, when_locked=True),
    "leaving:show": look(*MEMBERS),
    "leaving:cancel": act(OWNER, fresh=True, when_locked=True),
    "leaving:renew": act(OWNER, when_locked=True),
    "leaving:file": look(OWNER, fresh=True, file_of="leaving:show"),
    "accounts:settings": use(OWNER, read_when_locked=True),
    "accounts:logo": act(OWNER),
    "accounts:remove_logo": act(OWNER),
    "accounts:consent_network": act(OWNER),
    "accounts:check_website": act(OWNER),
    "accounts:members": look(*MEMBERS),
    "accounts:invite": use(OWNER, fresh=True),
    "accounts:resend_invitation": act(OWNER),
    "accounts:withdraw_invitation": use(OWNER, when_locked=True),
    "accounts:member": use(OWNER, fresh=True),
    "accounts:remove": use(OWNER, fresh=True, when_locked=True),
    "accounts:leave": use(*MEMBERS, when_locked=True),
    "accounts:hand_over": use(OWNER, fresh=True),
    "accounts:second_factor": use(OWNER, fresh=True),
    "accounts:support": use(OWNER, when_locked=True),
    "accounts:end_support": act(OWNER, when_locked=True),
    "accounts:log": look(*PROTECTORS),
    "accounts:log_export": look(*PROTECTORS, fresh=True, file_of="accounts:log"),
    # --- ChatBo's people: /platform/ ---
    "platform:home": look(*STAFF),
    "platform:tenants": look(ADMIN),
    "platform:tenant": use(ADMIN, fresh=True),
    "platform:unlock": act(ADMIN, fresh=True),
    "platform:resend_invitation": act(ADMIN),
    "platform:users": look(ADMIN),
    "platform:user": use(ADMIN, fresh=True),
    "platform:end_sessions": act(ADMIN, fresh=True),
    "platform:mails": look(ADMIN),
    "platform:support": look(SUPPORT),
    "platform:log": look(ADMIN),
    "platform:erasures": look(ADMIN),
    "platform:import_requests": use(ADMIN, fresh=True),
    "platform:retry_request": act(ADMIN),
    "platform:close_request": use(ADMIN),
    "platform:texts": look(LAWYER, ADMIN),
    "platform:text": act(LAWYER, seen_by=(LAWYER, ADMIN)),
    "platform:begin_draft": act(ADMIN),
    "platform:draft": use(ADMIN),
    "platform:discard_draft": use(ADMIN),
    "platform_register:show": look(ADMIN),
    "platform_register:own": look(ADMIN),
    "platform_register:as_processor": look(ADMIN),
    "contract_review:list": look(ADMIN),
    "contract_review:show": use(ADMIN),
    "contract_review:countersign": act(ADMIN, fresh=True),
    "contract_review:retry": act(ADMIN),
    "contract_review:draft": look(ADMIN),
    "contract_review:sealed": look(ADMIN),
    # --- Affiliate partners ---
    "partner:home": look(PARTNER),
    # --- One's own account ---
    "site:start": look(USER),
    "signup:changes": use(USER),
    "account_profile": use(USER),
    "account_email": use(USER),
    "account_change_password": use(USER),
    "account_set_password": use(USER, fresh=True),
    "account_reauthenticate": use(USER),
    "account_reauthenticate_code": use(USER),
    "account_send_code": act(USER),
    "account_continue": look(USER),
    "mfa_index": look(USER),
    "mfa_reauthenticate": use(USER),
    "mfa_reauthenticate_webauthn": use(USER),
    "mfa_activate_totp": use(USER, fresh=True),
    "mfa_deactivate_totp": use(USER, fresh=True),
    "mfa_list_webauthn": look(USER),
    "mfa_add_webauthn": use(USER, fresh=True),
    "mfa_edit_webauthn": use(USER, fresh=True),
    "mfa_remove_webauthn": use(USER, fresh=True),
    "mfa_view_recovery_codes": look(USER, fresh=True),
    "mfa_generate_recovery_codes": use(USER, fresh=True),
    "mfa_download_recovery_codes": look(USER, fresh=True, file_of="mfa_view_recovery_codes"),
    "socialaccount_connections": use(USER),
    "usersessions_list": use(USER, fresh=True),
    "usersessions_end": act(USER, fresh=True),
    "account_end": use(USER, fresh=True),
    # --- Everybody ---
    "site:landing": look(ANYBODY),
    "site:verify": use(ANYBODY),
    "site:keys": look(ANYBODY),
    "site:ledger_keys": look(ANYBODY),
    "site:growth": look(ANYBODY),
    "site:root": look(ANYBODY),
    "site:healthz": look(ANYBODY),
    "site:readyz": look(ANYBODY),
    "signup:start": use(ANYBODY),
    "signup:sent": look(ANYBODY),
    "signup:confirm": use(ANYBODY),
    "signup:referral": look(ANYBODY),
    "invitation": use(ANYBODY),
    "account_login": use(ANYBODY),
    "account_logout": use(ANYBODY),
    "account_inactive": look(ANYBODY),
    "account_signup": use(ANYBODY),
    "account_email_verification_sent": use(ANYBODY),
    "account_confirm_login_code": use(ANYBODY),
    "account_reset_password": use(ANYBODY),
    "account_reset_password_done": look(ANYBODY),
    "account_reset_password_from_key": use(ANYBODY),
    "account_reset_password_from_key_done": look(ANYBODY),
    "mfa_authenticate": use(ANYBODY),
    "mfa_login_webauthn": use(ANYBODY),
    "socialaccount_login_cancelled": look(ANYBODY),
    "socialaccount_login_error": look(ANYBODY),
    "socialaccount_signup": use(ANYBODY),
    # allauth's addresses of before its version 0.60, which lead to today's.
    "django.views.generic.base.RedirectView": look(ANYBODY),
    "facebook_login": use(ANYBODY),
    "facebook_callback": look(ANYBODY),
    "facebook_address": use(ANYBODY),
    "set_language": act(ANYBODY),
    "search": act(ANYBODY),
    "legal": look(ANYBODY),
    "subprocessors:list": look(ANYBODY),
    "public_pages:passage": look(ANYBODY),
    "public_pages:imprint": look(ANYBODY),
    "public_pages:privacy": look(ANYBODY),
    "public_pages:logo": look(ANYBODY),
    "my_data:open": use(ANYBODY),
    "receipt:show": look(ANYBODY),
    "receipt:download": look(ANYBODY),
    "receipt:proof": look(ANYBODY),
    "receipt:withdraw": act(ANYBODY),
    "erasure_status:ask": look(ANYBODY),
    "erasure_status:status": look(ANYBODY),
    "erasure_status:certificate_json": look(ANYBODY),
    "erasure_status:certificate_pdf": look(ANYBODY),
    "ending:certificate": look(ANYBODY),
    "ending:certificate_json": look(ANYBODY),
    "ending:certificate_pdf": look(ANYBODY),
    "account_ending:status": look(ANYBODY),
    "account_ending:certificate_json": look(ANYBODY),
    "account_ending:certificate_pdf": look(ANYBODY),
    "tool:loader": look(ANYBODY),
    "tool:loader_version": look(ANYBODY),
    "tool:page": look(ANYBODY),
    "tool:consent": use(ANYBODY),
    "webchat:chat": use(ANYBODY),
    "webchat:messages": look(ANYBODY),
    # Signed by the platforms: whoever cannot sign is refused by the pages themselves.
    "conversation:meta": use(ANYBODY),
    "conversation:data_deletion": act(ANYBODY),
    "conversation:deauthorize": act(ANYBODY),
    "conversation:telegram": act(ANYBODY),
}


def name_of(request: HttpRequest) -> str:
    """The address's name, as in ``DOORS``."""
    match = request.resolver_match
    return match.view_name if match else ""


def door_of(request: HttpRequest) -> Door:
    """The line of the address that is asked for. Raises ``KeyError`` where there is none."""
    return DOORS[name_of(request)]


def roles_of(membership: Membership, user: User) -> frozenset[str]:
    """A member's role, and whether they sign: an owner, or whom an owner named.

    Nobody of ChatBo signs for a business, whatever they are there.
    """
    signs = membership.may_sign or membership.role == Role.OWNER
    if signs and user.platform_role == PlatformRole.NONE:
        return frozenset({membership.role, SIGNATORY})
    return frozenset({membership.role})


def may_open(request: HttpRequest, url: str, method: str = "GET") -> bool:
    """Whether whoever sees this page may follow a link, or press a button, to ``url``."""
    try:
        door = DOORS[resolve(url.partition("?")[0]).view_name]
    except (Resolver404, KeyError):
        return False
    tenant = getattr(request, "tenant", None)
    if tenant is not None and tenant.is_closed and door.is_for_acting(method):
        return False
    roles = {ANYBODY, *getattr(request, "roles", ())}
    if request.user.is_authenticated:
        roles.add(USER)
    return door.admits(roles, method)


def _is_looking(method: str) -> bool:
    return method in {"GET", "HEAD", "OPTIONS"}
