"""Requests of Meta's that did not reach us are imported, looked at, tried again and closed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatbo.conversation.metas_list import LARGEST, MOST, Fault, Wrong, read_list
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from consent.erasure.request_models import ErasureRequest
from tenants.accounts.models import PlatformRole, User
from tests.chatbo.conversation.meta_speaks import DEAUTHORIZE, meta_posts, signed_request
from tests.visitors import visitor

IMPORT, LIST = "/platform/erasures/import/", "/platform/erasures/"
ONE, TWO = "10220000000000001", "10220000000000002"


@pytest.fixture
def admin(db: None) -> Client:
    user = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    return visitor(user)


def requests() -> list[ErasureRequest]:
    return list(ErasureRequest.objects.order_by("created_at"))


def file(content: bytes, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


# --- What a list says ---


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}",
        f"{ONE}\r\n{TWO}\r\n",
        f"\n  {ONE}  \n\n{TWO}\n",
        f"user_id\n{ONE}\n{TWO}",
        f"App-scoped user ID\n{ONE}\n{TWO}",
        f"{ONE},2026-11-01\n{TWO},2026-11-02",
        f"date;user_id;why\n2026-11-01;{ONE};x\n2026-11-02;{TWO};y",
        f'date,user_id\n"1 November, 2026","{ONE}"\n"2 November, 2026","{TWO}"',
        f"user_id\tdate\n{ONE}\t1\n{TWO}\t2",
    ],
)
def test_numbers_are_read_one_a_line_or_of_a_column(text: str) -> None:
    found = read_list(text)

    assert found.numbers == [ONE, TWO]
    assert found.faults == []


def test_the_same_number_counts_once() -> None:
    found = read_list(f"{ONE}\n{TWO}\n{ONE}\n{ONE}")

    assert (found.numbers, found.repeated) == ([ONE, TWO], 2)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("somebody", Wrong.NOT_A_NUMBER),
        ("-5", Wrong.NOT_A_NUMBER),
        ("1" * 33, Wrong.NOT_A_NUMBER),
        ("١٢٣", Wrong.NOT_A_NUMBER),
        ("1/../me", Wrong.NOT_A_NUMBER),
        pytest.param('"' + "x" * 200_000, Wrong.NOT_A_NUMBER, id="huge"),
        ("1.0220E+16", Wrong.ROUNDED),
        ("1,0220E+16", Wrong.ROUNDED),
        (",2026", Wrong.MISSING),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(line: str, wrong: Wrong) -> None:
    found = read_list(f"user_id,date\n{ONE},x\n\n{line}\n{TWO},y")

    assert found.numbers == [ONE, TWO]
    assert found.faults == [Fault(4, wrong)]


def test_a_first_line_without_a_number_is_a_fault_and_no_header() -> None:
    assert read_list(f"somebody\n{ONE}").faults == [Fault(1, Wrong.NOT_A_NUMBER)]


# --- The page ---


def test_a_list_is_shown_before_anything_is_taken_in(admin: Client, queue: list[Any]) -> None:
    page = admin.post(IMPORT, {"text": f"{ONE}\n{TWO}\n{ONE}"})

    assert "2 numbers become requests" in page.text
    assert "1 line says what another one said" in page.text
    assert requests() == []
    assert queue == []


def test_on_the_second_press_each_number_is_a_request(
    admin: Client, queue: list[Any], commit: Any
) -> None:
    with commit():
        answer = admin.post(IMPORT, {"text": f"{ONE}\n{TWO}", "confirmed": "1"}, follow=True)

    assert "2 requests are being carried out" in answer.text
    assert [each.app_scoped_id for each in requests()] == [ONE, TWO]
    assert {each.origin for each in requests()} == {ErasureRequest.Origin.IMPORTED}
    assert sorted(queue) == sorted(("meta.carry_out", "", str(each.pk)) for each in requests())
    for each in requests():
        assert each.code in answer.text
        assert each.app_scoped_id not in answer.text
    with platform_scope("test"):
        (entry,) = AuditEntry.objects.filter(action="erasure_request.imported")
    assert entry.details == {"rows": 2}


def test_twice_is_once(admin: Client, client: Client, queue: list[Any]) -> None:
    meta_posts(client, signed_request(ONE))
    for _ in range(2):
        admin.post(IMPORT, {"text": f"{ONE}\n{TWO}", "confirmed": "1"})

    assert [each.app_scoped_id for each in requests()] == [ONE, TWO]
    page = admin.post(IMPORT, {"text": f"{ONE}\n{TWO}"})
    assert "0 numbers become requests" in page.text
    assert "2 numbers have requests that are being carried out already" in page.text


def test_who_only_removed_the_app_is_not_erased_yet(
    admin: Client, client: Client, queue: list[Any]
) -> None:
    meta_posts(client, signed_request(ONE), DEAUTHORIZE)

    page = admin.post(IMPORT, {"text": ONE})
    admin.post(IMPORT, {"text": ONE, "confirmed": "1"})

    assert "1 number becomes a request" in page.text
    assert len(requests()) == 2


def test_metas_callback_finds_the_imported_request(
    admin: Client, client: Client, queue: list[Any]
) -> None:
    admin.post(IMPORT, {"text": ONE, "confirmed": "1"})

    said = meta_posts(client, signed_request(ONE)).json()

    assert said["confirmation_code"] == requests()[0].code
    assert len(requests()) == 1


@pytest.mark.parametrize(
    "content",
    [
        f"user_id\n{ONE}\n".encode(),
        f"\ufeffuser_id\n{ONE}\n".encode(),
        f"user_id\n{ONE}\n".encode("utf-16"),
    ],
)
def test_a_file_is_read_too(admin: Client, content: bytes) -> None:
    assert "1 number becomes a request" in admin.post(IMPORT, {"file": file(content)}).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "No number stands in it"),
        ({"text": " \n "}, "No number stands in it"),
        ({"text": "user_id\n"}, "No number stands in it"),
        ({"text": "somebody"}, "Line 1: this is no number"),
        ({"text": f"{ONE}\n1.02E+16"}, "Line 2: a spreadsheet has rounded"),
        ({"text": f"id,x\n{ONE},1\n,2"}, "Line 3: the number is missing"),
        ({"text": "\n".join(["x"] * 30)}, "10 more lines cannot be read"),
        ({"text": "\n".join(map(str, range(1, MOST + 2)))}, f"These are {MOST + 1} numbers"),
        ({"text": "1" * (LARGEST + 1)}, "at most"),
        ({"text": f"{ONE}\0"}, "Null characters"),
        ({"text": ONE, "file": file(b"1")}, "not both"),
        ({"file": file(b"\x89PNG\r\n\x1a\n\x00\x00")}, "This is no text"),
        ({"file": file(b"\xff\xfe\x00\xd8")}, "This is no text"),
        ({"file": file(b"1" * (LARGEST + 1))}, "The file is too large"),
        ({"file": file(b"")}, "empty"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_as_a_whole(
    admin: Client, form: dict[str, Any], said: str
) -> None:
    answer = admin.post(IMPORT, {**form, "confirmed": "1"})

    assert answer.status_code == 422
    assert said in answer.text
    assert requests() == []


def test_what_was_typed_is_still_there(admin: Client) -> None:
    assert f"{ONE}\nsomebody" in admin.post(IMPORT, {"text": f"{ONE}\nsomebody"}).text


@pytest.mark.parametrize("role", ["none", "lawyer", "support"])
def test_only_administrators_come_here(cafe: Any, role: str) -> None:
    user = cafe.owner
    if role != "none":
        user = User.objects.create_user(
            f"another-{role}@chatbo.example", name=role, platform_role=PlatformRole(role)
        )
    other = visitor(user)

    assert other.post(IMPORT, {"text": ONE, "confirmed": "1"}).status_code == 404
    assert requests() == []


def test_an_import_needs_a_fresh_proof(admin: Client) -> None:
    stale = visitor(User.objects.get(email="admin@chatbo.example"), seconds_ago=10_000)

    answer = stale.post(IMPORT, {"text": ONE, "confirmed": "1"})

    assert answer.status_code == 302
    assert requests() == []


# --- What does not succeed ---


@pytest.fixture
def refused(admin: Client, client: Client, queue: list[Any]) -> ErasureRequest:
    """One that Meta has refused for good."""
    meta_posts(client, signed_request(ONE))
    ErasureRequest.objects.update(
        failed_at=timezone.now(),
        last_error="100/33",
        not_before=timezone.now() + timedelta(hours=1),
    )
    queue.clear()
    return requests()[0]


def test_the_list_says_why_and_names_nobody(admin: Client, refused: ErasureRequest) -> None:
    page = admin.get(LIST).text

    assert refused.code in page
    assert "Meta does not know this number, or does not let ChatBo ask" in page
    assert "1 request does not succeed" in page
    assert ONE not in page


def test_it_is_tried_again_on_an_administrators_word(
    admin: Client, refused: ErasureRequest, queue: list[Any], commit: Any
) -> None:
    with commit():
        admin.post(f"{LIST}requests/{refused.pk}/retry/")

    assert queue == [("meta.carry_out", "", str(refused.pk))]
    assert ErasureRequest.objects.due().filter(pk=refused.pk).exists()


def test_closing_asks_first_and_says_what_it_means(
    admin: Client, client: Client, refused: ErasureRequest
) -> None:
    asked = admin.get(f"{LIST}requests/{refused.pk}/close/")
    assert "Nothing is deleted then" in asked.text
    assert requests()[0].finished_at is None

    admin.post(f"{LIST}requests/{refused.pk}/close/")

    closed = requests()[0]
    assert closed.state == ErasureRequest.State.CLOSED
    assert closed.app_scoped_id == closed.person_index == ""
    page = client.get(f"/erasure/{closed.code}/", headers={"accept-language": "en"}).text
    assert "does not know the number under which you were named" in page
    with platform_scope("test"):
        assert AuditEntry.objects.filter(action="erasure_request.closed").count() == 1


def test_closing_twice_is_once_and_what_is_tried_is_not_closed(
    admin: Client, refused: ErasureRequest
) -> None:
    address = f"{LIST}requests/{refused.pk}/close/"
    ErasureRequest.objects.update(failed_at=None)
    assert "Nothing was closed" in admin.post(address, follow=True).text
    ErasureRequest.objects.update(failed_at=timezone.now())
    admin.post(address)
    first = requests()[0].finished_at

    assert "Nothing was closed" in admin.post(address, follow=True).text
    assert requests()[0].finished_at == first
    admin.post(f"{LIST}requests/{refused.pk}/retry/")
    assert requests()[0].finished_at == first


def test_an_unknown_request_is_not_found(admin: Client) -> None:
    address = f"{LIST}requests/01a20be9-979c-7eaf-bf86-ca895c664d6e"

    assert admin.post(f"{address}/retry/").status_code == 404
    assert admin.post(f"{address}/close/").status_code == 404
