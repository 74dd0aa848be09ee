from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEXES = (
    models.Index(fields=["tenant_id", "action", "-at"], name="audit_tenant_action"),
    models.Index(fields=["actor_id", "-at"], name="audit_actor"),
    models.Index(fields=["target_id", "-at"], name="audit_target"),
    models.Index(fields=["-at"], name="audit_time"),
    models.Index(fields=["action", "-at"], name="audit_action"),
)


class Migration(migrations.Migration):
    # The log is long and is written all the time: without a lock on it.
    atomic = False

    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [AddIndexConcurrently("auditentry", index) for index in INDEXES]
