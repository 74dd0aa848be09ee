"""The language that a user chose, for the pages that follow."""

from django.conf import settings
from django.http import HttpResponse

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.COOKIE, __name__, NoPersonalData("A language that somebody chose."))


def speak(response: HttpResponse, language: str) -> None:
    """Have the next pages in this language: a cookie that the user's own act asked for."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
