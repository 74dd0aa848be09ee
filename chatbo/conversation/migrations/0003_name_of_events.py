"""What is emptied of a person is named in the rules of a certificate of erasure."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversation", "0002_names")]

    operations = [
        migrations.AlterModelOptions(
            name="incomingevent", options={"verbose_name_plural": "incoming messages"}
        ),
    ]
