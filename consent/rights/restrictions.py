"""What a person has demanded besides erasure: that data are only stored, or said more fully."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, Deleted, PersonalData
from consent.rights.by_hand.models import RightsRequest
from tenants.bots.models import Subscriber

LONGEST_NOTE = 500
LONGEST_STATEMENT = 2000
"""Characters."""


class RestrictionQuerySet(JobQuerySet["Restriction"]):
    def due(self) -> Self:
        """Those that are being lifted: as long as one is in force, there is nothing to do."""
        return super().due().filter(state=Restriction.State.LIFTING)

    def untold(self) -> Self:
        """Those of which the chat could not tell the person that they end: the business has to."""
        return self.filter(state=Restriction.State.UNTOLD)


class Restriction(TenantModel, Job):
    """That a person's data are stored and not used, from when, why, and until when (Art. 18 GDPR).

    ``Subscriber.restricted_at`` says so to the rooms below. The row is the job of lifting it as
    well: the person is told first (Art. 18(3)), in the chat by the room above, or by the business
    in another way, which it notes. The database lifts none of which neither is known.
    """

    class Ground(models.TextChoices):
        """Art. 18(1) GDPR, letter by letter."""

        ACCURACY = "accuracy", _("the person contests that the data are correct")
        UNLAWFUL = "unlawful", _("the processing is unlawful, and the person opposes the erasure")
        CLAIMS = "claims", _("you no longer need the data, but the person does, for legal claims")
        OBJECTION = "objection", _("the person has objected, and it is not yet clear who prevails")

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        LIFTING = "lifting", _("the person is being told that it ends")
        UNTOLD = "untold", _("in force: the person could not be told that it ends")
        LIFTED = "lifted", _("lifted")

    subscriber = TenantForeignKey(Subscriber, on_delete=models.CASCADE, related_name="restrictions")
    ground = models.CharField(_("ground"), max_length=9, choices=Ground)
    note = EncryptedTextField(_("note"), blank=True)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.IN_FORCE)
    set_by_id = models.UUIDField(null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lift_asked_by_id = models.UUIDField(null=True)
    message_id = models.UUIDField(null=True)
    """The message that tells the person; it is sent like every other."""
    told_at = models.DateTimeField(null=True)
    """When the platform took the message; on the web chat, when the person's chat loaded it."""
    untold = models.CharField(max_length=60, blank=True)
    """The platform's code of why the person could not be told in the chat, the last time."""
    untold_at = models.DateTimeField(null=True)
    told_way = models.CharField(_("How?"), max_length=9, choices=RightsRequest.Way, blank=True)
    """How the business told them, where the chat did not."""
    told_on = models.DateField(null=True)
    told_note = EncryptedTextField(blank=True)
    lifted_at = models.DateTimeField(null=True)

    objects = RestrictionQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Restriction of processing"))
    personal_data: ClassVar = (
        PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={"note": Category.CONTENT, "told_note": Category.CONTENT},
            end=Deleted(),
            export="restrictions",
            besides={
                "set_by_id": "Who of the business restricted it.",
                "lift_asked_by_id": "Who of the business had it lifted.",
                "message_id": "Which of the messages, which are given out.",
                "untold": "The platform's code.",
            },
        ),
        PersonalData(
            subject="accounts.User",
            match={"set_by_id": "id"},
            end=Blanked(
                fields={"set_by_id": None}, reason="The restriction is the person's whom it is for."
            ),
            export="restrictions_set",
            besides={
                "subscriber": "Whose data are restricted: another person's.",
                "note": "About another person.",
                "told_note": "About another person.",
            },
        ),
        PersonalData(
            subject="accounts.User",
            match={"lift_asked_by_id": "id"},
            end=Blanked(
                fields={"lift_asked_by_id": None},
                reason="The restriction is the person's whom it is for.",
            ),
            export="restrictions_lifted",
            besides={
                "subscriber": "Whose data are restricted: another person's.",
                "note": "About another person.",
                "told_note": "About another person.",
            },
        ),
    )

    class Meta:
        verbose_name = _("restriction of processing")
        verbose_name_plural = _("restrictions of processing")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "subscriber"],
                condition=models.Q(finished_at=None),
                name="restriction_one_in_force",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lifted")
                | models.Q(told_at__isnull=False)
                | ~models.Q(told_way=""),
                name="restriction_lifted_is_told",
            ),
            models.CheckConstraint(
                condition=models.Q(told_way="", told_on=None)
                | models.Q(~models.Q(told_way=""), told_on__isnull=False),
                name="restriction_told_otherwise_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="restriction_to_be_lifted",
                condition=models.Q(state="lifting"),
            ),
            models.Index(fields=["tenant_id", "subscriber"], name="restriction_of_person"),
        ]


class SupplementaryStatement(TenantModel):
    """What a person has added to what was said, which itself stays as it was (Art. 16 GDPR)."""

    subscriber = TenantForeignKey(Subscriber, on_delete=models.CASCADE, related_name="statements")
    text = EncryptedTextField(_("statement"))
    at = models.DateTimeField(auto_now_add=True)
    added_by_id = models.UUIDField(null=True)

    audit_target: ClassVar = Target(_("Supplementary statement"))
    personal_data: ClassVar = (
        PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={"text": Category.CONTENT},
            end=Deleted(),
            export="supplementary_statements",
            besides={"added_by_id": "Who of the business entered it."},
        ),
        PersonalData(
            subject="accounts.User",
            match={"added_by_id": "id"},
            end=Blanked(
                fields={"added_by_id": None}, reason="The statement is the person's whose it is."
            ),
            export="supplementary_statements_entered",
            besides={
                "subscriber": "Whose statement it is: another person's.",
                "text": "Another person's words.",
            },
        ),
    )

    class Meta:
        verbose_name = _("supplementary statement")
        verbose_name_plural = _("supplementary statements")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["tenant_id", "subscriber"], name="statement_of_person")]
