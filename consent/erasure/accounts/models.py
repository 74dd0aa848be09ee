"""The end of an account: a job of the platform, which names nobody once it is done."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation.ids import new_code, new_id
from chatbo.foundation.isolation.statements import Shared
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, PersonalData
from consent.erasure.models import WARN_BEFORE


class AccountEndingQuerySet(JobQuerySet["AccountEnding"]):
    def overdue(self) -> Self:
        """Not carried out although the law's month is over."""
        return self.filter(deleted_at=None, due_at__lt=timezone.now())

    def soon_due(self) -> Self:
        """Not carried out, and due within a week or already."""
        return self.filter(deleted_at=None, due_at__lt=timezone.now() + WARN_BEFORE)

    def failing(self) -> Self:
        """Tried often and in vain: somebody has to look."""
        return self.unfinished().exclude(failed_at=None)


class AccountEnding(Job):
    """That somebody ends their account, and how far that has got.

    No ``ErasureRequest``, which is Meta's and whose parts are erasures of businesses' subscribers:
    here ChatBo is the controller, and the rows lie in many businesses at once. The address for the
    last mail is held here alone, used once after the deletion is committed, then dropped.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("end of an account", "being carried out")
        DELETED = "deleted", pgettext_lazy("end of an account", "deleted, being confirmed")
        TOLD = "told", pgettext_lazy("end of an account", "deleted and confirmed")
        UNTOLD = "untold", pgettext_lazy("end of an account", "deleted, mail not deliverable")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True, default=new_code)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    user_id = models.UUIDField(null=True, unique=True)
    """Whose; no foreign key, and nothing once the account is deleted."""
    address = EncryptedTextField(blank=True)
    language = models.CharField(max_length=5)
    # The database refuses to delete a policy as it is.
    policy = models.ForeignKey(
        "erasure.ErasurePolicy", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """What was promised when it was asked for."""
    steps = models.JSONField(default=dict)
    """What is done, each step with its time (``carrying_out``)."""
    businesses = models.JSONField(default=list)
    """The numbers of those in which everything is done; dropped with the account."""
    counts = models.JSONField(default=dict)
    """How many rows went, by model label."""
    kept = models.JSONField(default=dict)
    """How many rows stay on a ground of law, by model label."""
    certificate = models.JSONField(null=True)
    """What was done, signed by the platform (``certificates``)."""
    due_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    """Since when it is tried in vain; a step that succeeds takes it back."""
    warned_at = models.DateTimeField(null=True)
    """When the alarm was raised that it is due soon and not done; once."""

    LEASE: ClassVar = timedelta(minutes=2)
    """For one business; each takes a new one."""

    objects = AccountEndingQuerySet.as_manager()

    isolation: ClassVar = Shared("The platform's own: an account belongs to no business.")
    audit_target: ClassVar = Target(_("End of an account"))
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"user_id": "id"},
        holds={
            "address": Category.CONTACT,
            "language": Category.USAGE,
            "code": Category.CONSENT,
        },
        facts=Category.CONSENT,
        end=Blanked(
            fields={"user_id": None, "businesses": []},
            reason="The job confirms the deletion and drops the address itself.",
        ),
        export="ends_of_the_account",
        besides={
            "steps": "Names of steps and their times.",
            "businesses": "The numbers of businesses that are done.",
            "counts": "How many rows went.",
            "kept": "How many rows stay.",
            "certificate": "Numbers, times and grounds of law, signed.",
        },
    )

    class Meta:
        verbose_name = _("end of an account")
        verbose_name_plural = _("ends of the account")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["not_before"], name="account_ending_due", condition=Q(finished_at=None)
            )
        ]
