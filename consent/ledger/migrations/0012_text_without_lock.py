"""A record leads to its text without a constraint of the database: see the model for why."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_privacy_policy")]

    operations = [
        migrations.AlterField(
            model_name="consentrecord",
            name="text_version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="texts.textversion",
            ),
        ),
    ]
