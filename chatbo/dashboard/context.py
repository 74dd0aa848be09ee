"""What every page may show about the site itself, and where it stands."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chatbo.foundation import operator
from chatbo.foundation.logs.requests import current_request_id


def site(request: HttpRequest) -> dict[str, Any]:
    """``demo``: whether this is the demo; ``phone_url``: the page that plays a person's phone.

    ``case_number``: the request's number in the log, for error pages.
    ``mail_folder``: where the demo's mail lies, since none leaves it.
    """
    return {
        "operator_email": operator.EMAIL,
        "demo": settings.DEMO,
        "phone_url": f"{settings.STANDINS_URL}/phone/" if settings.STANDINS_URL else "",
        "mail_folder": getattr(settings, "EMAIL_FILE_PATH", "") if settings.DEMO else "",
        "base_url": settings.BASE_URL,
        "case_number": current_request_id(),
    }
