"""What its rows are called where a person reads what was deleted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversation", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="delivery", options={"verbose_name_plural": "deliveries"}
        ),
    ]
