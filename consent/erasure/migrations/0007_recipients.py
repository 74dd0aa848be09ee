"""Systems that are told of erasures, and the notices to them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.models
import chatbo.foundation.isolation.scopes
import consent.erasure.recipients.models
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0006_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recipient",
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
                ("name", models.CharField(max_length=80)),
                ("country", models.CharField(max_length=2)),
                ("url", chatbo.foundation.encryption.fields.EncryptedTextField()),
                ("secret", chatbo.foundation.encryption.fields.EncryptedTextField()),
                (
                    "previous_secret",
                    chatbo.foundation.encryption.fields.EncryptedTextField(blank=True),
                ),
                ("previous_until", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "in use"),
                            ("paused", "paused"),
                            ("gone", "switched off"),
                        ],
                        default="active",
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "recipient of erasures",
                "verbose_name_plural": "recipients of erasures",
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="ErasureNotice",
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
                ("recipient_name", models.CharField(max_length=80)),
                (
                    "message_id",
                    models.CharField(
                        default=consent.erasure.recipients.models.new_message_id, max_length=40
                    ),
                ),
                ("subject_id", models.UUIDField(null=True)),
                ("people", models.PositiveSmallIntegerField()),
                ("body", chatbo.foundation.encryption.fields.EncryptedTextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "on its way"),
                            ("delivered", "told"),
                            ("given_up", "not told"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "erasure",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="erasure.erasure",
                    ),
                ),
                (
                    "recipient",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="erasure.recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice of an erasure",
                "verbose_name_plural": "notices of erasures",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="notice_due",
                    ),
                    models.Index(fields=["tenant_id", "subject_id"], name="notice_by_subject"),
                    models.Index(
                        condition=models.Q(("state", "given_up")),
                        fields=["tenant_id", "finished_at"],
                        name="notice_given_up",
                    ),
                ],
            },
        ),
        IsolateTable("Recipient"),
        IsolateTable("ErasureNotice"),
    ]
