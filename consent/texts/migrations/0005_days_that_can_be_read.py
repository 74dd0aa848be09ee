"""Empties days of drafts that PostgreSQL keeps and Python cannot read: the form took any year.

No version has such a day: whoever wanted to submit the draft could not load it.
"""

import datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

READABLE_FROM = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)


def empty_days(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drafts = apps.get_model("texts", "TextDraft").objects.using(schema_editor.connection.alias)
    for day in ("valid_from", "valid_until"):
        drafts.filter(**{f"{day}__lt": READABLE_FROM}).update(**{day: None})


class Migration(migrations.Migration):
    dependencies = [("texts", "0004_keys_kept_outside")]

    operations = [migrations.RunPython(empty_days, migrations.RunPython.noop)]
