"""Completed means: sealed file stored, hash recorded, both mails queued. Or nothing."""

import concurrent.futures
import resource
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from chatbo.foundation.documents.verify import verify_pdf
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.sweep import sweep
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.tasks import send_mail
from dpa.contracts import files
from dpa.contracts.errors import IllegalTransitionError
from dpa.contracts.models import Contract, Signature
from dpa.contracts.reading import agreement_in_force
from dpa.contracts.sealing import retry_sealing
from dpa.contracts.tasks import seal
from tests.dpa.contracts.conftest import sign

pytestmark = pytest.mark.django_db


def run(contract: Contract) -> None:
    seal(str(contract.tenant_id), str(contract.pk))


def fresh(contract: Contract) -> Contract:
    with tenant_scope(contract.tenant_id):
        return Contract.objects.get(pk=contract.pk)


def mails(contract: Contract) -> list[OutgoingMail]:
    with tenant_scope(contract.tenant_id):
        return sorted(OutgoingMail.objects.all(), key=lambda mail: mail.recipient)  # encrypted


def draft_of(contract: Contract) -> Path:
    """Where the draft lies on the disk."""
    with tenant_scope(contract.tenant_id):
        return Path(default_storage.path(contract.draft_file))


def due_now(contract: Contract) -> None:
    with tenant_scope(contract.tenant_id):
        Contract.objects.filter(pk=contract.pk).update(not_before=contract.countersigned_at)


def test_both_seals_validate_and_the_draft_is_the_files_beginning(
    countersigned: Any, cafe: Any
) -> None:
    run(countersigned)

    contract = fresh(countersigned)
    assert contract.state == Contract.State.COMPLETED
    with tenant_scope(contract.tenant_id):
        pdf = files.fetch(contract.sealed_file, contract.sealed_sha256)
        draft = files.fetch(contract.draft_file, contract.draft_sha256)
    assert pdf.startswith(draft)
    report = verify_pdf(pdf)
    assert [s.field for s in report.signatures] == ["controller", "processor"]
    assert [s.name for s in report.signatures] == ["Maria Beispiel", "Alex Admin"]
    assert all(s.intact and s.ours for s in report.signatures)
    assert report.signatures[0].certifies
    assert not report.problems
    with cafe.scope():
        assert agreement_in_force(cafe.tenant.pk) == contract


def test_both_get_the_very_file_by_mail(
    countersigned: Any, cafe: Any, admin: Any, mailoutbox: Any
) -> None:
    run(countersigned)

    contract = fresh(countersigned)
    queued = mails(contract)
    assert [mail.recipient for mail in queued] == sorted([admin.email, cafe.owner.email])
    for mail in queued:
        send_mail(str(mail.tenant_id), str(mail.pk))
    assert len(mailoutbox) == 2
    for message in mailoutbox:
        (attachment,) = message.attachments
        assert attachment.filename == f"{contract.number}.pdf"
        assert files.sha256(attachment.content) == contract.sealed_sha256


def test_before_it_is_completed_nothing_is_in_force(countersigned: Any, cafe: Any) -> None:
    with cafe.scope():
        assert agreement_in_force(cafe.tenant.pk) is None


def test_a_broken_key_completes_nothing_and_the_retry_does(
    countersigned: Any, settings: Any
) -> None:
    key, settings.SEAL_KEY = settings.SEAL_KEY, "no key"

    run(countersigned)

    failed = fresh(countersigned)
    assert failed.state == Contract.State.COUNTERSIGNED
    assert failed.last_error == "SealKeyError"
    assert failed.not_before > countersigned.not_before
    assert not failed.sealed_file
    assert mails(countersigned) == []
    with platform_scope("test"):
        assert list(Contract.objects.all().failing()) == [failed]

    settings.SEAL_KEY = key
    due_now(failed)
    run(failed)
    run(failed)

    assert fresh(failed).state == Contract.State.COMPLETED
    assert len(mails(failed)) == 2


def test_a_full_disk_completes_nothing_and_the_retry_does(countersigned: Any) -> None:
    folder = draft_of(countersigned).parent
    draft_size = draft_of(countersigned).stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The kernel refuses the sealed file's last bytes, from root too.
    resource.setrlimit(resource.RLIMIT_FSIZE, (draft_size, limits[1]))
    try:
        run(countersigned)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    failed = fresh(countersigned)
    assert (failed.state, mails(failed)) == (Contract.State.COUNTERSIGNED, [])
    assert failed.last_error == "OSError"
    assert [file.stem for file in folder.iterdir()] == [countersigned.draft_sha256]

    due_now(failed)
    run(failed)
    assert fresh(failed).state == Contract.State.COMPLETED
    assert len(mails(failed)) == 2


def test_a_draft_that_changed_on_disk_is_never_sealed(countersigned: Any) -> None:
    path = draft_of(countersigned)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"%")

    run(countersigned)

    assert fresh(countersigned).last_error == "AlteredFileError"


def test_mails_that_cannot_be_queued_leave_the_state_and_no_file(
    countersigned: Any, settings: Any
) -> None:
    settings.FIELD_KEYS = ["broken"]  # the mail's recipient cannot be encrypted

    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever the outbox raises)
        run(countersigned)

    failed = fresh(countersigned)
    assert failed.state == Contract.State.COUNTERSIGNED
    assert failed.last_error
    folder = draft_of(countersigned).parent
    assert [file.stem for file in folder.iterdir()] == [countersigned.draft_sha256]


def test_the_sweep_finds_what_a_killed_worker_left(countersigned: Any, queue: list[Any]) -> None:
    with tenant_scope(countersigned.tenant_id):
        assert Contract.objects.claim(countersigned.pk)
    queue.clear()
    sweep()
    assert queue == []  # somebody seems to be at it

    with tenant_scope(countersigned.tenant_id):
        Contract.objects.filter(pk=countersigned.pk).update(
            lease_until=countersigned.countersigned_at
        )
    sweep()
    assert queue == [("contracts.seal", str(countersigned.tenant_id), str(countersigned.pk))]


def test_drafts_and_signed_contracts_are_no_work(signed: Any, queue: list[Any]) -> None:
    run(signed)
    queue.clear()
    sweep()

    assert queue == []
    assert fresh(signed).state == Contract.State.SIGNED


def test_retrying_is_for_admins_and_for_what_waits(
    countersigned: Any, admin: Any, cafe: Any, queue: list[Any], commit: Any
) -> None:
    queue.clear()
    with commit(), platform_scope("test"):
        retry_sealing(countersigned, admin=admin)
    assert len(queue) == 1

    run(countersigned)
    with platform_scope("test"), pytest.raises(IllegalTransitionError):
        retry_sealing(countersigned, admin=admin)


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_press_at_once_one_signs(drafted: Any, cafe: Any) -> None:
    def press() -> str:
        try:
            with cafe.scope():
                sign(drafted, cafe.owner)
        except IllegalTransitionError:
            return "late"
        finally:
            connection.close()
        return "signed"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [f.result() for f in [pool.submit(press), pool.submit(press)]]

    assert sorted(results) == ["late", "signed"]
    with cafe.scope():
        assert Signature.objects.count() == 1
