from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="logo_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
    ]
