"""Where a user is logged in, and ending that."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from tenants.accounts.models import User

SEEN_EVERY = timedelta(minutes=5)


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """Log the user out everywhere but here, at once: the sessions are deleted."""
    end_sessions(
        UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key), user
    )


def end_sessions(sessions: QuerySet[UserSession], user: User) -> int:
    """End these sessions of the user's. How many there were is noted, if there were any."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    if ended:
        record("sessions.ended", target=user, actor_id=user.pk, details={"number": ended})
    return ended


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    """allauth's own button for all others."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        if sessions:
            mine = UserSession.objects.filter(pk__in=[session.pk for session in sessions])
            end_sessions(mine, sessions[0].user)


def note_activity(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: when a session was last seen, to five minutes.

    Instead of ``USERSESSIONS_TRACK_ACTIVITY``, which writes at every request. Only pages that
    asked who is there: others should stay the same for everybody.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and request.session.session_key and _is_logged_in(request):
            now = timezone.now()
            UserSession.objects.filter(
                session_key=request.session.session_key, last_seen_at__lt=now - SEEN_EVERY
            ).update(last_seen_at=now)
        return response

    return answer


def _is_logged_in(request: HttpRequest) -> bool:
    user = getattr(request, "_cached_user", None)  # Django's; asking `user` would mark the answer.
    return user is not None and user.is_authenticated
