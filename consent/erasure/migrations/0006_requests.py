"""What Meta asks of ChatBo itself, before it is known which businesses it concerns."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids


class Migration(migrations.Migration):
    dependencies = [("erasure", "0005_replays")]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
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
                    "origin",
                    models.CharField(
                        choices=[
                            ("deletion", "Meta's deletion request"),
                            ("deauthorization", "ChatBo removed at Facebook"),
                            ("imported", "Meta's list of missed requests"),
                        ],
                        max_length=20,
                        verbose_name="origin",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "being looked up"),
                            ("done", "passed on"),
                            ("nothing", "nothing was stored"),
                            ("closed", "closed: Meta does not know the number"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "app_scoped_id",
                    chatbo.foundation.encryption.fields.EncryptedTextField(blank=True),
                ),
                ("person_index", models.CharField(blank=True, max_length=64)),
                ("signed_index", models.CharField(blank=True, max_length=64)),
                ("parts", models.JSONField(default=list)),
                ("connections", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
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
                "verbose_name": "request through Meta",
                "verbose_name_plural": "requests through Meta",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("person_index", "origin"),
                        name="request_one_under_way",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("signed_index", ""), _negated=True),
                        fields=("signed_index", "origin"),
                        name="request_signed_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="request_due",
                    ),
                ],
            },
        ),
    ]
