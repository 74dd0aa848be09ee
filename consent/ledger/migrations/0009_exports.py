"""Files that are prepared because they take longer than anybody waits."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.scopes
import consent.ledger.export_models
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_withdrawn_by_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentExport",
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
                    "form",
                    models.CharField(
                        choices=[
                            ("pdf", "sealed PDF"),
                            ("csv", "table (CSV)"),
                            ("jsonld", "JSON-LD"),
                            ("jsonl", "everything with its proofs"),
                        ],
                        max_length=6,
                    ),
                ),
                ("asked", models.CharField(blank=True, max_length=300)),
                ("language", models.CharField(max_length=5)),
                ("asked_by_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "is being prepared"),
                            ("ready", "ready"),
                            ("failed", "could not be made"),
                        ],
                        default="asked",
                        max_length=6,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                (
                    "expires_at",
                    models.DateTimeField(default=consent.ledger.export_models.a_week_from_now),
                ),
                ("file", models.CharField(blank=True, max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="consent_export_due",
                    ),
                    models.Index(fields=["tenant_id", "-created_at"], name="consent_export_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("tenant_id", "form", "asked", "language"),
                        name="consent_export_once",
                    )
                ],
            },
        ),
        IsolateTable("ConsentExport"),
    ]
