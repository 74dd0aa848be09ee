"""A business's logo: whatever is handed in, a picture of ours comes out, or nothing."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chatbo.foundation.audit.models import AuditEntry
from tenants.accounts.logo import change_logo, read_logo, remove_logo
from tenants.accounts.models import Tenant
from tests.visitors import visitor


def picture(colour: tuple[int, int, int] = (200, 30, 30), kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (1000, 300), colour).save(file, kind)
    return file.getvalue()


def folder_of(business: Any) -> Path:
    location = django_settings.STORAGES["default"]["OPTIONS"]["location"]
    return Path(location, "tenants", str(business.tenant.pk), "logo")


def files_of(business: Any) -> list[str]:
    return sorted(file.name for file in folder_of(business).glob("*"))


def upload(business: Any, user: Any, content: bytes, name: str = "logo.png") -> Any:
    file = SimpleUploadedFile(name, content, "image/png")
    path = f"/app/{business.tenant.slug}/settings/logo/"
    return visitor(user, language="de").post(path, {"logo": file}, follow=True)


def test_the_logo_is_shown_in_the_settings_and_on_the_hosted_pages(
    cafe: Any, client: Client
) -> None:
    with cafe.scope():
        Tenant.objects.update(
            street="Musterstraße 1",
            postal_code="10115",
            city="Berlin",
            contact_email="kontakt@cafe-morgenrot.example",
        )
    page = upload(cafe, cafe.owner, picture(kind="JPEG"), "logo.svg.html").content.decode()
    assert "Ihr Logo ist gespeichert." in page

    with cafe.scope():
        address = f"/pages/cafe-morgenrot/logo.png?v={Tenant.objects.get().logo_sha256}"
    assert address in page
    for hosted in ("imprint", "privacy"):
        assert address in client.get(f"/pages/cafe-morgenrot/{hosted}/").content.decode()
    with Image.open(BytesIO(client.get(address).content)) as image:
        assert (image.format, image.width, image.height) == ("PNG", 533, 160)


def test_it_is_served_as_a_picture_and_as_nothing_else(cafe: Any, client: Client) -> None:
    with cafe.scope():
        tenant = change_logo(cafe.tenant, BytesIO(picture()))
    answer = client.get(f"/pages/cafe-morgenrot/logo.png?v={tenant.logo_sha256}")

    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Content-Security-Policy"] == policy
    assert answer["Content-Disposition"] == 'inline; filename="logo.png"'
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies


@pytest.mark.parametrize("query", ["", "?v=", f"?v={'0' * 64}", "?v=../../x"])
def test_only_under_its_hash_it_is_kept_by_browsers(cafe: Any, client: Client, query: str) -> None:
    with cafe.scope():
        change_logo(cafe.tenant, BytesIO(picture()))
    answer = client.get(f"/pages/cafe-morgenrot/logo.png{query}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Die Datei ist leer."),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "kein Bild"),
        (b"<!doctype html><script>alert(1)</script>", "kein Bild"),
        (picture()[:200], "nicht bis zum Ende"),
        (picture().ljust(5_000_001, b"\0"), "größer als 5 MB"),
    ],
    ids=["nothing", "svg", "html", "half", "large"],
)
def test_what_is_no_picture_is_refused_and_the_logo_stays(
    cafe: Any, content: bytes, words: str
) -> None:
    with cafe.scope():
        before = change_logo(cafe.tenant, BytesIO(picture())).logo_sha256
    assert words in upload(cafe, cafe.owner, content).content.decode()
    with cafe.scope():
        assert Tenant.objects.get().logo_sha256 == before
    assert files_of(cafe) == [f"{before}.png"]


def test_a_form_without_a_file_says_so(cafe: Any) -> None:
    page = visitor(cafe.owner, language="de").post(
        "/app/cafe-morgenrot/settings/logo/", follow=True
    )
    assert "Bitte wählen Sie zuerst ein Bild." in page.content.decode()


def test_the_former_file_goes_once_the_new_one_is_certain(
    cafe: Any, commit: Callable[[], Any]
) -> None:
    with cafe.scope():
        first = change_logo(cafe.tenant, BytesIO(picture())).logo_sha256
    with commit(), cafe.scope():
        second = change_logo(cafe.tenant, BytesIO(picture((0, 90, 90)))).logo_sha256
        assert files_of(cafe) == sorted([f"{first}.png", f"{second}.png"])
    assert files_of(cafe) == [f"{second}.png"]


def test_the_same_picture_twice_is_once(cafe: Any, commit: Callable[[], Any]) -> None:
    for _ in range(2):
        with commit(), cafe.scope():
            tenant = change_logo(cafe.tenant, BytesIO(picture()))
    assert files_of(cafe) == [f"{tenant.logo_sha256}.png"]
    with cafe.scope():
        assert AuditEntry.objects.filter(action="tenant.changed").count() == 1


def test_changed_and_changed_back_in_one_breath_it_is_still_there(
    cafe: Any, commit: Callable[[], Any]
) -> None:
    with cafe.scope():
        change_logo(cafe.tenant, BytesIO(picture()))
    with commit(), cafe.scope():
        change_logo(cafe.tenant, BytesIO(picture((0, 90, 90))))
        tenant = change_logo(cafe.tenant, BytesIO(picture()))
    assert files_of(cafe) == [f"{tenant.logo_sha256}.png"]
    with cafe.scope():
        assert read_logo(tenant)


def test_removed_it_is_gone_from_row_disk_and_pages(
    cafe: Any, client: Client, commit: Callable[[], Any]
) -> None:
    with cafe.scope():
        change_logo(cafe.tenant, BytesIO(picture()))
    with commit():
        page = visitor(cafe.owner, language="de").post(
            "/app/cafe-morgenrot/settings/logo/remove/", follow=True
        )
    assert "Ihr Logo ist entfernt." in page.content.decode()
    assert "logo.png" not in page.content.decode()
    assert files_of(cafe) == []
    assert client.get("/pages/cafe-morgenrot/logo.png").status_code == 404

    with commit(), cafe.scope():
        assert remove_logo(cafe.tenant).logo_sha256 == ""


def test_where_the_file_is_missing_the_page_goes_on(cafe: Any, client: Client) -> None:
    with cafe.scope():
        Tenant.objects.update(logo_sha256="0" * 64)
    assert client.get("/pages/cafe-morgenrot/logo.png").status_code == 404


def test_a_business_without_a_logo_or_that_nobody_knows_has_none(cafe: Any, client: Client) -> None:
    for slug in ("cafe-morgenrot", "nobody"):
        assert client.get(f"/pages/{slug}/logo.png").status_code == 404


def test_the_neighbour_neither_changes_nor_removes_it(
    cafe: Any, dentist: Any, commit: Callable[[], Any]
) -> None:
    with cafe.scope():
        before = change_logo(cafe.tenant, BytesIO(picture())).logo_sha256
    with commit():
        assert upload(cafe, dentist.owner, picture((0, 90, 90))).status_code == 404
        path = "/app/cafe-morgenrot/settings/logo/remove/"
        assert visitor(dentist.owner).post(path).status_code == 404
    assert files_of(cafe) == [f"{before}.png"]
    assert files_of(dentist) == []


def test_the_log_says_that_it_changed_and_nothing_of_it(cafe: Any) -> None:
    with cafe.scope():
        change_logo(cafe.tenant, BytesIO(picture()))
        entry = AuditEntry.objects.get(action="tenant.changed")
    assert entry.details["facts"] == ["logo"]
