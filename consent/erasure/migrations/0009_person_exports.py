"""Copies of a person's data."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.models
import chatbo.foundation.isolation.scopes
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0002_counting"),
        ("erasure", "0008_completeness_scans"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonExport",
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("chat", "by a link in the chat"),
                            ("download", "as a download by the business"),
                        ],
                        max_length=8,
                        verbose_name="given out",
                    ),
                ),
                ("asked_by_id", models.UUIDField(null=True)),
                ("language", models.CharField(max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "is being prepared"),
                            ("ready", "ready"),
                            ("over", "taken, or its time is over"),
                        ],
                        default="asked",
                        max_length=5,
                    ),
                ),
                ("file", models.CharField(max_length=200)),
                ("secret", chatbo.foundation.encryption.fields.EncryptedTextField(blank=True)),
                ("size", models.BigIntegerField(default=0)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("presses", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "subscriber",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="bots.subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "copies of a person's data",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="person_export_due",
                    ),
                    models.Index(fields=["tenant_id", "expires_at"], name="person_export_ends"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("tenant_id", "subscriber", "way"),
                        name="person_export_once",
                    )
                ],
            },
        ),
        IsolateTable("PersonExport"),
    ]
