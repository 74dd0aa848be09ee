"""Files, the store outside, the demo's mail, Redis and the logs are looked into."""

import base64
import gzip
import io
import json
import os
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import pytest
from celery import Celery
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from weasyprint import HTML, Attachment

from chatbo.foundation import outside
from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.scan_models import CompletenessScan
from consent.erasure.scanning import Kind, Words, archives, search
from consent.erasure.scanning.files import entries, files, lines, mails
from consent.erasure.scanning.keys import keys
from consent.erasure.tasks import carry_out

from .conftest import WORD, places

TEXT = f"so {WORD} said".encode()


def zipped(name="a.txt", content=TEXT):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def pdf(content=TEXT):
    return b"%PDF-1.7\n1 0 obj <<>>\nstream\n" + zlib.compress(content) + b"\nendstream\nendobj"


@pytest.fixture
def kept(cafe):
    """Put a file into the café's folder of the storage; takes it away again."""
    names = []

    def keep(content, name="file.bin"):
        with cafe.scope():
            names.append(
                default_storage.save(f"tenants/{cafe.tenant.pk}/{name}", ContentFile(content))
            )
        return names[-1]

    yield keep
    with cafe.scope():
        for name in names:
            default_storage.delete(name)


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        TEXT.upper(),
        b"\0" * 5_000_000 + TEXT,
        gzip.compress(TEXT),
        zlib.compress(TEXT),
        zipped(),
        zipped(name=f"{WORD}.txt", content=b""),
        zipped(content=zipped(content=gzip.compress(TEXT))),
        pdf(),
        pdf(b"<feff" + WORD.encode("utf-16-be").hex().encode() + b"> Tj"),
        json.dumps({"a": base64.b64encode(TEXT).decode()}).encode(),
    ],
    ids=range(11),
)
def test_a_word_is_found_in_a_file_however_it_is_packed(kept, content):
    name = kept(content)

    assert places(WORD) == {f"file {name}"}


def test_a_word_is_found_where_two_readings_of_a_large_file_meet(kept):
    edge = archives.WINDOW - len(WORD) // 2
    name = kept(os.urandom(edge).replace(b"x", b"y") + TEXT)

    assert places(WORD) == {f"file {name}"}


def test_a_word_in_a_file_s_name_is_found_and_not_repeated(kept, cafe):
    kept(b"", name=f"{WORD}.txt")

    (hit,) = search(files(), Words((WORD,)))

    assert (hit.part, hit.place) == ("name", f"tenants/{cafe.tenant.pk}/…")


def test_damaged_archives_hide_no_other_file(kept):
    kept(zipped()[:-10])
    kept(gzip.compress(TEXT)[:9])
    kept(pdf()[:-40])
    name = kept(TEXT)

    assert places(WORD) == {f"file {name}"}


def test_a_file_that_unpacks_to_very_much_is_read_up_to_a_limit(kept):
    name = kept(zipped(content=TEXT + b"\0" * (64 * 1024 * 1024)))

    assert places(WORD) == {f"file {name}"}


def test_of_a_sample_the_newest_files_are_looked_at(kept):
    old, new = kept(TEXT), kept(b"new")
    folder = Path(default_storage.location)
    os.utime(folder / old, (1, 1))

    assert [item.place for item in files(most=1)] == [new]


def test_an_entry_outside_the_database_is_looked_into(db):
    outside.put("heads/1", WORD)
    outside.put(f"keys/{WORD}", "a key")

    assert places(WORD) == {"entry heads/1", "entry keys/…"}
    assert len(list(entries(most=1))) == 1


def test_tombstones_do_not_have_the_identifier_in_clear(cafe, person, queue):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    assert list(outside.names("tombstones"))
    assert list(search(entries(), Words((person.address,)))) == []
    assert len(list(search(entries(), Words((str(person.subscriber.pk),))))) == 1


def test_a_mail_in_the_demo_s_folder_is_looked_into(db, folders):
    mail = EmailMessage()
    mail["Subject"] = f"Grüße an {WORD}"  # encoded in the file
    mail.set_content("nothing")
    other = EmailMessage()
    other.set_content("see there")
    other.add_attachment(zipped(), maintype="application", subtype="zip", filename="a.zip")
    (folders / "mail" / "1.eml").write_bytes(mail.as_bytes())
    (folders / "mail" / "2.eml").write_bytes(other.as_bytes())

    assert places(WORD) == {"mail 1.eml", "mail 2.eml"}


def test_a_mail_that_waits_for_its_server_is_found_encrypted_in_the_outbox(db, queue):
    queue_mail(
        to=f"{WORD}@example.org",
        template="consent/erasure/mail/erased_found",
        context={"scan": CompletenessScan(found=0)},
        language="de",
    )

    assert places(WORD) == {"mail_outgoingmail.recipient"}


def test_a_line_of_a_log_is_found_by_the_byte_where_it_begins(db, folders):
    (folders / "logs" / "web.log").write_text(f"first\nevent='x' reason='{WORD}'\n")
    (folders / "logs" / "web.log.1.gz").write_bytes(gzip.compress(TEXT))

    assert places(WORD) == {"line web.log", "line web.log.1.gz"}
    hits = list(search(lines(), Words((WORD,))))
    assert hits[0].number == "6"
    (folders / "logs" / "worker.log").write_text(f"{WORD}\n" + "later\n" * 99)
    assert [item.place for item in lines(most=12)].count("worker.log") == 2


@pytest.mark.parametrize(
    "fill",
    [
        lambda redis: redis.set("a", WORD),
        lambda redis: redis.rpush("a", *range(1200), WORD),
        lambda redis: redis.hset("a", "b", WORD),
        lambda redis: redis.hset("a", WORD, "b"),
        lambda redis: redis.sadd("a", "b", WORD),
        lambda redis: redis.zadd("a", {WORD: 1}),
        lambda redis: redis.xadd("a", {"b": WORD}),
    ],
    ids=["string", "list", "hash", "field", "set", "sorted", "stream"],
)
def test_a_word_is_found_in_a_value_of_redis_of_any_type(db, redis, fill):
    fill(redis)

    assert places(WORD) == {"key a"}


def test_a_word_in_a_key_is_found_and_not_repeated(db, redis):
    cache.set(f"person:{WORD}", 1)

    (hit,) = search(keys(), Words((WORD,)))

    assert (hit.kind, hit.part, hit.place) == (Kind.KEY, "name", "chatbo:1:person:…")


def test_a_word_in_a_pickled_value_of_the_cache_is_found(db, redis):
    cache.set("a", {"said": [WORD]})

    assert places(WORD) == {"key chatbo:1:a"}


def test_a_task_that_waits_is_found_and_one_that_a_worker_has_not_acknowledged(db, redis, settings):
    with Celery(broker=settings.REDIS_URL, set_as_current=False) as app:
        app.send_task("any", args=[WORD], queue="bulk")
        (message,) = redis.lrange("bulk", 0, 0)
        redis.hset("unacked", "tag", json.dumps([json.loads(message), "", "bulk"]))

    assert places(WORD) == {"key bulk", "key unacked"}


def test_a_real_pdf_is_found_by_its_attachment_and_by_its_title(kept):
    other = f"other{WORD}"
    attached = Attachment(string=f"{{'person': '{WORD}'}}", name="a.json")
    name = kept(HTML(string=f"<title>für {other}</title><p>text").write_pdf(attachments=[attached]))

    assert places(f"für {other}") == places(f"'{WORD}'") == {f"file {name}"}


def test_without_a_folder_for_mail_none_is_looked_for(settings, db):
    del settings.EMAIL_FILE_PATH

    assert list(mails()) == []
