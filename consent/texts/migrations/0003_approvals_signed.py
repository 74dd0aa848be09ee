"""Signs the approvals from before there were signatures, once: from here on, none is believed
without.

What it signs is form 1 of ``approvals.record_of``, written out: a migration does not change when
the code does.
"""

import datetime
import json
from urllib.parse import urlsplit

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chatbo.foundation.signing import note_keys, sign_note


def sign_approvals(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # On the owner's connection: another one would wait for this one's lock, and this one for it.
    approvals = apps.get_model("texts", "Approval").objects.using(schema_editor.connection.alias)
    unsigned = approvals.filter(note="").select_related("version")
    if not unsigned.exists():
        return
    name = f"{urlsplit(settings.BASE_URL).netloc}/texts"
    # The owner's privilege, for this transaction: rows are append-only otherwise.
    schema_editor.execute('ALTER TABLE "texts_approval" DISABLE TRIGGER append_only')
    for approval in unsigned:
        version = approval.version
        at = approval.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
        text = (
            f"{name}\napproval of a text, 1\n"
            f"version: {version.pk}\n"
            f"text: {version.key} {version.language} {version.number}\n"
            f"sha256: {approval.sha256}\n"
            f"effect: {version.effect}\nvalid from: -\nvalid until: -\n"
            f"verdict: {approval.verdict}\nends: -\n"
            f"remark: {json.dumps(approval.remark)}\n"
            f"lawyer: {approval.lawyer_id}\nat: {at}\n"
        )
        approvals.filter(pk=approval.pk).update(
            note=sign_note(name, text), signer=str(note_keys(name)[0])
        )
    schema_editor.execute('ALTER TABLE "texts_approval" ENABLE TRIGGER append_only')


class Migration(migrations.Migration):
    dependencies = [("texts", "0002_versions_in_full")]

    operations = [migrations.RunPython(sign_approvals, migrations.RunPython.noop)]
