"""Meta's requests to ChatBo itself: each may concern several businesses, or none."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField, blind_indexes
from chatbo.foundation.isolation.ids import new_code, new_id
from chatbo.foundation.isolation.statements import Shared
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, PersonalData
from consent.erasure.models import WARN_BEFORE

GENUINE_FOR = timedelta(days=7)
"""How long after it was signed Meta's request is taken; so long the same one is recognised."""


class ErasureRequestQuerySet(JobQuerySet["ErasureRequest"]):
    def about(self, app_scoped_id: str) -> Self:
        """Those on one person, while they are not carried out."""
        return self.unfinished().filter(
            person_index__in=blind_indexes(app_scoped_id, purpose="meta-person")
        )

    def overdue(self) -> Self:
        """Not carried out although the law's month is over."""
        return self.unfinished().filter(due_at__lt=timezone.now())

    def soon_due(self) -> Self:
        """Not carried out, and due within a week or already."""
        return self.unfinished().filter(due_at__lt=timezone.now() + WARN_BEFORE)

    def failing(self) -> Self:
        """Meta refused, or it was tried often and in vain: somebody has to look."""
        return self.unfinished().exclude(failed_at=None)


class ErasureRequest(Job):
    """That Meta told us of one person, by its number of them, and what became of it (Art. 17).

    It names no business. Its parts are the businesses' erasures: each lies behind its own
    business's wall, and is found by its code alone, as by whoever holds that code.
    """

    class Origin(models.TextChoices):
        DELETION = "deletion", _("Meta's deletion request")
        DEAUTHORIZATION = "deauthorization", _("ChatBo removed at Facebook")
        IMPORTED = "imported", _("Meta's list of missed requests")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "being looked up")
        DONE = "done", pgettext_lazy("request", "passed on")
        NOTHING = "nothing", pgettext_lazy("request", "nothing was stored")
        CLOSED = "closed", pgettext_lazy("request", "closed: Meta does not know the number")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True, default=new_code)
    origin = models.CharField(_("origin"), max_length=20, choices=Origin)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    app_scoped_id = EncryptedTextField(blank=True)
    """Facebook's number of the person for our app; dropped when nothing is left to do with it."""
    person_index = BlindIndexField(
        purpose="meta-person", value=lambda row: row.app_scoped_id, blank=True
    )
    signed_index = BlindIndexField(purpose="signed-request", gone_within=GENUINE_FOR, blank=True)
    """Recognises the same signed request when Meta, or somebody else, sends it again."""
    # The database refuses to delete a policy as it is.
    policy = models.ForeignKey(
        "erasure.ErasurePolicy", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """What was promised when it was asked for; its parts are carried out under it."""
    parts = models.JSONField(default=list)
    """The codes of the businesses' erasures."""
    connections = models.PositiveSmallIntegerField(default=0)
    """How many accounts' connections with Facebook were removed."""
    due_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    """Since when somebody has to look; a try that succeeds takes it back."""
    warned_at = models.DateTimeField(null=True)
    """When the alarm was raised that it is due soon and not done; once."""

    LEASE: ClassVar = timedelta(minutes=2)

    objects = ErasureRequestQuerySet.as_manager()

    isolation: ClassVar = Shared(
        "Asked of ChatBo by Meta, before it is known whom it concerns; it names no business."
    )
    audit_target: ClassVar = Target(_("Request through Meta"))
    personal_data: ClassVar = PersonalData(
        subject="erasure.ErasureRequest",
        match={"id": "id"},
        holds={
            "app_scoped_id": Category.IDENTIFIER,
            "person_index": Category.IDENTIFIER,
            "signed_index": Category.IDENTIFIER,
            "code": Category.CONSENT,
        },
        withheld={
            "person_index": "A keyed digest of Facebook's number, which is given out.",
            "signed_index": "A keyed digest of what Meta signed.",
        },
        facts=Category.CONSENT,
        end=Blanked(
            fields={"app_scoped_id": "", "person_index": ""},
            reason="What became of a request is told to whoever holds its code.",
        ),
        export="requests_through_meta",
        besides={"parts": "Codes of the businesses' erasures: random letters."},
    )

    class Meta:
        verbose_name = _("request through Meta")
        verbose_name_plural = _("requests through Meta")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person_index", "origin"],
                condition=models.Q(finished_at=None),
                name="request_one_under_way",
            ),
            models.UniqueConstraint(
                fields=["signed_index", "origin"],
                condition=~models.Q(signed_index=""),
                name="request_signed_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], name="request_due", condition=models.Q(finished_at=None)
            )
        ]
