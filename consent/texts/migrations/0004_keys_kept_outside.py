"""Earlier keys are kept outside the database, as those of the ledger are: the vouchers go.

First what they vouch for is carried over. Whether the outside store is there cannot be taken for
granted: a folder that is not mounted is an empty one, and would be written to. So it is recognized
by a key in it that is ours; otherwise nothing is taken away, and the message says what to do.
"""

from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chatbo.foundation import outside
from chatbo.foundation.signed_notes import NoteError, NoteKey, parse_key, read
from chatbo.foundation.signing import note_keys

Voucher = tuple[str, str, str]

REFUSED = """Nothing was changed: keys that signed approvals would be believed no more.
They have left LEDGER_KEY, and a table vouches for them that this migration takes away. They are to
be kept in OUTSIDE_STORE_URL instead, and there is no store of this installation at that address.
Make it reachable for this command, or put the keys back into LEDGER_KEY (not in front); then
migrate again."""


class OutsideStoreAwayError(Exception):
    """What is vouched for cannot be carried over."""


def carry_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("texts", "SignerKey").objects.using(schema_editor.connection.alias)
    ring = {key.public for key in note_keys("")}
    vouched = _vouched_for(list(rows.values_list("key", "note", "signer")), ring)
    needed = {key.public: key for key in vouched if key.public not in ring}
    if not needed:
        return
    try:
        kept = {parse_key(text).public for _place, text in outside.entries("keys")}
        if not kept & (ring | set(needed)):
            raise OutsideStoreAwayError(REFUSED)
        for public, key in needed.items():
            if public not in kept:
                outside.put(f"keys/{key.number.hex()}", str(key))
    except OSError as error:
        raise OutsideStoreAwayError(REFUSED) from error


def _vouched_for(vouchers: Iterable[Voucher], ring: set[bytes]) -> list[NoteKey]:
    """The keys to which a chain of vouchers leads from the ring."""
    believed, found = set(ring), []
    left = list(vouchers)
    while more := [voucher for voucher in left if _is_vouched_for(voucher, believed)]:
        found += [parse_key(key) for key, _note, _signer in more]
        believed |= {parse_key(key).public for key, _note, _signer in more}
        left = [voucher for voucher in left if voucher not in more]
    return found


def _is_vouched_for(voucher: Voucher, believed: set[bytes]) -> bool:
    try:
        key, signer = parse_key(voucher[0]), parse_key(voucher[2])
        said = read(voucher[1], [signer])
    except NoteError:
        return False
    return signer.public in believed and said == f"{signer.name}\nkey of before, 1\n{key}\n"


class Migration(migrations.Migration):
    dependencies = [("texts", "0003_approvals_signed")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel("SignerKey"),
    ]
