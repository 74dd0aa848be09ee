"""Where a user is logged in, how long that lasts, and ending it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.middleware import get_user as user_of_session
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from chatbo.foundation.audit.entries import record
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from tenants.accounts.models import PlatformRole, User

declare_store(
    Medium.SESSION,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"began": Category.SECURITY, "seen": Category.SECURITY},
        end="With the session.",
        export="log_ins",
    ),
)

SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Lifetime:
    """How long a log-in lasts without a request, and how long with any number of them."""

    idle: timedelta
    whole: timedelta


OF_CUSTOMERS = Lifetime(idle=timedelta(hours=12), whole=timedelta(days=7))
"""A working day, and a week. Longer than NIST SP 800-63B-4 advises for AAL2 (1 hour, 24 hours):
what cannot be taken back asks again after ten minutes, and the browser's end is the log-in's."""
OF_CHATBO = Lifetime(idle=timedelta(hours=1), whole=timedelta(hours=12))
"""Who sees all businesses."""

_BEGAN, _SEEN = "log_in_began", "log_in_seen"


class AuthenticateInTime(AuthenticationMiddleware):
    """Django's own, for which a log-in that has lasted too long is none, and is ended.

    As lazy as that one: a page that does not ask who is there asks for no session either.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_in_time(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: _user_in_time(request))


def _user_in_time(request: HttpRequest) -> Any:
    user = user_of_session(request)
    if isinstance(user, User) and not _is_in_time(request.session, user, time.time()):
        record("session.expired", target=user)
        request.user = user  # What `logout` asks for is being found out just now.
        logout(request)
        request._cached_user = user = AnonymousUser()  # type: ignore[attr-defined]  # Django's own
    return user


def _is_in_time(session: Any, user: User, now: float) -> bool:
    """Whether it still lasts; then when it was seen is noted, to five minutes."""
    most = OF_CUSTOMERS if user.platform_role == PlatformRole.NONE else OF_CHATBO
    began, seen = session.get(_BEGAN, 0), session.get(_SEEN, 0)
    if now - began >= most.whole.total_seconds() or now - seen >= most.idle.total_seconds():
        return False
    if now - seen >= SEEN_EVERY.total_seconds():
        session[_SEEN] = now
    return True


@receiver(user_logged_in)
def begin(request: HttpRequest, **kwargs: Any) -> None:
    request.session[_BEGAN] = request.session[_SEEN] = time.time()


@receiver(authentication_step_completed)
def rename(request: HttpRequest, **kwargs: Any) -> None:
    """Whoever has proved again who they are goes on under a new name of the session (7.2.4)."""
    if not kwargs.get("reauthenticated") or not request.session.session_key:
        return
    before = request.session.session_key
    with transaction.atomic():
        request.session.cycle_key()
        after = request.session.session_key
        UserSession.objects.filter(session_key=before).update(session_key=after)


def forget_old_sessions() -> int:
    """Delete what is over: sessions past their time, and the list's lines without a session."""
    now = timezone.now()
    Session.objects.filter(expire_date__lte=now).delete()
    old = UserSession.objects.filter(created_at__lte=now - OF_CUSTOMERS.whole)
    Session.objects.filter(session_key__in=old.values("session_key")).delete()
    gone = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    number: int = gone.delete()[0]
    return number


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """Log the user out everywhere but here, at once: the sessions are deleted."""
    end_sessions(
        UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key), user
    )


def end_all_sessions(user: User, *, ended_by: User) -> int:
    """An administrator logs somebody out everywhere, and how many places these were."""
    return end_sessions(UserSession.objects.filter(user=user), user, ended_by=ended_by)


def end_sessions(
    sessions: QuerySet[UserSession], user: User, *, ended_by: User | None = None
) -> int:
    """End these sessions of the user's. How many there were is noted, if there were any."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    if ended:
        actor = ended_by or user
        record("sessions.ended", target=user, actor_id=actor.pk, details={"number": ended})
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
