"""The ledger: what people agreed to, refused, were shown, and withdrew; and the tree over it.

Three tables, so that proof and erasure do not fight: the record (``ConsentRecord``), the identity
(``ConsentIdentity``), which erasure deletes, and the leaf (``Leaf``), which stays for ever.
"""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField, blind_indexes
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.isolation.statements import Shared, Walled, WrittenOnce
from chatbo.foundation.network import shortened
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    Kept,
    NoPersonalData,
    PersonalData,
    YearsAfterEndOfYear,
)
from consent.ledger.leaves import SALT
from consent.ledger.pseudonyms import as_pseudonym
from consent.ledger.weighing import what_stands
from consent.texts.models import TextVersion


def new_salt() -> bytes:
    return secrets.token_bytes(SALT)


class ConsentQuerySet(models.QuerySet["ConsentRecord"]):
    def about(self, identifier: str) -> Self:
        """The records on the person with this e-mail address or platform id, exactly.

        All of them, also those from when the person had another one (``ConsentIdentity``). Or
        with this pseudonym, which has records also when nobody stands behind it any more.
        """
        digests = blind_indexes(identifier.strip().lower(), purpose="identity")
        pseudonym = as_pseudonym(identifier)
        under_it = models.Q(subject_id=pseudonym) if pseudonym else models.Q(pk__in=[])
        found = ConsentIdentity.objects.filter(models.Q(identifier_index__in=digests) | under_it)
        same = ConsentIdentity.objects.filter(person_id__in=found.values("person_id"))
        return self.filter(under_it | models.Q(subject_id__in=same.values("subject_id")))

    def of_person(self, person_id: uuid.UUID) -> Self:
        """The records on this user or subscriber, the newest first, each with its text."""
        return self._newest_of(ConsentIdentity.objects.filter(person_id=person_id))

    def beside(self, record: "ConsentRecord") -> Self:
        """The records on the same person, this one among them, as ``of_person`` has them."""
        same = ConsentIdentity.objects.filter(subject_id=record.subject_id)
        found = same.values_list("person_id", flat=True).first()
        if found is not None:
            return self.of_person(found)
        return (
            self.filter(subject_id=record.subject_id)
            .select_related("text_version")
            .order_by("-given_at", "-id")
        )

    def counted(self) -> Self:
        """Without what was set right, by whichever record of the business."""
        corrections = ConsentRecord.objects.filter(
            tenant_id=models.OuterRef("tenant_id"), corrects_id=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(corrections))

    def _newest_of(self, identities: models.QuerySet["ConsentIdentity"]) -> Self:
        found = self._under(identities)
        return found.select_related("text_version").order_by("-given_at", "-id")

    def _under(self, identities: models.QuerySet["ConsentIdentity"]) -> Self:
        return self.filter(subject_id__in=identities.values("subject_id"))


def _ended_at(record: "ConsentRecord") -> datetime | None:
    """From when on a record is only proof: the end of its consent; nothing, while that holds.

    What ended nothing, a refusal or something that was merely shown, is its own end. What was set
    right goes with the record that does so. As ``delete_due_consents()`` counts.
    """
    same = ConsentRecord.objects.filter(subject_id=record.subject_id, purpose=record.purpose)
    standing = what_stands(same.counted()).get(record.purpose)
    is_held = standing is not None and standing.decision == ConsentRecord.Decision.GRANTED
    if is_held and ConsentIdentity.objects.filter(subject_id=record.subject_id).exists():
        return None
    setting_right = ConsentRecord.objects.filter(corrects_id=record.pk)
    ends = [record.given_at, *setting_right.values_list("given_at", flat=True)]
    return max([*ends, standing.given_at] if standing else ends)


