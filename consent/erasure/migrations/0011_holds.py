"""Records held for a legal claim."""

from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.scopes
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0010_leaving"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="claim_until",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="Hold",
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
                ("subscriber_id", models.UUIDField(null=True)),
                ("since", models.DateField(blank=True, null=True, verbose_name="messages from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="messages up to")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("establishing", "to establish a legal claim"),
                            ("exercising", "to exercise a legal claim"),
                            ("defending", "to defend against a legal claim"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                (
                    "reason",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        verbose_name="what the claim is about"
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="held until")),
                ("set_by_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("warned_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("snapshot", chatbo.foundation.encryption.fields.EncryptedTextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "records held for a legal claim",
                "ordering": ["ends_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("subscriber_id__isnull", False)),
                        fields=["tenant_id", "subscriber_id"],
                        name="hold_of_person",
                    ),
                    models.Index(fields=["tenant_id", "ends_on"], name="hold_ends"),
                ],
            },
        ),
        IsolateTable("Hold"),
    ]
