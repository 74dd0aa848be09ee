"""The end of a person's file: taken, replaced by a newer one, or its time is over."""

from django.core.files.storage import default_storage
from django.utils import timezone

from chatbo.foundation.isolation import directory
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.person_exports.models import KIND, PersonExport

declare_store(
    Medium.FILES, __name__, NoPersonalData("Only drops files; ``making`` writes and declares them.")
)


def end_export(export: PersonExport) -> None:
    """The file first, then what leads to it. In the tenant's scope; twice is once.

    The row stays until its time, without what opens anything: it counts how often somebody asked.
    """
    default_storage.delete(export.file)
    directory.forget_target(KIND, export.pk)
    export.state = PersonExport.State.OVER
    export.secret = ""
    export.held_until = None
    export.save(update_fields=["state", "secret", "held_until", "used_at"])


def drop_what_is_over() -> None:
    """In the tenant's scope: each row whose time is over, with its file."""
    for export in PersonExport.objects.filter(expires_at__lte=timezone.now()).iterator():
        default_storage.delete(export.file)
        PersonExport.objects.filter(pk=export.pk).delete()
