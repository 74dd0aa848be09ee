"""Restriction of processing, and supplementary statements."""

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
        ("bots", "0004_restricted"),
        ("rights", "0001_by_hand"),
    ]

    operations = [
        migrations.CreateModel(
            name="Restriction",
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
                    "ground",
                    models.CharField(
                        choices=[
                            ("accuracy", "the person contests that the data are correct"),
                            (
                                "unlawful",
                                "the processing is unlawful, and the person opposes the erasure",
                            ),
                            (
                                "claims",
                                "you no longer need the data, but the person does, for legal claims",
                            ),
                            (
                                "objection",
                                "the person has objected, and it is not yet clear who prevails",
                            ),
                        ],
                        max_length=9,
                        verbose_name="ground",
                    ),
                ),
                (
                    "note",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        blank=True, verbose_name="note"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_force", "in force"),
                            ("lifting", "the person is being told that it ends"),
                            ("lifted", "lifted"),
                        ],
                        default="in_force",
                        max_length=8,
                        verbose_name="State",
                    ),
                ),
                ("set_by_id", models.UUIDField(null=True)),
                ("lift_asked_at", models.DateTimeField(null=True)),
                ("lift_asked_by_id", models.UUIDField(null=True)),
                ("message_id", models.UUIDField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("untold", models.CharField(blank=True, max_length=60)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "subscriber",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restrictions",
                        to="bots.subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name": "restriction of processing",
                "verbose_name_plural": "restrictions of processing",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "lifting")),
                        fields=["not_before"],
                        name="restriction_to_be_lifted",
                    ),
                    models.Index(fields=["tenant_id", "subscriber"], name="restriction_of_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("tenant_id", "subscriber"),
                        name="restriction_one_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplementaryStatement",
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
                    "text",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        verbose_name="statement"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("added_by_id", models.UUIDField(null=True)),
                (
                    "subscriber",
                    chatbo.foundation.isolation.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statements",
                        to="bots.subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "supplementary statements",
                "ordering": ["at", "id"],
                "indexes": [
                    models.Index(fields=["tenant_id", "subscriber"], name="statement_of_person")
                ],
            },
        ),
        IsolateTable("Restriction"),
        IsolateTable("SupplementaryStatement"),
    ]
