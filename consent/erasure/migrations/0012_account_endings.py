"""The ends of accounts, jobs of the platform."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0011_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountEnding",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=200)),
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
                    "code",
                    models.CharField(
                        default=chatbo.foundation.isolation.ids.new_code, max_length=32, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "being carried out"),
                            ("deleted", "deleted, being confirmed"),
                            ("told", "deleted and confirmed"),
                            ("untold", "deleted, mail not deliverable"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("user_id", models.UUIDField(null=True, unique=True)),
                ("address", chatbo.foundation.encryption.fields.EncryptedTextField(blank=True)),
                ("language", models.CharField(max_length=5)),
                ("steps", models.JSONField(default=dict)),
                ("businesses", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=dict)),
                ("certificate", models.JSONField(null=True)),
                ("due_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "policy",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erasure.erasurepolicy",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ends of the account",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="account_ending_due",
                    )
                ],
            },
        ),
    ]
