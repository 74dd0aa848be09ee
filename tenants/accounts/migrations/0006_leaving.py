"""When a business leaves ChatBo, and when it has left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_consent_network")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="leaves_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="tenant",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
