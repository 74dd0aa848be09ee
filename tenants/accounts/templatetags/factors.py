"""What an account has for second factors, and who demands one."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django import template
from django.conf import settings
from django.template import Context

from chatbo.foundation.isolation import user_scope
from tenants.accounts.belonging import tenants_of
from tenants.accounts.models import PlatformRole, User
from tenants.accounts.second_factors import wanted_page_of

register = template.Library()


@dataclass(frozen=True)
class Factors:
    app: bool
    passkey: bool
    number: int
    """Without the recovery codes, which are no factor of their own."""


@register.simple_tag
def factors_of(user: User) -> Factors:
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    passkeys = types.count(Authenticator.Type.WEBAUTHN)
    has_app = Authenticator.Type.TOTP in types
    return Factors(app=has_app, passkey=passkeys > 0, number=passkeys + has_app)


@register.simple_tag(takes_context=True)
def who_demands_a_factor(context: Context) -> list[str]:
    """ChatBo of its own people, and the businesses that want it of their members."""
    user: User = context["request"].user
    demanders = []
    if "platform" in settings.REQUIRE_MFA and user.platform_role != PlatformRole.NONE:
        demanders.append("ChatBo")
    with user_scope(user.pk):
        demanders += [tenant.company for tenant in tenants_of(user) if tenant.require_mfa]
    return demanders


@register.simple_tag(takes_context=True)
def wanted_page(context: Context) -> str:
    """The page to which somebody was on the way when they were led to the set-up."""
    return wanted_page_of(context["request"])
