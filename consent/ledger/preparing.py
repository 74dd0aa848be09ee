"""Long exports: asked for once, made in the background, kept for a week."""

import hashlib
import tempfile
from contextlib import suppress
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.files import folder
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from consent.ledger.errors import NotWantedAnyMoreError
from consent.ledger.export_models import ConsentExport, a_week_from_now
from consent.ledger.selecting import Selection
from consent.ledger.writing import Wish, count_of, pieces_of
from tenants.accounts.models import Membership, Tenant, User

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="ledger.ConsentIdentity",
        holds={"records": Category.CONSENT, "network": Category.NETWORK},
        end="After a week at the latest. Under pseudonyms: erasure takes away what leads to them.",
        export="consents",
    ),
)

State = ConsentExport.State
FOLDER = "consent-exports"
WRITTEN_WITHIN = timedelta(hours=1)
"""A file that no row names yet may still be one that is being written, for so long."""


@transaction.atomic
def ask_for_export(
    form: ConsentExport.Form, selection: Selection, *, user: User, language: str
) -> ConsentExport:
    """Have a file prepared, in the tenant's scope. While it is being made, asking twice is once.

    Raises ``ValueError`` for one person's records: those come at once and are kept nowhere.
    """
    if selection.person:
        raise ValueError("what is about one person is not kept")
    asked = "" if form == ConsentExport.Form.EVERYTHING else selection.asked
    export, is_new = ConsentExport.objects.get_or_create(
        form=form,
        asked=asked,
        language=language,
        state=State.ASKED,
        defaults={"asked_by_id": user.pk},
    )
    if is_new:
        note("consents.export_asked", target=export, details={"kind": form.value})
        _wake(export)
    return export


@transaction.atomic
def retry_export(export: ConsentExport) -> ConsentExport:
    """Try again what failed. Where the same is being made already, that one is given back."""
    export = ConsentExport.objects.select_for_update().get(pk=export.pk)
    if export.state != State.FAILED:
        return export
    twin = ConsentExport.objects.filter(
        form=export.form, asked=export.asked, language=export.language, state=State.ASKED
    ).first()
    if twin:
        return twin
    export.state = State.ASKED
    export.attempts = export.done = 0
    export.last_error = ""
    export.finished_at = None
    export.not_before = timezone.now()
    export.expires_at = a_week_from_now()
    export.save()
    note("consents.export_asked", target=export, details={"kind": export.form})
    _wake(export)
    return export


@transaction.atomic
def drop_export(export: ConsentExport) -> None:
    """Take the wish back, or the file away. A worker that is at it notices, and stops."""
    note("consents.export_dropped", target=export, details={"kind": export.form})
    ConsentExport.objects.filter(pk=export.pk).delete()


def make_export(export: ConsentExport) -> None:
    """Write the file of a claimed export, and keep it.

    Opens the tenant's scope for each piece, so that nothing stays open while it is written. Killed
    at any point, nothing is kept, and the next worker begins anew. Raises
    ``NotWantedAnyMoreError`` once the row is gone or in other hands, ``TooManyForPaperError``,
    ``DocumentError`` or ``OSError``.
    """
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as file, translation.override(export.language):
        with tenant_scope(export.tenant_id):
            wish = _wish(export)
            pieces = pieces_of(wish)
            _hold(export, total=count_of(wish), done=0)
        done = 0
        while True:
            with tenant_scope(export.tenant_id):
                piece = next(pieces, None)
                if piece is None:
                    break
                done += piece.records
                _hold(export, done=done)
            file.write(piece.content)
            digest.update(piece.content)
        size = file.tell()
        file.seek(0)
        _keep(export, file, size=size, sha256=digest.hexdigest())


def open_export(export: ConsentExport) -> IO[bytes]:
    """The file of an export that is ready, in its tenant's scope. Raises ``FileNotFoundError``."""
    opened: IO[bytes] = default_storage.open(export.file)
    return opened


def drop_what_is_over() -> None:
    """In the tenant's scope: drop what has had its time, and files that no row names."""
    ConsentExport.objects.filter(expires_at__lte=timezone.now()).delete()
    named = set(ConsentExport.objects.values_list("file", flat=True))
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(f"{folder()}/{FOLDER}")[1]:
            place = f"{folder()}/{FOLDER}/{name}"
            age = timezone.now() - default_storage.get_modified_time(place)
            if place not in named and age > WRITTEN_WITHIN:
                default_storage.delete(place)


def _wake(export: ConsentExport) -> None:
    from consent.ledger.tasks import prepare

    transaction.on_commit(lambda: prepare.delay(str(export.tenant_id), str(export.pk)), robust=True)


def _wish(export: ConsentExport) -> Wish:
    asking = _asking(export)
    return Wish(
        form=ConsentExport.Form(export.form),
        selection=Selection(export.asked),
        tenant=Tenant.objects.get(pk=export.tenant_id),
        at=timezone.now(),
        by=asking.name if asking else "",
    )


def _asking(export: ConsentExport) -> User | None:
    """Whoever asked, unless their account has ended since."""
    who = export.asked_by_id
    return User.objects.filter(pk=who).first() if who else None


def _hold(export: ConsentExport, **facts: int) -> None:
    """Note how far it is, and hold on to it. Raises ``NotWantedAnyMoreError``."""
    if not ConsentExport.objects.keep_hold_of(export, **facts):
        raise NotWantedAnyMoreError


def _keep(export: ConsentExport, file: IO[bytes], *, size: int, sha256: str) -> None:
    """The file first, then the row that names it: what no row names is swept away."""
    with tenant_scope(export.tenant_id):
        name = default_storage.save(
            f"{folder()}/{FOLDER}/{export.pk}-{export.attempts}.{export.form}", File(file)
        )
    with tenant_scope(export.tenant_id):
        kept = ConsentExport.objects.in_hands_of(export).update(
            state=State.READY,
            file=name,
            size=size,
            sha256=sha256,
            finished_at=timezone.now(),
            lease_until=None,
            last_error="",
            expires_at=a_week_from_now(),
        )
        if not kept:
            default_storage.delete(name)
            raise NotWantedAnyMoreError
        _tell(export)


def _tell(export: ConsentExport) -> None:
    """A mail to whoever asked, as long as they still belong to the business."""
    asking = _asking(export)
    if asking is None or not Membership.objects.filter(user_id=asking.pk).exists():
        return
    tenant = Tenant.objects.get(pk=export.tenant_id)
    address = reverse("ledger:prepared", args=[tenant.slug, export.pk])
    queue_mail(
        to=asking.email,
        template="consent/ledger/mail/export_ready",
        context={"tenant": tenant, "export": export, "url": f"{settings.BASE_URL}{address}"},
        language=export.language,
    )