class ConsentRecord(TenantModel):
    """One fact about one purpose, never changed; a withdrawal is a record of its own.

    It names nobody: the person is in ``ConsentIdentity``, which erasure can remove while the
    record stays as proof that somebody agreed (Arts. 7(1), 17(3)(e) GDPR). Whatever is a column
    here is in the leaf's hash (``leaves.body_of``).
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
        PAGE = "page", _("page")

    class Purpose(models.TextChoices):
        TERMS = "terms", _("terms of use")
        NEWSLETTER = "newsletter", _("newsletter")
        THIRD_PARTY = "third_party", _("storage at third parties")
        PRIVACY = "privacy", _("privacy policy")
        CHAT = "chat", _("opening the chat")
        NOTICE = "notice", _("notice: this is a bot")

    class Controller(models.TextChoices):
        TENANT = "tenant", _("you")
        PLATFORM = "platform", "ChatBo"

    class Way(models.TextChoices):
        """How the decision was given."""

        TAP = "tap", _("by a tap in the chat")
        TICK = "tick", _("by a tick in a form that was sent")
        CLICK = "click", _("by a click on a button")
        LINK = "link", _("by the link in a confirmation mail")
        ERASURE = "erasure", _("by the erasure of the person's data")
        NONE = "", _("nothing was asked for")

    salt = models.BinaryField(max_length=SALT, default=new_salt)
    subject_id = models.UUIDField(default=new_id)
    """A pseudonym, the same in all records on one person; leads to the identity, if any."""
    purpose = models.CharField(max_length=20, choices=Purpose)
    decision = models.CharField(max_length=10, choices=Decision)
    source = models.CharField(max_length=10, choices=Source)
    controller = models.CharField(max_length=10, choices=Controller)
    place = models.CharField(max_length=120, blank=True)
    """Where, in the tenant's words: the bot's or the tool's name."""
    # The database refuses to delete a text as it is; a constraint besides would have writers of
    # the same text wait for each other, as each one locks its row.
    text_version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, db_constraint=False)
    language = models.CharField(max_length=5, default="de")
    form_sha256 = models.CharField(max_length=64, blank=True)
    """Of what was on the screen, word for word (``ShownForm``)."""
    way = models.CharField(max_length=10, choices=Way, blank=True)
    network = models.CharField(max_length=45, blank=True)
    """The network address as the controller chose (``network.kept_network``): nothing, shortened
    (last octet or last 80 bits zero), or in full."""
    shown_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    corrects_id = models.UUIDField(null=True)
    """The record that this one sets right; that one stays as it was."""

    objects = ConsentQuerySet.as_manager()

    written_once: ClassVar = WrittenOnce(ended_by="delete_due_consents()")
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
            until=YearsAfterEndOfYear(
                3,
                _("of the withdrawal, refusal, notice or erasure, or of a consent without a name"),
                _ended_at,
            ),
            # Those in which ChatBo itself is the controller: of its accounts' sign-up.
            outlives_business=models.Q(controller=Controller.PLATFORM),
        ),
        export="consents",
        besides={
            "salt": "For the tree's hash.",
            "language": "Of the text.",
            "form_sha256": "Of what everybody was shown.",
            "corrects_id": "Another record, which goes out by itself.",
        },
    )

    @property
    def is_step(self) -> bool:
        """Whether it is the tick of a double opt-in: a step on the way to a consent, and none.

        Until its link was used nothing was agreed to (BGH I ZR 164/09). Of a sign-up before that
        was so the tick says granted, for what was sealed stays.
        """
        return self.decision == self.Decision.SHOWN and self.way == self.Way.TICK

    @property
    def may_be_corrected(self) -> bool:
        """Whether the business may say that it is wrong: of what was agreed to towards itself."""
        return self.decision == self.Decision.GRANTED and self.controller == self.Controller.TENANT

    @property
    def is_network_shortened(self) -> bool:
        """Whether the address names a neighbourhood: what is left out of it is zero."""
        return self.network != "" and self.network == shortened(self.network)

    class Meta:
        verbose_name = _("record of consent")
        verbose_name_plural = _("records of consent")
        ordering = ["-given_at", "-id"]
        indexes = [
            # With what the page filters by: counting half a million looks into no record.
            models.Index(
                fields=["tenant_id", "-given_at", "-id"],
                include=["decision", "purpose", "source", "text_version"],
                name="consent_newest_narrowed",
            ),
            models.Index(
                fields=["tenant_id", "decision", "-given_at", "-id"], name="consent_decision_newest"
            ),
            models.Index(fields=["tenant_id", "subject_id"], name="consent_of_person"),
            models.Index(
                fields=["tenant_id", "corrects_id"],
                condition=~models.Q(corrects_id=None),
                name="consent_correcting",
            ),
        ]


