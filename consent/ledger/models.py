"""The ledger: what people agreed to, refused, were shown, and withdrew."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import (
    BlindIndexField,
    EncryptedTextField,
    blind_indexes,
)
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.isolation.statements import WrittenOnce
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    Kept,
    PersonalData,
    YearsAfterEndOfYear,
)
from consent.texts.models import TextVersion


class ConsentQuerySet(models.QuerySet["ConsentRecord"]):
    def about(self, identifier: str) -> Self:
        """The records on the person with this e-mail address or platform id, exactly."""
        digests = blind_indexes(identifier.strip().lower(), purpose="identity")
        identities = ConsentIdentity.objects.filter(identifier_index__in=digests)
        return self.filter(subject_id__in=identities.values("subject_id"))


def _ended_at(record: "ConsentRecord") -> datetime | None:
    """From when on a record is only proof: the purpose's last word, unless that still holds."""
    same = ConsentRecord.objects.filter(subject_id=record.subject_id, purpose=record.purpose)
    last = same.latest("given_at", "id")
    is_held = last.decision == ConsentRecord.Decision.GRANTED
    if is_held and ConsentIdentity.objects.filter(subject_id=record.subject_id).exists():
        return None
    return last.given_at


class ConsentRecord(TenantModel):
    """One fact about one purpose, never changed; a withdrawal is a record of its own.

    It names nobody: the person is in ``ConsentIdentity``, which erasure can remove while the
    record stays as proof that somebody agreed (Arts. 7(1), 17(3)(e) GDPR).
    """

    class Decision(models.TextChoices):
        SHOWN = "shown", _("shown")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Source(models.TextChoices):
        SIGNUP = "signup", _("sign-up")
        BOT = "bot", _("bot")
        TOOL = "tool", _("conversion tool")

    class Purpose(models.TextChoices):
        TERMS = "terms", _("terms of use")
        NEWSLETTER = "newsletter", _("newsletter")
        THIRD_PARTY = "third_party", _("storage at third parties")
        CHAT = "chat", _("opening the chat")
        NOTICE = "notice", _("notice: this is a bot")

    class Controller(models.TextChoices):
        TENANT = "tenant", _("you")
        PLATFORM = "platform", "ChatBo"

    subject_id = models.UUIDField(default=new_id)
    """A pseudonym, the same in all records on one person; leads to the identity, if any."""
    purpose = models.CharField(max_length=20, choices=Purpose)
    decision = models.CharField(max_length=10, choices=Decision)
    source = models.CharField(max_length=10, choices=Source)
    controller = models.CharField(max_length=10, choices=Controller)
    place = models.CharField(max_length=120, blank=True)
    """Where, in the tenant's words: the bot's or the tool's name."""
    text_version = models.ForeignKey(TextVersion, on_delete=models.PROTECT)
    network = models.CharField(max_length=45, blank=True)
    """The network address, shortened (last octet or last 80 bits zero)."""
    given_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    written_once: ClassVar = WrittenOnce(deletable=True)
    audit_target: ClassVar = Target(_("Consent record"))
    personal_data: ClassVar = PersonalData(
        subject="ledger.ConsentIdentity",
        match={"subject_id": "subject_id"},
        holds={
            "decision": Category.CONSENT,
            "place": Category.CONSENT,
            "network": Category.NETWORK,
        },
        facts=Category.CONSENT,
        end=Kept(
            ground=_("proof of consent"),
            law=_("Arts. 7(1), 17(3)(e) GDPR; secs. 195, 199 BGB"),
            until=YearsAfterEndOfYear(3, _("of the withdrawal, refusal or erasure"), _ended_at),
        ),
        export="consents",
    )

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [
            models.Index(fields=["tenant_id", "-given_at", "-id"], name="consent_newest"),
            models.Index(
                fields=["tenant_id", "decision", "-given_at", "-id"],
                name="consent_decision_newest",
            ),
            models.Index(fields=["tenant_id", "subject_id"], name="consent_of_person"),
        ]


class ConsentIdentity(TenantModel):
    """Who is behind a pseudonym of the ledger. Erasure deletes it; the records stay."""

    subject_id = models.UUIDField()
    person_id = models.UUIDField()
    """The subscriber or user it stands for."""
    identifier = EncryptedTextField()
    identifier_index = BlindIndexField(
        purpose="identity", value=lambda row: row.identifier.strip().lower()
    )

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"person_id": "id"},
        holds={
            "identifier": Category.IDENTIFIER,
            "identifier_index": Category.IDENTIFIER,
        },
        withheld={"identifier_index": "A keyed digest of the identifier, which is given out."},
        end=Deleted(),
        export="links_to_consents",
        besides={"subject_id": "The pseudonym; the records under it go out by themselves."},
    )

    class Meta:
        verbose_name_plural = _("links to records of consent")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "person_id"], name="identity_once"),
            models.UniqueConstraint(fields=["tenant_id", "subject_id"], name="identity_subject"),
        ]
        indexes = [models.Index(fields=["tenant_id", "identifier_index"], name="identity_lookup")]
