"""What was done on a request, whom it is about after all, and that a longer time was told."""

import importlib

from django.db import migrations, models

import chatbo.foundation.encryption.fields

# The same ways as consent/rights/by_hand/transitions.py; a test compares the two.
GUARD = """
    CREATE OR REPLACE FUNCTION guard_rights_request() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        taken_back boolean;
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
        -- It turned out to be about somebody else: the check goes with whom it was about.
        taken_back := OLD.about_somebody AND NOT NEW.about_somebody AND NEW.state = 'open'
            AND NEW.identity = '' AND OLD.erasure_id IS NULL AND NEW.erasure_id IS NULL
            AND OLD.done_on IS NULL;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('open', 'in_progress'), ('open', 'answered'), ('open', 'refused'),
            ('open', 'withdrawn'), ('in_progress', 'answered'), ('in_progress', 'refused'),
            ('in_progress', 'withdrawn')
        ) AND NOT (taken_back AND OLD.state = 'in_progress') THEN
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
            OR OLD.about_somebody AND NOT NEW.about_somebody AND NOT taken_back
            OR OLD.identity <> '' AND ROW(NEW.identity, NEW.identity_on)
                IS DISTINCT FROM ROW(OLD.identity, OLD.identity_on) AND NOT taken_back
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
        IF NEW.state = 'answered' AND OLD.state <> 'answered' THEN
            IF NEW.outcome = '' OR NEW.about_somebody AND NEW.kind = 'erasure'
                AND NEW.outcome <> 'gone'
            THEN
                RAISE EXCEPTION 'an answer says what was done'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF NEW.outcome = 'gone' AND EXISTS (
                SELECT FROM rights_particulars AS said
                WHERE said.tenant_id = NEW.tenant_id AND said.request_id = NEW.id
                    AND said.subscriber_id IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'somebody is stored whom it is about'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        RETURN NEW;
    END $$;
"""
FORMER = (
    importlib.import_module("consent.rights.migrations.0001_by_hand")
    .GUARD.partition("    CREATE TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)


class Migration(migrations.Migration):
    dependencies = [("rights", "0004_one_and_many")]

    operations = [
        migrations.RemoveConstraint("RightsRequest", "rights_request_answered_is_checked"),
        migrations.AddField(
            "Particulars",
            "how",
            chatbo.foundation.encryption.fields.EncryptedTextField(
                blank=True, verbose_name="what was done outside ChatBo"
            ),
        ),
        migrations.AddField(
            "RightsRequest",
            "done_on",
            models.DateField(null=True, verbose_name="first done in ChatBo"),
        ),
        migrations.AddField(
            "RightsRequest",
            "extension_told_by",
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
                verbose_name="how it was told that it takes longer",
            ),
        ),
        migrations.AddField(
            "RightsRequest",
            "extension_told_on",
            models.DateField(null=True, verbose_name="told that it takes longer"),
        ),
        migrations.AddField(
            "RightsRequest",
            "outcome",
            models.CharField(
                blank=True,
                choices=[
                    ("done", "done in ChatBo"),
                    ("outside", "done outside ChatBo, as noted"),
                    ("gone", "nothing is stored on the person any more"),
                    ("nobody", "nobody was found"),
                ],
                max_length=7,
                verbose_name="what was done",
            ),
        ),
        migrations.AddConstraint(
            "RightsRequest",
            models.CheckConstraint(
                condition=~models.Q(state="answered")
                | ~models.Q(reply="")
                & (
                    ~models.Q(identity="")
                    | models.Q(about_somebody=False)
                    | models.Q(outcome="gone")
                ),
                name="rights_request_answered_is_checked",
            ),
        ),
        migrations.AddConstraint(
            "RightsRequest",
            models.CheckConstraint(
                condition=models.Q(outcome="")
                | models.Q(state="answered")
                & (~models.Q(outcome="nobody") | models.Q(about_somebody=False)),
                name="rights_request_outcome_of_answered",
            ),
        ),
        migrations.AddConstraint(
            "RightsRequest",
            models.CheckConstraint(
                condition=models.Q(extension_told_on=None, extension_told_by="")
                | models.Q(extension_told_on__isnull=False, extended_on__isnull=False)
                & ~models.Q(extension_told_by=""),
                name="rights_request_told_of_extension",
            ),
        ),
        migrations.RunSQL(GUARD, FORMER),
    ]
