"""What every page may show about the site itself, and whose dashboard it is."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from chatbo.dashboard.belonging import tenants_of
from tenants.accounts.models import User


def site(request: HttpRequest) -> dict[str, Any]:
    """``demo``: whether this is the demo; ``phone_url``: the page that plays a person's phone.

    ``mail_folder``: where the demo's mail lies, since none leaves it.
    ``tenants``: in a tenant's dashboard the user's own businesses, asked for when shown, which is
    inside the user's scope.
    """
    facts: dict[str, Any] = {
        "demo": settings.DEMO,
        "phone_url": f"{settings.STANDINS_URL}/phone/" if settings.STANDINS_URL else "",
        "mail_folder": getattr(settings, "EMAIL_FILE_PATH", "") if settings.DEMO else "",
        "base_url": settings.BASE_URL,
    }
    if hasattr(request, "tenant"):
        facts["tenants"] = tenants_of(cast(User, request.user))
    return facts
