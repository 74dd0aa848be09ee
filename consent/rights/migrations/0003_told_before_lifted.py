"""A restriction ends when the person was told, in the chat or otherwise; the database demands it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import chatbo.foundation.encryption.fields


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0005_unrestricted"),
        ("rights", "0002_restrictions"),
    ]

    operations = [
        migrations.AddField("restriction", "untold_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "restriction",
            "told_way",
            models.CharField(
                blank=True,
                choices=[
                    ("letter", "by letter"),
                    ("telephone", "by telephone"),
                    ("mail", "by e-mail"),
                    ("in_person", "in person"),
                    ("other", "in another way"),
                ],
                default="",
                max_length=9,
                verbose_name="How?",
            ),
            preserve_default=False,
        ),
        migrations.AddField("restriction", "told_on", models.DateField(null=True)),
        migrations.AddField(
            "restriction",
            "told_note",
            chatbo.foundation.encryption.fields.EncryptedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            "restriction",
            "state",
            models.CharField(
                choices=[
                    ("in_force", "in force"),
                    ("lifting", "the person is being told that it ends"),
                    ("untold", "in force: the person could not be told that it ends"),
                    ("lifted", "lifted"),
                ],
                default="in_force",
                max_length=8,
                verbose_name="State",
            ),
        ),
        # Not valid: of those that were lifted before, some were lifted although nobody was told.
        AddConstraintNotValid(
            "restriction",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "lifted"), _negated=True),
                    ("told_at__isnull", False),
                    models.Q(("told_way", ""), _negated=True),
                    _connector="OR",
                ),
                name="restriction_lifted_is_told",
            ),
        ),
        migrations.AddConstraint(
            "restriction",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("told_on", None), ("told_way", "")),
                    models.Q(models.Q(("told_way", ""), _negated=True), ("told_on__isnull", False)),
                    _connector="OR",
                ),
                name="restriction_told_otherwise_is_whole",
            ),
        ),
    ]
