"""Users, tenants, and who belongs where."""

import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import (
    BlindIndexField,
    EncryptedTextField,
    blind_index,
    blind_indexes,
)
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.isolation.statements import Shared, Walled, in_scope
from chatbo.foundation.personal_data import Blanked, Category, Deleted, PersonalData


class PlatformRole(models.TextChoices):
    """What somebody does at ChatBo itself. Customers have none."""

    NONE = "", _("none")
    ADMIN = "admin", _("administrator")
    LAWYER = "lawyer", _("lawyer")
    SUPPORT = "support", _("support")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user. Addresses are kept in lower case: they are compared, not displayed."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who logs in: at a business, at a partner, or at ChatBo."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, default="de")
    platform_role = models.CharField(
        max_length=10, choices=PlatformRole, default=PlatformRole.NONE, blank=True
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    isolation: ClassVar = Shared("Who logs in is asked before it is known for which business.")
    audit_target: ClassVar = Target(_("Account"), named="name")
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"id": "id"},
        holds={
            "email": Category.CONTACT,
            "name": Category.CONTACT,
            "language": Category.USAGE,
            "password": Category.SECURITY,
        },
        withheld={"password": "A hash, good for nothing but guessing."},
        end=Deleted(),
        export="account",
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def mail_index(self) -> str:
        """Under which the outbox finds mails to this user (``foundation.mail``)."""
        from chatbo.foundation.mail.outbox import mail_index

        return mail_index(self.email)

    @property
    def invitation_index(self) -> str:
        """Under which invitations to this user are found."""
        return blind_index(self.email, purpose="invitation-address")


# Through the memberships' own policy: a user's own ones only. With the schema's name, because a
# temporary table of the same name would be found first.
TENANTS_OF_USER = """
    BEGIN
        RETURN ARRAY(
            SELECT tenant_id FROM public.accounts_membership
            WHERE user_id = (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid
        );
    END
"""


class TenantQuerySet(models.QuerySet["Tenant"]):
    def closed(self) -> Self:
        """As ``is_closed``."""
        return self.exclude(locked_at=None, leaves_at=None)

    def staying(self) -> Self:
        """Without those that have left."""
        return self.filter(ended_at=None)


