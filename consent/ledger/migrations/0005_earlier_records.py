"""Records from before the tree take their place in it: each gets a leaf that waits for sealing."""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000


def salt_identities(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A salt for each: one for all would let whoever learns it try identifiers."""
    from consent.ledger.models import new_salt

    identities = apps.get_model("ledger", "ConsentIdentity").objects.using(
        schema_editor.connection.alias
    )
    for batch in _batches(identities.only("pk")):
        for identity in batch:
            identity.salt = new_salt()
        identities.bulk_update(batch, ["salt"])


def await_sealing(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Of a record's first form, which stays as it is for ever: the tree stands on it.
    from consent.ledger.leaves import NOBODY, body_hash, identity_hash, leaf_of
    from consent.ledger.pending import prove

    alias = schema_editor.connection.alias
    identities = apps.get_model("ledger", "ConsentIdentity").objects.using(alias)
    records = apps.get_model("ledger", "ConsentRecord").objects.using(alias)
    pending = apps.get_model("ledger", "PendingLeaf")
    for batch in _batches(records.select_related("text_version")):
        subjects = [record.subject_id for record in batch]
        known = {row.subject_id: row for row in identities.filter(subject_id__in=subjects)}
        waiting = []
        for record in batch:
            person: Any = known.get(record.subject_id)
            of_whom = identity_hash(bytes(person.salt), person.identifier) if person else NOBODY
            leaf = leaf_of(body_hash(record, record.text_version.sha256), of_whom)
            waiting.append(
                pending(
                    id=record.pk,
                    tenant_id=record.tenant_id,
                    hash=leaf,
                    identity_hash=of_whom,
                    proof=prove(record.tenant_id, record.pk, leaf, of_whom),
                )
            )
        pending.objects.using(alias).bulk_create(waiting)


def _batches(rows: Any) -> Iterator[list[Any]]:
    rows, last = rows.order_by("pk"), None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        yield batch
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False  # A batch at a time: nobody waits for all of them.

    dependencies = [("ledger", "0004_tree")]

    operations = [
        migrations.RunPython(salt_identities, migrations.RunPython.noop),
        migrations.RunPython(await_sealing, migrations.RunPython.noop),
    ]
