"""A business reads, searches and takes along its own log, and nobody else's."""

import csv
import io
from typing import Any

import pytest
from django.http import FileResponse

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope, user_scope
from tenants.accounts.locking import lock_tenant
from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tenants.bots.bots import create_bot
from tests.visitors import visitor

LOG = "/app/cafe-morgenrot/log/"


@pytest.fixture
def admin(db: None) -> User:
    user = User.objects.create_user("admin@chatbo.example", name="Alex Admin")
    return grant_platform_role(user, role=PlatformRole.ADMIN)


def text(user: User, address: str) -> str:
    answer = visitor(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(answer: Any) -> list[list[str]]:
    assert isinstance(answer, FileResponse)
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(body), delimiter=";"))


def test_it_says_who_did_what_and_when(cafe: Any) -> None:
    with user_scope(cafe.owner.pk), cafe.scope():
        create_bot(name="Bot")

    page = text(cafe.owner, LOG)

    assert "Bot created" in page
    assert "Business founded" in page
    assert cafe.owner.name in page


def test_reading_consents_stands_in_it(cafe: Any) -> None:
    dpo = cafe.member("dpo")
    visitor(dpo).get("/app/cafe-morgenrot/consents/")
    visitor(dpo).get("/app/cafe-morgenrot/consents/export.csv")

    page = text(dpo, LOG)
    assert "Consent records read" in page
    assert "Consent records exported" in page


def test_a_change_shows_before_and_after(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with cafe.scope():
        place = viewer.memberships.get().pk
    visitor(cafe.owner).post(f"/app/cafe-morgenrot/members/{place}/", {"role": "editor"})

    assert "viewer → editor" in text(cafe.owner, LOG)


def test_chatbo_s_people_are_chatbo_in_it(cafe: Any, admin: User) -> None:
    with user_scope(admin.pk), platform_scope("test"):
        lock_tenant(cafe.tenant, reason="Advertising.")

    page = text(cafe.owner, f"{LOG}?action=tenant.locked")
    assert "Alex Admin" not in page
    assert '<td data-label="Who">ChatBo</td>' in page


def test_the_neighbour_s_log_is_not_in_it(cafe: Any, dentist: Any) -> None:
    with dentist.scope():
        create_bot(name="Bot")

    assert "Bot created</td>" not in text(cafe.owner, LOG)


def test_it_is_searched_by_action_person_and_day(cafe: Any) -> None:
    editor = cafe.member("editor")
    with cafe.scope():
        record("passage.taken", actor_id=editor.pk)

    for query in (f"actor={editor.pk}", "action=passage.taken", "since=2026-01-01"):
        assert "Privacy passage taken along</td>" in text(cafe.owner, f"{LOG}?{query}")
    for query in (f"actor={cafe.owner.pk}", "action=bot.live", "until=2020-01-01"):
        assert "Privacy passage taken along</td>" not in text(cafe.owner, f"{LOG}?{query}")


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "actor=nobody",
        "action=x",
        "after=zzz",
        "target=" + "x" * 500,
        "until=9999-12-31",
    ],
)
def test_a_search_that_makes_no_sense_is_no_fault(cafe: Any, query: str) -> None:
    assert visitor(cafe.owner).get(f"{LOG}?{query}").status_code == 200


def test_older_entries_are_on_further_pages(cafe: Any) -> None:
    with cafe.scope():
        for _ in range(60):
            record("passage.shown")

    page = visitor(cafe.owner).get(LOG)
    assert len(page.context["lines"]) == 50
    older = visitor(cafe.owner).get(f"{LOG}?after={page.context['older']}")
    assert len(older.context["lines"]) == 11
    assert older.context["older"] is None


def test_it_is_taken_along_as_it_was_narrowed_and_that_is_noted(cafe: Any, dentist: Any) -> None:
    with user_scope(cafe.owner.pk), cafe.scope():
        bot = create_bot(name="Bot")
    with dentist.scope():
        create_bot(name="Bot")

    lines = rows(visitor(cafe.owner).get(f"{LOG}log.csv?action=bot.created"))

    assert len(lines) == 2
    assert lines[1][1:6] == [cafe.owner.name, "Bot created", "bot.created", "bots.bot", str(bot.pk)]
    with cafe.scope():
        assert AuditEntry.objects.get(action="log.exported").actor_id == cafe.owner.pk


def test_a_long_log_is_taken_along_whole(cafe: Any) -> None:
    with cafe.scope():
        AuditEntry.objects.bulk_create(
            AuditEntry(tenant_id=cafe.tenant.pk, action="passage.shown") for _ in range(4500)
        )

    assert len(rows(visitor(cafe.owner).get(f"{LOG}log.csv"))) == 1 + 4500 + 1


def test_a_name_that_begins_like_a_formula_stays_a_name(cafe: Any) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(name="=1+1")

    lines = rows(visitor(cafe.owner).get(f"{LOG}log.csv"))

    assert {line[1] for line in lines[1:]} == {"'=1+1"}


def test_the_platform_reads_all_of_it_with_the_businesses_names(
    cafe: Any, dentist: Any, admin: User
) -> None:
    page = text(admin, "/platform/log/?action=tenant.founded")

    assert cafe.tenant.company in page
    assert dentist.tenant.company in page
    assert cafe.tenant.company in text(admin, "/platform/log/")
