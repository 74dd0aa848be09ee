"""Which keys' signatures on approvals are believed: the ring's, and those that they vouch for.

A key leaves ``LEDGER_KEY`` some day, and what it signed must stay genuine. A table of old keys
alone would not do: whoever writes into the database would add a key of their own. So each earlier
key is signed by the newest, as long as both are in the ring.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, NoteKey, parse_key, read
from chatbo.foundation.signing import note_keys, sign_note
from consent.texts.models import SignerKey

declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own key."))


def signing_name() -> str:
    """In whose name texts are approved: ``<host>/texts``."""
    return f"{urlsplit(settings.BASE_URL).netloc}/texts"


def is_believed(key: NoteKey) -> bool:
    """Whether the ring has this key, or a chain of vouchers leads to it from the ring.

    The name is whatever it was: an installation may have moved to another domain since.
    """
    believed = {each.public for each in note_keys(signing_name())}
    if key.public in believed:
        return True
    vouchers = list(SignerKey.objects.all())
    while key.public not in believed:
        more = {parse_key(v.key).public for v in vouchers if _vouches(v, believed)} - believed
        if not more:
            return False
        believed |= more
    return True


def vouch_for_earlier_keys() -> None:
    """The newest key signs those beside it in the ring, once. Regularly called (``tasks``)."""
    name = signing_name()
    newest, *earlier = note_keys(name)
    known = {parse_key(key).public for key in SignerKey.objects.values_list("key", flat=True)}
    for key in earlier:
        if key.public not in known:
            SignerKey.objects.bulk_create(
                [
                    SignerKey(
                        key=str(key), note=sign_note(name, _voucher(name, key)), signer=str(newest)
                    )
                ],
                ignore_conflicts=True,
            )


def has_signed(key: NoteKey, note: str, text: str) -> bool:
    """Whether the note is this text, signed with this key. Answered once a process and note."""
    return _has_signed(key, note, text)


@lru_cache(maxsize=4096)
def _has_signed(key: NoteKey, note: str, text: str) -> bool:
    try:
        return read(note, [key]) == text
    except NoteError:
        return False


def _vouches(voucher: SignerKey, believed: set[bytes]) -> bool:
    try:
        signer, key = parse_key(voucher.signer), parse_key(voucher.key)
    except NoteError:
        return False
    return signer.public in believed and has_signed(
        signer, voucher.note, _voucher(signer.name, key)
    )


def _voucher(name: str, key: NoteKey) -> str:
    return f"{name}\nkey of before, 1\n{key}\n"
