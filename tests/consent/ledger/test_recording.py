"""Consent records: what is written, what is not, and that nothing changes them."""

import pytest
from django.db import DatabaseError

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.network import shortened
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force

ADDRESS = "Guest@example.org"


@pytest.fixture
def record(db):
    def recording(**more):
        return record_consent(
            text_in_force("consent-newsletter", "de"),
            **{
                "purpose": ConsentRecord.Purpose.NEWSLETTER,
                "decision": ConsentRecord.Decision.GRANTED,
                "source": ConsentRecord.Source.SIGNUP,
                "controller": ConsentRecord.Controller.PLATFORM,
                **more,
            },
        )

    return recording


def test_a_record_points_at_the_very_words_that_were_shown(cafe, record):
    with cafe.scope():
        text = record().text_version

    assert (text.key, text.language, text.number) == ("consent-newsletter", "de", 1)


def test_two_records_on_one_person_share_a_pseudonym_that_is_not_the_persons_key(cafe, record):
    person = new_id()
    with cafe.scope():
        granted = record(person_id=person, identifier=ADDRESS)
        withdrawn = record(
            person_id=person,
            identifier=ADDRESS,
            decision=ConsentRecord.Decision.WITHDRAWN,
        )

    assert granted.subject_id == withdrawn.subject_id != person


def test_a_refusal_makes_no_person(cafe, record):
    with cafe.scope():
        record(decision=ConsentRecord.Decision.REFUSED)

        assert not ConsentIdentity.objects.exists()


def test_a_person_is_found_by_the_exact_address_however_it_is_written(cafe, record):
    with cafe.scope():
        mine = record(person_id=new_id(), identifier=ADDRESS)
        record(person_id=new_id(), identifier="other@example.org")

        assert list(ConsentRecord.objects.about(" guest@EXAMPLE.org ")) == [mine]
        assert not ConsentRecord.objects.about("guest@example").exists()


def test_the_neighbour_finds_nobody(cafe, dentist, record):
    with cafe.scope():
        record(person_id=new_id(), identifier=ADDRESS)

    with dentist.scope():
        assert not ConsentRecord.objects.about(ADDRESS).exists()


def test_a_record_is_never_changed(cafe, record):
    with cafe.scope():
        record()
    with pytest.raises(DatabaseError, match="permission denied"), cafe.scope():
        ConsentRecord.objects.update(decision=ConsentRecord.Decision.REFUSED)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1234:5678::1", "2001:db8:1234::"),
        ("", ""),
        ("no address", ""),
    ],
)
def test_a_network_address_names_a_neighbourhood_not_a_line(address, kept):
    assert shortened(address) == kept