class Tenant(models.Model):
    """A business: the controller of its subscribers' data (Art. 4(7) GDPR).

    Its own row is isolated like all others, by its ``id``.
    """

    class LegalForm(models.TextChoices):
        SOLE = "sole", _("sole proprietor")
        GBR = "gbr", "GbR"
        OHG = "ohg", "OHG"
        KG = "kg", "KG"
        GMBH = "gmbh", "GmbH"
        UG = "ug", "UG (haftungsbeschränkt)"
        AG = "ag", "AG"
        EV = "ev", "e. V."
        OTHER = "other", _("other")

    class ConsentNetwork(models.TextChoices):
        """How much of a network address a record of consent keeps (Art. 5(1)(c) GDPR)."""

        NONE = "none", pgettext_lazy("network address", "none")
        SHORTENED = "shortened", pgettext_lazy("network address", "shortened")
        FULL = "full", pgettext_lazy("network address", "in full")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    company = models.CharField(_("company"), max_length=160)
    legal_form = models.CharField(_("legal form"), max_length=10, choices=LegalForm, blank=True)
    street = models.CharField(_("street and number"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="DE")
    register_number = models.CharField(_("register court and number"), max_length=120, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=20, blank=True)
    representative = models.CharField(_("represented by"), max_length=120, blank=True)
    representative_function = models.CharField(_("function"), max_length=80, blank=True)
    contact_email = models.EmailField(_("contact e-mail address"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    data_protection_officer = models.CharField(
        _("data protection officer"), max_length=200, blank=True
    )
    imprint_url = models.URLField(_("address of your imprint"), blank=True)
    privacy_url = models.URLField(_("address of your privacy policy"), blank=True)
    logo_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    """Of the PNG in the tenant's folder (``logo``); nothing: no logo."""
    created_at = models.DateTimeField(auto_now_add=True)
    consent_network = models.CharField(
        _("network address in records of consent"),
        max_length=10,
        choices=ConsentNetwork,
        default=ConsentNetwork.SHORTENED,
    )
    """Of the records in which the business is the controller, from its choice on."""
    require_mfa = models.BooleanField(_("every member needs a second factor"), default=False)
    locked_at = models.DateTimeField(null=True, editable=False)
    lock_reason = models.TextField(blank=True, editable=False)
    """ChatBo's statement of reasons, which the members read (Art. 17 DSA)."""
    leaves_at = models.DateTimeField(null=True, editable=False)
    """When it leaves ChatBo, once an owner has asked for that."""
    ended_at = models.DateTimeField(null=True, editable=False)
    """When it has left: of this row only what kept contracts need is still there."""

    objects = TenantQuerySet.as_manager()

    listed: ClassVar = (Listed("slug", lambda row: row.slug),)
    isolation: ClassVar = Walled(
        by="id",
        setting="app.tenant_id",
        # A function and no subquery: every query of this table would have to plan that as well.
        also_read={"member": "(id = ANY (tenants_of_user()))"},
        calls={"tenants_of_user()": TENANTS_OF_USER},
        unique_across={"slug": "Public, in addresses; the directory refuses a taken one anyway."},
    )
    audit_target: ClassVar = Target(_("Business"), named="company")
    personal_data: ClassVar = PersonalData(
        subject="accounts.Tenant",
        match={"id": "id"},
        holds={
            # A sole proprietor's business is the person.
            "slug": Category.CONTACT,
            "company": Category.CONTACT,
            "street": Category.CONTACT,
            "postal_code": Category.CONTACT,
            "city": Category.CONTACT,
            "country": Category.CONTACT,
            "register_number": Category.CONTACT,
            "vat_id": Category.CONTRACT,
            "representative": Category.CONTACT,
            "representative_function": Category.CONTACT,
            "contact_email": Category.CONTACT,
            "contact_phone": Category.CONTACT,
            "data_protection_officer": Category.CONTACT,
            "imprint_url": Category.CONTACT,
            "privacy_url": Category.CONTACT,
            "lock_reason": Category.CONTENT,
            # Of a picture that may show its owner.
            "logo_sha256": Category.CONTACT,
        },
        end=Deleted(),
        export="business",
    )

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")

    def __str__(self) -> str:
        return self.company

    @property
    def is_closed(self) -> bool:
        """Whether its members may only look: ChatBo has locked it, or it leaves."""
        return self.locked_at is not None or self.leaves_at is not None

    @property
    def tenant_id(self) -> uuid.UUID:
        return self.id

    @property
    def address(self) -> str:
        """The postal address in one line, or nothing while it is incomplete."""
        if not (self.street and self.postal_code and self.city):
            return ""
        return f"{self.street}, {self.postal_code} {self.city}"


class Membership(TenantModel):
    """A user's place in a business. Its user may read it without the tenant's scope."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        EDITOR = "editor", _("editor")
        DPO = "dpo", _("data protection officer")
        VIEWER = "viewer", _("viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.VIEWER)
    may_sign = models.BooleanField(_("may sign contracts"), default=False)
    """Named by an owner; owners may sign without it."""
    created_at = models.DateTimeField(auto_now_add=True)

    isolation: ClassVar = Walled(also_read={"member": f"(user_id = {in_scope('app.user_id')})"})
    audit_target: ClassVar = Target(_("Member"), named="user__name")
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"user_id": "id"},
        holds={"role": Category.CONTRACT},
        end=Deleted(),
        export="memberships",
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "user"], name="membership_once")
        ]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither used nor withdrawn nor expired."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def unanswered(self) -> Self:
        """Open, or expired and worth sending again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def to(self, address: str) -> Self:
        return self.filter(
            email_index__in=blind_indexes(address.strip().lower(), purpose="invitation-address")
        )


class Invitation(TenantModel):
    """A place in a business, offered to whoever owns a mail address.

    The link's token is not stored: the isolation's directory knows its keyed digest (kind
    ``invitation``). Used, withdrawn and expired ones stay visible until they are ninety days old.
    """

    email = EncryptedTextField()
    email_index = BlindIndexField(
        purpose="invitation-address", value=lambda row: row.email.strip().lower()
    )
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role)
    may_sign = models.BooleanField(_("may sign contracts"), default=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="invitations"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    listed: ClassVar = (Listed("invitation", None),)  # Tokens: in the mail alone, for a week.
    audit_target: ClassVar = Target(_("Invitation"))
    personal_data: ClassVar = (
        PersonalData(
            subject="accounts.User",
            match={"email_index": "invitation_index"},
            holds={"email": Category.CONTACT, "role": Category.CONTRACT},
            end=Deleted(),
            export="invitations",
        ),
        PersonalData(
            subject="accounts.User",
            match={"invited_by_id": "id"},
            end=Blanked(fields={"invited_by_id": None}, reason="Who was invited may still come."),
            export="invitations_sent",
        ),
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["tenant_id", "email_index"], name="invitation_address"),
            models.Index(fields=["tenant_id", "-created_at"], name="invitation_newest"),
        ]

    @property
    def is_open(self) -> bool:
        return (
            self.accepted_at is None
            and self.withdrawn_at is None
            and self.expires_at > timezone.now()
        )


class SupportGrantQuerySet(models.QuerySet["SupportGrant"]):
    def open(self) -> Self:
        """Neither over nor ended."""
        return self.filter(ended_at=None, ends_at__gt=timezone.now())


class SupportGrant(TenantModel):
    """A business lets ChatBo's support look in, until a time, and can end it at once."""

    granted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="support_grants"
    )
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)
    """When a member ended it before its time."""

    objects = SupportGrantQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Leave for support"))
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"granted_by_id": "id"},
        holds={"reason": Category.CONTENT},
        end=Blanked(
            fields={"granted_by_id": None}, reason="What the business allowed outlives the account."
        ),
        export="leaves_for_support",
    )

    class Meta:
        verbose_name = _("leave for support")
        verbose_name_plural = _("leaves for support")
        indexes = [models.Index(fields=["tenant_id", "-ends_at"], name="support_grant_latest")]
