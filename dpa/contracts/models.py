"""Contracts, and the signatures on them."""

import datetime
from dataclasses import replace
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.isolation.statements import WrittenOnce
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Category, Kept, PersonalData, YearsAfterEndOfYear
from consent.texts.models import TextVersion
from tenants.accounts.models import Tenant


def _ended(row: "Contract | Signature") -> datetime.datetime | None:
    """Sent back, withdrawn, or over because the business has left ChatBo."""
    contract = row if isinstance(row, Contract) else row.contract
    business = Tenant.objects.filter(pk=contract.tenant_id).first()
    left_at = business.ended_at if business else None
    return contract.rejected_at or contract.withdrawn_at or left_at


KEPT = Kept(
    ground=_("a signed contract is kept by both parties"),
    law=_("sec. 257 HGB, sec. 147 AO, Art. 17(3)(b) GDPR"),
    until=YearsAfterEndOfYear(6, _("in which the contract ends"), _ended),
)
OF_SIGNED = replace(KEPT, outlives_business=Q(signed_at__isnull=False))


def new_number() -> str:
    """A number that can be read out on the telephone and tells nothing about other customers."""
    code = new_code(8).upper()
    return f"AVV-{timezone.localdate().year}-{code[:4]}-{code[4:]}"


class ContractQuerySet(JobQuerySet["Contract"]):
    def unfinished(self) -> Self:
        """Countersigned and not sealed yet: the only work that a contract's row stands for."""
        return super().unfinished().filter(state=Contract.State.COUNTERSIGNED)

    def completed(self) -> Self:
        return self.filter(state=Contract.State.COMPLETED)

    def open(self) -> Self:
        """Begun and neither completed nor ended: at most one a tenant."""
        return self.filter(state__in=Contract.OPEN)

    def to_review(self) -> Self:
        """Signed by the tenant; the oldest first."""
        return self.filter(state=Contract.State.SIGNED).order_by("signed_at")

    def failing(self) -> Self:
        """Those whose sealing has failed and is being tried again."""
        return self.unfinished().exclude(last_error="").order_by("countersigned_at")


class Contract(TenantModel, Job):
    """A data processing agreement with one tenant (Art. 28(3) GDPR), from draft to sealed PDF.

    The job columns are the sealing's: there is something to do while it is ``COUNTERSIGNED``.
    Which way it may go is in ``transitions``; the database refuses any other, and any change
    of words or data once it is signed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNED = "signed", _("in review")
        COUNTERSIGNED = "countersigned", _("being sealed")
        COMPLETED = "completed", _("completed")
        REJECTED = "rejected", _("sent back")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN: ClassVar = (State.DRAFT, State.SIGNED, State.COUNTERSIGNED)

    number = models.CharField(max_length=24, default=new_number)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=14, choices=State, default=State.DRAFT)
    agreement = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    annex_processing = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    annex_measures = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    annex_subprocessors = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField()
    """What the tenant filled in about its company, see ``company.CompanyData``."""
    filled_in = models.JSONField()
    """Every placeholder of the texts with its value, as it stands in the PDF."""
    drafted_at = models.DateTimeField()
    offer_valid_until = models.DateField()
    draft_file = models.CharField(max_length=200)
    draft_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejection = models.CharField(_("reason"), max_length=1000, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    sealed_file = models.CharField(max_length=200, blank=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    completed_at = models.DateTimeField(null=True)

    objects = ContractQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Contract"), named="number")
    personal_data: ClassVar = PersonalData(
        subject="accounts.Tenant",
        match={"tenant_id": "id"},
        holds=dict.fromkeys(("number", "data", "filled_in", "rejection"), Category.CONTRACT),
        facts=Category.CONTRACT,
        end=OF_SIGNED,
        export="contracts",
        files=("draft_file", "sealed_file"),
        besides={
            "language": "Of the text.",
            **dict.fromkeys(
                ("draft_file", "draft_sha256", "sealed_file", "sealed_sha256"),
                "Where the document lies; it is downloaded by itself.",
            ),
        },
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-drafted_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "number"], name="contract_number_once"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=Q(state__in=["draft", "signed", "countersigned"]),
                name="contract_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed")
                | Q(completed_at__isnull=False, finished_at__isnull=False)
                & ~Q(sealed_file="")
                & ~Q(sealed_sha256=""),
                name="contract_completed_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(rejection=""),
                name="contract_rejected_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="contract_sealing_due",
                condition=Q(state="countersigned"),
            ),
            models.Index(fields=["state", "signed_at"], name="contract_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def company(self) -> str:
        return str(self.data["company"])

    @property
    def is_sealing_failing(self) -> bool:
        return self.state == self.State.COUNTERSIGNED and bool(self.last_error)


class Signature(TenantModel):
    """That a person signed for a party: who, when, from where, and exactly which bytes.

    Never changed. The account may end: ``user_id`` is no foreign key.
    """

    class Party(models.TextChoices):
        TENANT = "tenant", _("controller")
        PLATFORM = "platform", _("processor")

    class Kind(models.TextChoices):
        TYPED = "typed", _("name typed: simple electronic signature")
        """Art. 3(10) eIDAS."""

    contract = TenantForeignKey(Contract, on_delete=models.CASCADE, related_name="signatures")
    party = models.CharField(max_length=10, choices=Party)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TYPED)
    user_id = models.UUIDField()
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=80)
    place = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    network = models.CharField(max_length=45, blank=True)
    """The network address, shortened."""
    sha256 = models.CharField(max_length=64)
    """Of the PDF that was read."""
    authority = models.ForeignKey(
        TextVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """The confirmation of the power to sign, word for word; the tenant's side gives it."""

    written_once: ClassVar = WrittenOnce(deletable=True)
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"user_id": "id"},
        holds={
            "name": Category.CONTRACT,
            "function": Category.CONTRACT,
            "place": Category.CONTRACT,
            "sha256": Category.CONTRACT,
            "network": Category.NETWORK,
        },
        facts=Category.CONTRACT,
        end=KEPT,
        export="signatures",
        besides={"contract": "The business's, which it goes out with."},
    )

    class Meta:
        verbose_name = _("signature on a contract")
        verbose_name_plural = _("signatures on contracts")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "contract", "party"], name="signature_once_a_party"
            )
        ]
