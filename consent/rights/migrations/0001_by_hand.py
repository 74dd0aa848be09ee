"""Requests by hand, and what the database itself demands of them."""

import django.db.models.deletion
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.models
import chatbo.foundation.isolation.scopes
from chatbo.foundation.isolation.operations import IsolateTable

# The same ways as consent/rights/by_hand/transitions.py; a test compares the two.
GUARD = """
    CREATE FUNCTION guard_rights_request() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'open' OR NEW.extended_on IS NOT NULL
                OR NEW.due_on > (NEW.received_on + interval '1 month')::date
            THEN
                RAISE EXCEPTION 'a request begins open, with a month'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('open', 'in_progress'), ('open', 'answered'), ('open', 'refused'),
            ('open', 'withdrawn'), ('in_progress', 'answered'), ('in_progress', 'refused'),
            ('in_progress', 'withdrawn')
        ) THEN
            RAISE EXCEPTION 'a request cannot go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF OLD.closed_on IS NOT NULL THEN
            -- The account of who checked may end.
            OLD.checked_by_id := NEW.checked_by_id;
            IF NEW IS DISTINCT FROM OLD THEN
                RAISE EXCEPTION 'a closed request is never changed'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        IF ROW(NEW.kind, NEW.way, NEW.received_on, NEW.created_at)
            IS DISTINCT FROM ROW(OLD.kind, OLD.way, OLD.received_on, OLD.created_at)
            OR OLD.about_somebody AND NOT NEW.about_somebody
            OR OLD.identity <> '' AND ROW(NEW.identity, NEW.identity_on)
                IS DISTINCT FROM ROW(OLD.identity, OLD.identity_on)
        THEN
            RAISE EXCEPTION 'what was asked and who was made sure of stays as it was noted'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF ROW(NEW.due_on, NEW.extended_on) IS DISTINCT FROM ROW(OLD.due_on, OLD.extended_on)
            AND (OLD.extended_on IS NOT NULL OR NEW.extended_on IS NULL
                OR NEW.extended_on > OLD.due_on
                OR NEW.due_on > (OLD.due_on + interval '2 months')::date)
        THEN
            RAISE EXCEPTION 'the time is extended once, within it, by two months at most'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER guard_rights_request BEFORE INSERT OR UPDATE ON rights_rightsrequest
        FOR EACH ROW EXECUTE FUNCTION guard_rights_request();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("isolation", "0001_roles"),
        ("bots", "0002_counting"),
    ]

    operations = [
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "tenant_id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.scopes.current_tenant_id, editable=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Copy of the data"),
                            ("rectification", "Rectification"),
                            ("erasure", "Erasure"),
                            ("restriction", "Restriction"),
                            ("objection", "Objection"),
                        ],
                        max_length=13,
                        verbose_name="what was asked for",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("letter", "by letter"),
                            ("telephone", "by telephone"),
                            ("mail", "by e-mail"),
                            ("in_person", "in person"),
                            ("other", "in another way"),
                        ],
                        max_length=9,
                        verbose_name="how it came",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received")),
                ("due_on", models.DateField(verbose_name="answer due by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open: identity to be checked"),
                            ("in_progress", "in progress"),
                            ("answered", "answered"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn by the person"),
                        ],
                        default="open",
                        max_length=11,
                        verbose_name="state",
                    ),
                ),
                ("about_somebody", models.BooleanField(default=False, verbose_name="person found")),
                (
                    "contact",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="how to reach them"
                    ),
                ),
                (
                    "identity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asked_id", "asked for their identifier at the platform"),
                            ("called_back", "called back under the known number"),
                            ("letter", "by a letter to the known address"),
                            ("in_person", "shown in person"),
                            ("chat", "confirmed in the chat"),
                        ],
                        max_length=11,
                        verbose_name="how the identity was checked",
                    ),
                ),
                ("identity_on", models.DateField(null=True, verbose_name="identity checked")),
                ("checked_by_id", models.UUIDField(null=True)),
                ("extended_on", models.DateField(null=True, verbose_name="time extended")),
                ("erasure_id", models.UUIDField(null=True)),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unfounded", "manifestly unfounded (Art. 12(5) GDPR)"),
                            ("excessive", "excessive, repeated above all (Art. 12(5) GDPR)"),
                            (
                                "unidentified",
                                "it could not be established who asked (Arts. 11(2), 12(6) GDPR)",
                            ),
                            (
                                "exception",
                                "the law makes an exception (as Arts. 15(4), 17(3), 21(1) GDPR)",
                            ),
                        ],
                        max_length=12,
                        verbose_name="ground of the refusal",
                    ),
                ),
                (
                    "reply",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "by letter"),
                            ("mail", "by e-mail"),
                            ("telephone", "by telephone"),
                            ("in_person", "in person"),
                            ("chat", "in the chat"),
                        ],
                        max_length=9,
                        verbose_name="how it was answered",
                    ),
                ),
                ("closed_on", models.DateField(null=True, verbose_name="closed")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("warned_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "requests entered by hand",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["tenant_id", "due_on"], name="rights_request_due"),
                    models.Index(
                        condition=models.Q(("closed_on", None), ("warned_at", None)),
                        fields=["due_on"],
                        name="rights_request_to_warn",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("state__in", ["open", "in_progress"])),
                            models.Q(
                                ("closed_on__isnull", False),
                                ("state__in", ["answered", "refused", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="rights_request_closed_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closed_on", None), ("contact", ""), _connector="OR"),
                        name="rights_request_closed_reaches_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("identity", ""), ("identity_on", None)),
                            models.Q(
                                models.Q(("identity", ""), _negated=True),
                                ("about_somebody", True),
                                ("identity_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="rights_request_check_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_progress"), _negated=True),
                            models.Q(("identity", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rights_request_begun_is_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            models.Q(
                                models.Q(("reply", ""), _negated=True),
                                models.Q(
                                    models.Q(("identity", ""), _negated=True),
                                    ("about_somebody", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="rights_request_answered_is_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "refused"),
                                models.Q(("refusal", ""), _negated=True),
                                models.Q(("reply", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True), ("refusal", "")
                            ),
                            _connector="OR",
                        ),
                        name="rights_request_refused_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erasure_id", None),
                            models.Q(("identity", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rights_request_erases_checked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Particulars",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "tenant_id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.scopes.current_tenant_id, editable=False
                    ),
                ),
                (
                    "asked",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="what was asked"
                    ),
                ),
                (
                    "identity_note",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="note on the check"
                    ),
                ),
                (
                    "extension_reason",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="why it takes longer"
                    ),
                ),
                (
                    "refusal_reason",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="why it is refused"
                    ),
                ),
                (
                    "subscriber",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests_by_hand",
                        to="bots.subscriber",
                    ),
                ),
                (
                    "request",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="particulars",
                        to="rights.rightsrequest",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "notes on requests entered by hand",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant_id", "request"), name="particulars_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION guard_rights_request() CASCADE"),
        IsolateTable("RightsRequest"),
        IsolateTable("Particulars"),
    ]