class ConsentIdentity(TenantModel):
    """Who is behind a pseudonym of the ledger. Erasure deletes it; the records stay.

    One for each identifier that a person has had here: a leaf's hash is of the address that the
    record was made under, and goes on proving that one when the person takes another.
    """

    subject_id = models.UUIDField()
    person_id = models.UUIDField()
    """The subscriber or user it stands for."""
    identifier = EncryptedTextField()
    identifier_index = BlindIndexField(
        purpose="identity", value=lambda row: row.identifier.strip().lower()
    )
    salt = models.BinaryField(max_length=SALT, default=new_salt)
    """With it the leaves' hashes of the identity can be computed anew; gone, nobody can."""

    # Of whoever agreed: in a chat, or at the sign-up.
    personal_data: ClassVar = tuple(
        PersonalData(
            subject=subject,
            match={"person_id": "id"},
            holds={
                "identifier": Category.IDENTIFIER,
                "identifier_index": Category.IDENTIFIER,
            },
            withheld={
                "identifier_index": _("A keyed digest of the identifier, which is given out.")
            },
            end=Deleted(),
            export="links_to_consents",
            besides={
                "subject_id": "The pseudonym; the records under it go out by themselves.",
                "salt": "For the tree's hashes.",
            },
        )
        for subject in ("bots.Subscriber", "accounts.User")
    )

    class Meta:
        verbose_name = _("link to a record of consent")
        verbose_name_plural = _("links to records of consent")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "person_id", "identifier_index"],
                name="identity_once_an_address",
            ),
            models.UniqueConstraint(fields=["tenant_id", "subject_id"], name="identity_subject"),
        ]
        indexes = [models.Index(fields=["tenant_id", "identifier_index"], name="identity_lookup")]


class ShownForm(TenantModel):
    """What was on the screen when somebody decided, filled in and word for word; kept once."""

    sha256 = models.CharField(max_length=64)
    content = models.TextField()

    written_once: ClassVar = WrittenOnce(ended_by="delete_leaving_consents()")
    personal_data: ClassVar = NoPersonalData("What everybody was shown, before anybody decided.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "sha256"], name="shown_form_once")
        ]


class PendingLeaf(TenantModel):
    """A record's leaf until the next sealing; its ``id`` is the record's.

    Written with the record and gone with the sealing, so that a record that commits late is
    neither missed nor sealed twice.
    """

    hash = models.BinaryField(max_length=32)
    identity_hash = models.BinaryField(max_length=32)
    proof = models.BinaryField(max_length=32)
    """That the product itself wrote the record (``pending.prove``): no row that was put in
    past it is ever sealed."""
    refused_at = models.DateTimeField(null=True)

    personal_data: ClassVar = NoPersonalData("Hashes over salts that lie elsewhere.")

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(refused_at=None), name="pending_leaf_next"
            )
        ]


class Leaf(TenantModel):
    """A record's place in the tree, for ever; its ``id`` is the record's."""

    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    identity_hash = models.BinaryField(max_length=32)

    isolation: ClassVar = Walled(
        unique_across={"position": "One tree for all; the database hands out no position twice."}
    )
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("Hashes over salts that lie elsewhere.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position"], name="leaf_position_once")]


class EndedRecord(TenantModel):
    """That a record was deleted when its time had come, and not by anybody's hand.

    Its ``id`` is the record's. Without this row a missing record is an alarm.
    """

    note = models.TextField()
    """Signed by us (``ending``)."""

    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("The number of a record that is gone.")


class Tile(models.Model):
    """Up to 256 hashes of one level, side by side: what proofs are made of (C2SP tlog-tiles).

    Level 0 holds the leaves' hashes, level n the roots of the whole tiles below. It only grows.
    """

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    isolation: ClassVar = Shared("Hashes of all businesses' leaves; a proof needs its neighbours.")
    personal_data: ClassVar = NoPersonalData("Hashes over salts that lie elsewhere.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="tile_once")]


class TreeHead(models.Model):
    """The signed root over the first ``size`` leaves (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    isolation: ClassVar = Shared("Public: whoever checks a proof needs it.")
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("A hash and a signature of ours.")

    class Meta:
        get_latest_by = "size"


class PublishedKey(models.Model):
    """A public key that has signed: stays known when the ring no longer has it."""

    key = models.CharField(max_length=300, primary_key=True)
    """``name+number+base64`` (``foundation.signed_notes``)."""
    since = models.DateTimeField(default=timezone.now)

    isolation: ClassVar = Shared("Public: whoever checks a signature needs it.")
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("Public keys of ours.")


def new_receipt_secret() -> str:
    return secrets.token_hex(32)


class ReceiptKey(TenantModel):
    """What makes the addresses of a business's receipts unguessable: one row, and none a record.

    Encrypted like any secret, so a change of ``FIELD_KEYS`` renews the row and no address
    dies of it (``receipts``).
    """

    secret = EncryptedTextField(default=new_receipt_secret)

    personal_data: ClassVar = NoPersonalData(
        "A key of addresses; random.", besides={"secret": "Random, and nobody's."}
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="receipt_key_once")]


from consent.ledger.check_models import LedgerCheck  # noqa: E402, F401 (Django finds it here)
from consent.ledger.export_models import ConsentExport  # noqa: E402, F401 (Django finds it here)
