"""What readers call the rows."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="signature",
            options={"ordering": ["at"], "verbose_name_plural": "signatures on contracts"},
        ),
    ]
