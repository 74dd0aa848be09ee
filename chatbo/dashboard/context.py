"""What every page may show about the site itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """``demo``: whether this is the demo; ``phone_url``: the page that plays a person's phone."""
    return {
        "demo": settings.DEBUG,
        "phone_url": f"{settings.STANDINS_URL}/phone/" if settings.STANDINS_URL else "",
        "base_url": settings.BASE_URL,
    }
