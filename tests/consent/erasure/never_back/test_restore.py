"""A real copy of the database is restored over what came after it, and nobody comes back."""

import subprocess
import sys

import psycopg
import pytest
from django.apps import apps

from chatbo.embedded.record import free_port
from chatbo.foundation import outside
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.replaying import replay_erasures
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.heads import HEADS
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force
from infrastructure.supervisor import product
from tenants.accounts.models import Membership, Tenant
from tenants.bots.models import Bot, Subscriber
from tests.consent.erasure.leaving.conftest import ask, make_file, wake
from tests.consent.erasure.leaving.conftest import carried_out as ended
from tests.consent.erasure.leaving.test_restored import told
from tests.consent.erasure.never_back.conftest import House, there
from tests.consent.erasure.test_deletion import places_that_name
from tests.ended import let_grace_end


@pytest.mark.processes
def test_no_backup_brings_anybody_back(house):
    anna, bela, carla, _dora = (house.meet(name) for name in ("Anna", "Bela", "Carla", "Dora"))
    with_anna_here = places_that_name("MARKER-Anna")
    backup = house.back_up()

    house.erase(anna)
    house.erase(bela, carla)
    house.erase(house.meet("Emil"))  # Came after the backup, and went.
    house.meet("Fred")  # Came after the backup, and is lost with what the backup does not have.
    assert there() == {"Dora", "Fred"}

    house.restore(backup)
    assert there() == {"Anna", "Bela", "Carla", "Dora"}
    assert places_that_name("MARKER-Anna") == with_anna_here

    started = house.start()
    assert started.returncode == 0, started.stderr
    assert "erasures_replayed" in started.stderr
    assert there() == {"Dora"}
    for who in (anna, bela, carla):
        assert places_that_name(str(who.pk), who.external_index) == set()
    assert raw_rows_with(house, anna.external_index, str(anna.pk)) == []

    # Who writes again afterwards begins anew, and stays.
    house.meet("Anna")
    assert replay_erasures() is None
    assert there() == {"Anna", "Dora"}


def test_who_came_back_before_the_backup_is_not_taken_for_who_was_erased_after_it(house):
    """Erased, back again, backed up: the first tombstone is older than their new row."""
    first = house.meet("Anna")
    house.erase(first)
    second = house.meet("Anna")
    backup = house.back_up()
    house.erase(house.meet("Bela"))
    house.restore(backup)
    # As if the first erasure's own note had been lost as well.
    with psycopg.connect(house.database.owner_url) as owner:
        owner.execute("DELETE FROM erasure_knowntombstone")
        owner.execute("DELETE FROM erasure_erasure")

    replay_erasures()

    with house.cafe.scope():
        assert list(Subscriber.objects.all()) == [second]
    assert there() == {"Anna"}


@pytest.mark.processes
def test_a_business_that_has_left_leaves_again_with_its_people_gone_at_once(house, client):
    house.meet("Anna")
    with house.cafe.scope():
        record_consent(
            text_in_force("bot-notice", "de"),
            purpose=ConsentRecord.Purpose.NOTICE,
            decision=ConsentRecord.Decision.SHOWN,
            source=ConsentRecord.Source.PAGE,
            controller=ConsentRecord.Controller.PLATFORM,
            person_id=house.cafe.owner.pk,
            identifier=house.cafe.owner.email,
        )
    backup = house.back_up()
    ask(house.cafe)
    make_file(house.cafe)
    let_grace_end(house.cafe, house.database.name)
    first = ended(house.cafe)
    page = f"/erasure/business/{first.code}/"
    assert client.get(page).status_code == 200
    mails = told(house.cafe)

    house.restore(backup)
    with house.cafe.scope():
        assert Bot.objects.exists()
        assert Membership.objects.exists()
    assert client.get(page).status_code == 404

    started = house.start()
    assert started.returncode == 0, started.stderr
    assert "erasures_replayed" in started.stderr
    assert there() == set(), "nobody is served with them there"
    with house.cafe.scope():
        assert Tenant.objects.closed().filter(pk=house.cafe.tenant.pk).exists()
    assert house.start().returncode == 0, "a restart meanwhile"

    # The ledger grows no second tree beside the published one: the proofs wait, as an alarm.
    with pytest.raises(LedgerBrokenError, match="published_head_is_missing"):
        wake(house.cafe)
    with house.cafe.scope():
        assert TenantEnding.objects.failing().exists()
    for name in list(outside.names(HEADS)):  # An operator has looked, and decided.
        outside.drop(name)
    again = ended(house.cafe)

    assert (again.pk, again.code, again.state) == (first.pk, first.code, "done")
    assert again.created_at == first.created_at
    with house.cafe.scope():
        assert not Bot.objects.exists()
        assert not Membership.objects.exists()
        kept = set(ConsentRecord.objects.values_list("controller", flat=True))
        assert kept == {"platform"}, "what law has us keep"
        assert again.certificate["certificate"]["kept"]
    assert client.get(page).status_code == 200
    assert (mails, told(house.cafe)) == (1, 0), "the copy has no mail of it, and none is sent"
    assert replay_erasures() is None


@pytest.mark.processes
def test_no_process_serves_while_erased_people_may_be_back(house, tmp_path):
    anna = house.meet("Anna")
    backup = house.back_up()
    house.erase(anna)
    (name,) = outside.names(tombstones.FOLDER)
    house.restore(backup)
    (tmp_path / "run").mkdir()

    started = [
        subprocess.Popen(
            [sys.executable, *command],
            env=house.environment | {"TOMBSTONE_KEY": "A" * 43 + "="},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _name, command in product(free_port(), tmp_path)
    ]

    assert len(started) == 3
    for each in started:
        said = each.communicate(timeout=60)[0]
        assert each.returncode != 0
        (line,) = [line for line in said.splitlines() if "not_started" in line]
        assert f"erased people may be back: {name} (key_missing)" in line
        assert "Traceback" not in said


def raw_rows_with(house: House, *needles: str) -> list[tuple[str, str]]:
    """Past every model: each row of each table as text."""
    found = []
    with psycopg.connect(house.database.owner_url) as owner:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            for needle in needles:
                rows = owner.execute(
                    f'SELECT 1 FROM "{table}" AS row WHERE row::text LIKE %s', [f"%{needle}%"]
                ).fetchall()
                found += [(table, needle)] * len(rows)
    return found
