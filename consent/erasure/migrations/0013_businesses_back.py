"""A business that a restored copy has forgotten to have left ends again, without a second grace."""

from django.db import migrations, models

GUARD = """
    CREATE OR REPLACE FUNCTION guard_ending() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            -- A restored copy has forgotten it; its grace was over before.
            IF NEW.state = 'under_way' AND NEW.ends_at <= now()
                AND EXISTS (SELECT FROM public.erasure_replay WHERE finished_at IS NULL)
            THEN
                RETURN NEW;
            END IF;
            -- An hour for clocks that differ.
            IF NEW.ends_at < now() + interval '30 days' - interval '1 hour'
                OR NEW.state <> 'waiting'
            THEN
                RAISE EXCEPTION 'the end of a business leaves it thirty days'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.ends_at <> OLD.ends_at
            OR OLD.state IN ('cancelled', 'done') AND NEW.state <> OLD.state
            OR OLD.state = 'under_way' AND NEW.state NOT IN ('under_way', 'done')
            OR OLD.state = 'waiting' AND NEW.state NOT IN ('waiting', 'under_way', 'cancelled')
            OR NEW.state = 'under_way' AND NEW.ends_at > now()
        THEN
            RAISE EXCEPTION 'the end of a business takes its course'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("erasure", "0012_account_endings")]

    operations = [
        migrations.AddField("replay", "ended", models.PositiveIntegerField(default=0)),
        migrations.AddField("tenantending", "is_told", models.BooleanField(default=False)),
        migrations.RunSQL(GUARD),
    ]
