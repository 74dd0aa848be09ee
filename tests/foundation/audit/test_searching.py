"""Finding in the log: by what, who, on what and when; a page at a time, none twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.audit.searching import Wanted, entries_wanted, page_of
from chatbo.foundation.isolation import user_scope
from tenants.bots.bots import create_bot


def found(**wanted: Any) -> list[str]:
    return [e.action for e in entries_wanted(AuditEntry.objects.all(), Wanted(**wanted))]


@pytest.fixture
def noted(cafe: Any) -> Any:
    """In one business: its founding, and three more."""
    with user_scope(cafe.owner.pk), cafe.scope():
        bot = create_bot(name="Bot")
        record("passage.shown")
        record("passage.shown", actor_id=bot.pk)
    return cafe, bot


def test_it_narrows_by_action_actor_and_target(noted: Any) -> None:
    cafe, bot = noted
    with cafe.scope():
        assert found() == ["passage.shown", "passage.shown", "bot.created", "tenant.founded"]
        assert found(action="bot.created") == ["bot.created"]
        assert found(actor_id=bot.pk) == ["passage.shown"]
        assert found(target_id=str(bot.pk)) == ["bot.created"]
        assert found(action="bot.created", actor_id=bot.pk) == []


def test_it_narrows_by_time(noted: Any) -> None:
    cafe, _bot = noted
    now = timezone.now()
    with cafe.scope():
        assert len(found(since=now - timedelta(hours=1), until=now + timedelta(hours=1))) == 4
        assert found(since=now + timedelta(hours=1)) == []
        assert found(until=now - timedelta(hours=1)) == []


def test_another_tenant_s_entries_are_not_among_them(noted: Any, dentist: Any) -> None:
    with dentist.scope():
        assert found() == ["tenant.founded"]


def test_pages_follow_each_other_and_none_is_shown_twice(cafe: Any) -> None:
    with cafe.scope():
        at = timezone.now()
        for number in range(23):
            AuditEntry.objects.create(tenant_id=cafe.tenant.pk, action="bot.created")
            del number
        # Many of the same moment, as one transaction or one import makes them.
        entries = entries_wanted(AuditEntry.objects.all(), Wanted(until=at + timedelta(days=1)))
        seen, after, pages = [], None, 0
        while True:
            page = page_of(entries, size=5, after=after)
            seen += [entry.pk for entry in page.entries]
            pages, after = pages + 1, page.older
            if after is None:
                break

    assert len(seen) == len(set(seen)) == 24
    assert pages == 5


def test_a_place_in_another_tenant_s_log_tells_nothing(noted: Any, dentist: Any) -> None:
    cafe, _bot = noted
    with cafe.scope():
        theirs = AuditEntry.objects.earliest("at")
    with dentist.scope():
        page = page_of(AuditEntry.objects.order_by("-at"), size=5, after=theirs.pk)

    assert [entry.action for entry in page.entries] == ["tenant.founded"]


def test_nothing_is_counted(noted: Any) -> None:
    cafe, _bot = noted
    with cafe.scope(), CaptureQueriesContext(connection) as asked:
        page_of(entries_wanted(AuditEntry.objects.all(), Wanted()), size=2)

    assert len(asked) == 1
    assert "COUNT" not in asked[0]["sql"]
