"""Everything stored on a person goes, wherever it is; searched for by a marker, not by a list."""

import pytest
from django.apps import apps

from chatbo.foundation.encryption import EncryptedTextField, decrypt
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.personal_data import Deleted, declarations_about
from consent.erasure import deletion
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.scanning import Words, search
from consent.erasure.scanning.tables import rows
from consent.erasure.tasks import carry_out
from consent.ledger.models import ConsentIdentity, ConsentRecord
from tenants.bots.models import Message, Subscriber
from tests.consent.conftest import MARKER


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def searched_for(*needles: str) -> set[str]:
    """By the product's own search, which asks no model; ``scanning`` shows what else it finds."""
    return {f"{hit.place}.{hit.part}" for hit in search(rows([]), Words(needles))}


def places_that_name(*needles: str) -> set[str]:
    """By a search of the tests' own: each column of each model, decrypted where it must be."""
    found = set()
    with platform_scope("a test searches every column for a person"):
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                for value in model._base_manager.values_list(field.attname, flat=True):
                    text = str(value)
                    if isinstance(field, EncryptedTextField) and text.startswith("gAAAA"):
                        text = decrypt(text)
                    if any(needle in text for needle in needles):
                        found.add(f"{model._meta.label}.{field.attname}")
    return found


def test_after_an_erasure_no_column_of_the_database_names_the_person(cafe, person, erasure):
    needles = (MARKER, person.address, str(person.subscriber.pk), person.subscriber.external_index)
    before = places_that_name(*needles)
    assert {"bots.Message.text", "bots.Subscriber.external_id"} <= before
    assert {"ledger.ConsentIdentity.identifier", "erasure.Erasure.address"} <= before

    assert searched_for(*needles) >= {"bots_message.text", "bots_subscriber.external_id"}

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    # The job keeps the random key of the row that is gone, and with it nothing to find.
    assert places_that_name(*needles) == {"erasure.Erasure.subject_id"}
    assert searched_for(*needles) == {"erasure_erasure.subject_id"}


def test_what_is_declared_to_be_deleted_is_deleted_and_counted(cafe, person, erasure):
    with cafe.scope():
        counts = delete_subject(erasure).counts

        for model, declaration in declarations_about("bots.Subscriber"):
            if isinstance(declaration.end, Deleted):
                assert not model._default_manager.exists(), model
    assert counts == {
        "bots.Message": 1,
        "bots.Subscriber": 1,
        "ledger.ConsentIdentity": 1,
    }


def test_the_proof_stays_and_names_nobody(cafe, person, erasure):
    with cafe.scope():
        delete_subject(erasure)

        (kept,) = ConsentRecord.objects.all()
        assert kept.subject_id != person.subscriber.pk
        assert not ConsentIdentity.objects.exists()


def test_a_deletion_that_fails_in_the_middle_deletes_nothing(cafe, person, erasure, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(deletion, "record", fail)  # the last step of the transaction

    with pytest.raises(ZeroDivisionError), cafe.scope():
        delete_subject(erasure)

    with cafe.scope():
        assert Subscriber.objects.count() == Message.objects.count() == 1
        assert Erasure.objects.get().state == Erasure.State.REQUESTED


def test_only_this_person_goes(cafe, person, erasure):
    with cafe.scope():
        other = Subscriber.objects.create(
            channel=person.channel, external_id="9", external_index="9"
        )
        delete_subject(erasure)

        assert list(Subscriber.objects.all()) == [other]


def test_every_column_by_which_a_person_is_found_has_an_index(owner_db):
    """Without one an erasure reads whole tables: measured at 79 times the time."""
    for model, declaration in declarations_about("bots.Subscriber"):
        for name in declaration.match:
            # What another table of the same people says is looked for there.
            *way, column = name.split("__")
            table = model
            for step in way:
                table = table._meta.get_field(step).related_model
            found = owner_db.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = %s", [table._meta.db_table]
            ).fetchall()
            # What is about everybody of the business is found by the business alone.
            begins = "(tenant_id" if column == "tenant_id" else f"(tenant_id, {column}"
            assert any(begins in index for (index,) in found), (table, column)
