"""A business reads, searches and takes along its own log, and nobody else's."""

import csv
import io
import json
import re
from typing import Any

import psycopg
import pytest
from django.http import FileResponse
from django.utils.timezone import localtime

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope, user_scope
from tenants.accounts.company import change_company
from tenants.accounts.invitations import invite_member
from tenants.accounts.locking import lock_tenant
from tenants.accounts.memberships import change_membership, hand_over, remove_member
from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tenants.bots.bots import change_bot, create_bot
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
    assert lines[1][1:5] == [cafe.owner.name, "Bot created", "Bot: Bot", ""]
    kept = json.loads(lines[1][5])
    assert (kept["action"], kept["target"]) == ("bot.created", str(bot.pk))
    with cafe.scope():
        assert AuditEntry.objects.get(action="log.exported").actor_id == cafe.owner.pk


def test_a_long_log_is_taken_along_whole(cafe: Any) -> None:
    with cafe.scope():
        AuditEntry.objects.bulk_create(
            AuditEntry(tenant_id=cafe.tenant.pk, action="passage.shown") for _ in range(4500)
        )

    assert len(rows(visitor(cafe.owner).get(f"{LOG}log.csv"))) == 1 + 4500 + 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_begins_like_a_formula_stays_what_it_is(cafe: Any, sign: str) -> None:
    typed = f"{sign}1+1"
    with user_scope(cafe.owner.pk), cafe.scope():
        create_bot(name=typed)
    User.objects.filter(pk=cafe.owner.pk).update(name=typed)

    lines = rows(visitor(cafe.owner).get(f"{LOG}log.csv"))

    assert {line[1] for line in lines[1:]} == {f"'{typed}"}
    assert not [cell for line in lines for cell in line if cell.startswith(sign)]


def test_no_cell_begins_inside_another_where_other_signs_separate(cafe: Any) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(name="Jo,=1+1")

    body = visitor(cafe.owner).get(f"{LOG}log.csv").getvalue().decode("utf-8-sig")

    assert ';"Jo,=1+1";' in body


def test_the_file_speaks_the_reader_s_language_and_tells_the_time_of_the_pages(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with user_scope(cafe.owner.pk), cafe.scope():
        change_membership(viewer.memberships.get(), role="editor", may_sign=True)
        moment = localtime(AuditEntry.objects.get(action="member.changed").at)
    client = visitor(cafe.owner)
    client.cookies["django_language"] = "de"

    header, line = rows(client.get(f"{LOG}log.csv?action=member.changed"))

    zone, *words = header
    assert zone == "Wann (Zeit von Europe/Berlin)"
    assert words == ["Wer", "Was", "Woran", "Einzelheiten", "Für Computer (JSON)"]
    assert line[0] == f"{moment:%d.%m.%Y %H:%M:%S}"
    assert line[3] == f"Mitglied: {viewer.name}"
    assert line[4] == "Darf Verträge unterschreiben: nein → ja; Rolle: Einsicht → Redaktion"
    assert json.loads(line[5])["at"] == moment.isoformat()


def target_cell(page: str) -> str:
    """Of the first row: what it was done to, without the markup."""
    cell = page.partition('<td data-label="On what">')[2].partition("</td>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", cell).split())


