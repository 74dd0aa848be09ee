"""What holds from now on: a policy for each erasure, and where it came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erasure", "0003_policies_and_steps")]

    operations = [
        migrations.AlterField(
            "erasure",
            "origin",
            models.CharField(
                choices=[
                    ("bot", "in the chat"),
                    ("tenant", "by you"),
                    ("platform", "through the platform"),
                    ("meta", "through Meta"),
                    ("retention", "retention period"),
                    ("ending", "end of the contract"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            "erasure",
            "state",
            models.CharField(
                choices=[
                    ("requested", "requested"),
                    ("deleted", "deleted, the person is being told"),
                    ("told", "deleted and told"),
                    ("untold", "deleted, the person could not be told"),
                    ("done", "deleted"),
                ],
                default="requested",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            "erasure",
            "policy",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erasure.erasurepolicy",
            ),
        ),
        migrations.AddIndex(
            "erasure",
            models.Index(
                condition=models.Q(("finished_at", None)), fields=["not_before"], name="erasure_due"
            ),
        ),
    ]
