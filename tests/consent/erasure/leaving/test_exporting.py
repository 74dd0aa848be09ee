"""The file that a business takes along: everything of its own, and nothing of anybody else's."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from consent.erasure.leaving.exporting import ask_for_export, open_export
from consent.erasure.leaving.models import TenantExport
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from consent.ledger.models import ConsentRecord
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.consent.erasure.crowds import channel_of_bot, someone

from .conftest import ask, make_file

MARKER = "marker-of-a-guest"
TOKEN = "token-of-the-page"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guest(cafe: Business, dentist: Business, queue, record) -> Any:
    for business, name in ((dentist, "marker-of-a-patient"), (cafe, MARKER)):
        with business.scope():
            found = someone(channel_of_bot(), name)
            channel = found.channel
            channel.token = TOKEN
            channel.save()
            record(controller=ConsentRecord.Controller.TENANT)
    seal()
    ask(cafe)
    return found


def opened(business: Business) -> zipfile.ZipFile:
    with business.scope():
        return zipfile.ZipFile(io.BytesIO(b"".join(open_export(TenantExport.objects.get()))))


def test_it_holds_all_of_the_business_and_nothing_of_its_neighbour(
    cafe: Business, dentist: Business, guest
) -> None:
    export = make_file(cafe)

    archive = opened(cafe)
    assert export.state == TenantExport.State.READY
    texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert MARKER in texts["tables/bots.Message.jsonl"]
    assert MARKER in texts["tables/bots.Message.csv"]
    assert MARKER in texts["tables/bots.Subscriber.jsonl"], "also what lies encrypted"
    assert json.loads(texts["tables/accounts.Tenant.jsonl"])["company"] == "Café Morgenrot"
    everything = "".join(texts.values())
    assert "marker-of-a-patient" not in everything
    assert str(dentist.tenant.pk) not in everything
    assert TOKEN not in everything
    assert export.key not in everything


def test_its_proofs_are_found_genuine_by_whoever_has_nothing_else_of_ours(
    cafe: Business, guest, tmp_path: Path
) -> None:
    make_file(cafe)
    opened(cafe).extractall(tmp_path)

    done = subprocess.run(
        [sys.executable, "-I", "chatbo-verify.py", "--keys", "keys.txt", "consents.jsonl"],
        cwd=tmp_path / "consents",
        capture_output=True,
        text=True,
        env={},
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2" in done.stdout


def test_it_lies_encrypted(cafe: Business, guest) -> None:
    make_file(cafe)

    home = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    files = list(home.glob(f"tenants/{cafe.tenant.pk}/leaving/*"))
    assert len(files) == 1
    assert not zipfile.is_zipfile(files[0])
    assert MARKER.encode() not in files[0].read_bytes()


def test_who_is_erased_in_the_grace_is_not_in_it_any_more(cafe: Business, guest) -> None:
    old = make_file(cafe)
    with cafe.scope():
        erasure = request_erasure(guest, origin=Erasure.Origin.TENANT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert not TenantExport.objects.exists()
        ask_for_export(language="de")
    home = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    assert not (home / old.file).exists()
    make_file(cafe)
    archive = opened(cafe)
    assert MARKER not in "".join(archive.read(name).decode() for name in archive.namelist())


def test_made_anew_it_replaces_the_old_one(cafe: Business, guest) -> None:
    old = make_file(cafe)
    with cafe.scope():
        ask_for_export(language="de")

    new = make_file(cafe)

    home = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    assert (new.pk, new.key != old.key) == (old.pk, True)
    assert (home / new.file).exists()
    assert len(list(home.glob(f"tenants/{cafe.tenant.pk}/leaving/*"))) == 1
