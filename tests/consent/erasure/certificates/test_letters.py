"""On paper: the certificates of all three ends are sealed letters of two pages at most."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from chatbo.foundation.documents.errors import SealError
from chatbo.foundation.documents.verify import verify_pdf
from chatbo.foundation.limits import CERTIFICATES, LIMITS, MINUTE, Limit, Per
from consent.erasure.certificates import files
from consent.erasure.certificates.checking import check_certificate
from consent.erasure.certificates.kinds import Kind
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from tests.consent.erasure.carrying_out import carried_out, certificate_of, choose
from tests.foundation.documents.readers import is_pdf_a_3b, page_texts

from .conftest import End
from .test_certificates import inside, words_of
from .test_certificates_of_ends import more_deleted

of_ends = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_that_of_one_person_fits_two_pages(
    client: Client, cafe: Any, person: Any, language: str
) -> None:
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    done = carried_out(erasure)
    choose(client, language)

    pages = page_texts(certificate_of(client, done, "pdf").content)

    assert len(pages) == 2
    assert len(done.policy.content["ends"]) > 10
    words = " ".join(" ".join(pages).split())
    for title in (
        ("Für Fachleute", "was darin über die Person steht, wird geleert:", "Nachrichten")
        if language == "de"
        else ("For experts", "what it says of the person is emptied:", "Messages")
    ):
        assert title in words


@of_ends
@pytest.mark.parametrize("language", ["de", "en"])
def test_that_of_a_business_or_an_account_is_sealed_kept_for_long_and_bears_the_certificate(
    end: End,
    client: Client,
    language: str,
) -> None:
    choose(client, language)
    assert f"{end.page}certificate.pdf" in client.get(end.page).text

    answer = client.get(f"{end.page}certificate.pdf")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Referrer-Policy"] == "no-referrer"
    name = f"{end.kind}-{end.row.code}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    report = verify_pdf(answer.content)
    assert report.genuine
    assert report.complete
    assert is_pdf_a_3b(answer.content)
    assert len(page_texts(answer.content)) == 2
    (file,) = inside(answer.content).items()
    assert file == (end.kind.file, client.get(f"{end.page}certificate.json").content)
    assert check_certificate(file[1]).code == end.row.code
    words = words_of(answer.content)
    assert end.row.code in words
    assert f"{settings.BASE_URL}{end.page}" in words.replace(" ", "")
    of_what = {
        (Kind.ENDING, "de"): "für das Unternehmen dieses Codes",
        (Kind.ENDING, "en"): "for the business of this code",
        (Kind.ACCOUNT, "de"): "über das Konto dieses Codes",
        (Kind.ACCOUNT, "en"): "on the account of this code",
    }
    assert of_what[end.kind, language] in words
    for name in ("leaver@leaver.example", "Leaver", "Café"):
        assert name not in words


@of_ends
def test_what_was_changed_past_the_product_is_given_out_on_no_paper(
    end: End,
    client: Client,
) -> None:
    end.change(certificate=more_deleted(end.row.certificate))

    assert client.get(f"{end.page}certificate.pdf").status_code == 409


@of_ends
def test_a_seal_that_cannot_be_set_is_asked_for_again_later(
    end: End,
    client: Client,
    monkeypatch: Any,
) -> None:
    def fail(*arguments: object, **named: object) -> bytes:
        raise SealError("no time stamp")

    monkeypatch.setattr(files, "letter", fail)

    answer = client.get(f"{end.page}certificate.pdf")

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


@of_ends
def test_one_address_has_only_so_many_letters_made(
    end: End,
    client: Client,
    monkeypatch: Any,
) -> None:
    monkeypatch.setitem(LIMITS, CERTIFICATES, (Limit(1, MINUTE, Per.ADDRESS),))

    codes = [client.get(f"{end.page}certificate.pdf").status_code for _ in range(2)]

    assert codes == [200, 429]
