"""Mail that must go out is a row first, goes out once, and is forgotten then."""

import smtplib

import pytest
from django.core import mail as sent
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage

from chatbo.foundation.files import folder
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.jobs.sweep import sweep
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.outbox import mail_index, queue_mail
from chatbo.foundation.mail.tasks import GIVE_UP_AFTER, send_mail
from tests.foundation.keyed_rows import damaged

ADDRESS = "guest@example.org"


@pytest.fixture
def queue_one(tmp_path, settings):
    """Queues a mail whose words are a template of this test."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "hello.subject.txt").write_text("Hello\n {{ name }}\n")
    (folder / "hello.txt").write_text("Good day, {{ name }}.")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    def queue(**more):
        return queue_mail(
            to=ADDRESS, template="mail/hello", context={"name": "guest"}, language="en", **more
        )

    return queue


def test_a_mail_waits_for_the_commit_and_then_goes_out(cafe, queue_one, queue, commit):
    with commit(), cafe.scope():
        mail = queue_one()
        assert queue == []

    assert queue == [("mail.send", str(cafe.tenant.pk), str(mail.pk))]
    send_mail(str(cafe.tenant.pk), str(mail.pk))
    (message,) = sent.outbox
    assert (message.to, message.subject) == ([ADDRESS], "Hello guest")
    assert message.body == "Good day, guest.\n"


def test_a_transaction_that_fails_sends_nothing(transactional_db, cafe, queue_one, queue):
    def queue_and_fail():
        with cafe.scope():
            queue_one()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue_and_fail()

    assert queue == []
    with cafe.scope():
        assert not OutgoingMail.objects.exists()


def test_asked_twice_it_goes_out_once(cafe, queue_one, queue):
    with cafe.scope():
        mail = queue_one()

    for _ in range(2):
        send_mail(str(cafe.tenant.pk), str(mail.pk))

    assert len(sent.outbox) == 1


def test_what_was_sent_is_forgotten(cafe, queue_one, queue):
    with cafe.scope():
        mail = queue_one()
    send_mail(str(cafe.tenant.pk), str(mail.pk))

    with cafe.scope():
        mail.refresh_from_db()
    assert (mail.recipient, mail.recipient_index) == ("", "")
    assert (mail.subject, mail.body) == ("", "")
    assert mail.finished_at is not None


def test_a_mail_of_the_platform_itself_goes_out_too(db, queue_one, queue):
    mail = queue_one()

    send_mail("", str(mail.pk))

    assert len(sent.outbox) == 1


def test_an_attachment_is_taken_from_the_file_storage(cafe, queue_one, queue):
    with cafe.scope():
        name = default_storage.save(f"{folder()}/letter.pdf", ContentFile(b"%PDF-"))
        mail = queue_one(attachments=[("letter.pdf", name)])

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    assert sent.outbox[0].attachments[0][:2] == ("letter.pdf", b"%PDF-")


def test_a_server_that_is_away_is_tried_again_later(cafe, queue_one, queue, monkeypatch):
    with cafe.scope():
        mail = queue_one()
    monkeypatch.setattr(EmailMessage, "send", _raise(ConnectionRefusedError()))

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    with cafe.scope():
        mail.refresh_from_db()
    assert mail.finished_at is None
    assert mail.last_error == "ConnectionRefusedError"
    assert mail.recipient == ADDRESS


def test_a_mail_that_no_key_opens_is_given_up_and_seen(cafe, queue_one, queue):
    with cafe.scope():
        mail = queue_one()
        damaged(mail, "recipient")

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    with cafe.scope():
        given_up = OutgoingMail.objects.get(pk=mail.pk)
    assert given_up.gave_up
    assert given_up.last_error == "unreadable"
    assert sent.outbox == []


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (smtplib.SMTPRecipientsRefused({}), 1),
        (ConnectionRefusedError(), GIVE_UP_AFTER),
    ],
)
def test_what_cannot_be_delivered_is_given_up_and_seen(
    cafe, queue_one, queue, monkeypatch, error, tries
):
    with cafe.scope():
        mail = queue_one()
        OutgoingMail.objects.filter(pk=mail.pk).update(attempts=tries - 1)
    monkeypatch.setattr(EmailMessage, "send", _raise(error))

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    with cafe.scope():
        mail.refresh_from_db()
    assert mail.gave_up
    assert mail.body == ""


def test_a_lost_wake_up_call_is_made_up_for_by_the_sweep(cafe, queue_one, queue):
    with cafe.scope():
        mail = queue_one()
    queue.clear()

    sweep()

    assert ("mail.send", str(cafe.tenant.pk), str(mail.pk)) in queue


def test_the_neighbour_does_not_see_it(cafe, dentist, queue_one, queue):
    with cafe.scope():
        queue_one()

    with dentist.scope():
        assert not OutgoingMail.objects.exists()
    with platform_scope("a test counts mails"):
        assert OutgoingMail.objects.filter(recipient_index=mail_index(ADDRESS)).count() == 1


def _raise(error):
    def send(self, fail_silently=False):
        raise error

    return send
