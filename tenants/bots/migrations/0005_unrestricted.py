"""When a restriction of somebody's data ended last: inactivity counts from there at the earliest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bots", "0004_restricted")]

    operations = [
        migrations.AddField("subscriber", "unrestricted_at", models.DateTimeField(null=True)),
    ]