def test_codes_are_words_in_it(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with user_scope(cafe.owner.pk), cafe.scope():
        change_membership(viewer.memberships.get(), role="dpo", may_sign=True)
        demand_second_factor_of(cafe)
        record("passage.taken", details={"language": "de", "kind": "txt"})
        record("support.looked", target=cafe.tenant, details={"page": "bots:list"})
        record("consents.read", details={"searched_for_a_person": True})
        record("erasure.deleted", details={"counts": {"bots.Message": 2}})
        change_company(cafe.tenant, facts={"street": "Marktplatz 1"})

    facts = {
        line.entry.action: line.facts for line in visitor(cafe.owner).get(LOG).context["lines"]
    }

    assert facts["member.changed"] == [
        ("May sign contracts", "no → yes"),
        ("Role", "viewer → data protection officer"),
    ]
    assert facts["tenant.second_factor_demanded"] == [
        ("Every member needs a second factor", "no → yes")
    ]
    assert facts["passage.taken"] == [("Form", "plain text"), ("Language", "German")]
    assert facts["support.looked"] == [("Page", "list of bots")]
    assert facts["consents.read"] == [("Searched for a person", "yes")]
    assert facts["erasure.deleted"] == [("Erased", "2 messages")]
    assert facts["tenant.changed"] == [("Changed", "street and number")]


def demand_second_factor_of(cafe: Any) -> None:
    details = {"before": False, "after": True}
    record("tenant.second_factor_demanded", target=cafe.tenant, details=details)


def test_an_entry_of_earlier_whose_words_are_gone_is_shown_as_it_was_kept(cafe: Any) -> None:
    with cafe.scope():
        AuditEntry.objects.create(
            tenant_id=cafe.tenant.pk,
            action="old.deed",
            target_kind="old.thing",
            target_id="7",
            details={"before": "a", "after": "b", "riddle": "c"},
        )

    page = visitor(cafe.owner).get(f"{LOG}?target=7")

    (line,) = page.context["lines"]
    assert line.facts == [("Before", "a → b"), ("Riddle", "c")]
    assert str(line.on) == "Old.thing"


def test_it_says_on_what_by_kind_and_name(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with user_scope(cafe.owner.pk), cafe.scope():
        bot = create_bot(name="Morgenrot")
        place = viewer.memberships.get()
        change_membership(place, role="editor", may_sign=False)

    assert target_cell(text(cafe.owner, f"{LOG}?target={bot.pk}")) == "Bot Morgenrot"
    page = text(cafe.owner, f"{LOG}?action=member.changed")
    assert target_cell(page) == f"Member {viewer.name}"
    assert str(place.pk) not in page.replace(f"target={place.pk}", "")


def test_what_is_gone_is_said_to_be_deleted(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with user_scope(cafe.owner.pk), cafe.scope():
        remove_member(viewer.memberships.get())

    page = text(cafe.owner, f"{LOG}?action=member.left")

    assert target_cell(page) == "Member deleted since"
    # The details name the account, which is still there.
    assert viewer.name in page


def test_who_handed_over_to_whom_is_named(cafe: Any) -> None:
    editor = cafe.member("editor")
    with user_scope(cafe.owner.pk), cafe.scope():
        hand_over(cafe.tenant, giver=cafe.owner, taker=editor.memberships.get())

    (line,) = visitor(editor).get(f"{LOG}?action=tenant.handed_over").context["lines"]

    assert line.facts == [("Owner", f"{cafe.owner.name} → {editor.name}")]


def test_an_invitation_s_address_is_not_in_it(cafe: Any) -> None:
    with user_scope(cafe.owner.pk), cafe.scope():
        invite_member(
            cafe.tenant, address="jo-marker@mail.example", role="viewer", invited_by=cafe.owner
        )

    page = text(cafe.owner, f"{LOG}?action=member.invited")

    assert target_cell(page) == "Invitation"
    assert "jo-marker" not in page


def test_a_row_leads_to_all_that_was_done_on_the_same(cafe: Any) -> None:
    with user_scope(cafe.owner.pk), cafe.scope():
        bot = create_bot(name="Morgenrot")
        change_bot(bot, name="Abendrot", language="en", greeting="", fallback="")
        create_bot(name="Other")

    page = text(cafe.owner, f"{LOG}?since=2026-01-01")
    link = f"?since=2026-01-01&amp;target={bot.pk}"
    assert f'href="{link}"' in page
    narrowed = visitor(cafe.owner).get(LOG + link.replace("&amp;", "&"))

    shown = [line.entry.action for line in narrowed.context["lines"]]
    assert shown == ["bot.changed", "bot.created"]
    said = " ".join(re.sub(r"<[^>]*>", " ", narrowed.content.decode()).split())
    assert "Only what was done on this one: Bot Abendrot" in said
    assert 'href="?since=2026-01-01"' in narrowed.content.decode()
    # Whoever narrows it further stays with it; nobody types an id.
    assert f'<input type="hidden" name="target" value="{bot.pk}"' in narrowed.content.decode()
    assert 'name="target"' not in page


def test_what_is_another_s_or_nothing_is_named_as_nothing(cafe: Any, dentist: Any) -> None:
    with dentist.scope():
        bot = create_bot(name="Marker")

    for target in (bot.pk, "x"):
        page = text(cafe.owner, f"{LOG}?target={target}")
        assert "of which nothing stands in this log" in page
        assert "Marker" not in page


def test_the_platform_reads_all_of_it_with_the_businesses_names(
    cafe: Any, dentist: Any, admin: User
) -> None:
    page = text(admin, "/platform/log/?action=tenant.founded")

    assert cafe.tenant.company in page
    assert dentist.tenant.company in page
    assert cafe.tenant.company in text(admin, "/platform/log/")


def test_the_platform_learns_the_kind_of_what_is_a_business_s_own_and_no_name(
    cafe: Any, admin: User
) -> None:
    with user_scope(cafe.owner.pk), cafe.scope():
        bot = create_bot(name="Marker")

    page = text(admin, f"/platform/log/?target={bot.pk}")

    assert target_cell(page) == f"Bot {bot.pk}"
    assert "Marker" not in page
    assert "deleted since" not in page


def test_the_platform_reads_whose_account_it_was(cafe: Any, admin: User) -> None:
    record("login.failed", target=cafe.owner, details={"method": "password"})

    page = text(admin, "/platform/log/?action=login.failed")

    assert target_cell(page) == f"Account {cafe.owner.name}"
    assert "Way to log in:</span> password" in page


def test_of_one_business_one_list_is_made_at_a_time(
    cafe: Any, dentist: Any, owner_db: psycopg.Connection[Any]
) -> None:
    """Each keeps a process busy: sixteen at once would stop everybody."""
    mine, theirs = visitor(cafe.owner), visitor(dentist.owner)
    with owner_db.transaction():  # somebody else's, which runs
        owner_db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"accounts:log_export {cafe.tenant.pk}"],
        )
        refused = mine.get(f"{LOG}log.csv")
        assert (refused.status_code, refused["Retry-After"]) == (429, "60")
        assert rows(theirs.get("/app/zahnarzt-linde/log/log.csv"))

    assert rows(mine.get(f"{LOG}log.csv"))


@pytest.mark.parametrize("name", ["ChatBo!", "ChatBo, by  itself", "C h á t-B ó", "CHATBO Support"])
def test_whoever_is_called_like_us_stands_in_the_log_by_the_address(cafe: Any, name: str) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(name=name)
    with user_scope(cafe.owner.pk), cafe.scope():
        create_bot(name="Bot")

    who = re.findall(r'data-label="Who">([^<]*)<', text(cafe.owner, LOG))

    assert cafe.owner.email in who
    assert name not in who
