"""Our signature on a receipt as a whole, so that nobody rewrites the words around its proof.

A signed note in the ledger's name, which says what it is of in its second line:

chatbo.example/ledger
receipt <number of the receipt>
<SHA-256 of the receipt's canonical JSON without its signature, base64>

— chatbo.example/ledger <signature>
"""

import base64
import hashlib
from collections.abc import Collection
from typing import Any

from chatbo.foundation.signing import sign_note
from consent.ledger.heads import origin, read_ours
from consent.ledger.leaves import canonical


def sign_receipt(receipt: dict[str, Any]) -> str:
    """The note for a receipt that has everything else, its context too."""
    return sign_note(origin(), "".join(f"{line}\n" for line in (origin(), *_about(receipt))))


def is_as_signed(receipt: dict[str, Any], note: str, believed: Collection[bytes]) -> bool:
    """Whether the note is of this very receipt. Raises ``NoteError`` where it is not ours."""
    return read_ours(note, believed)[1:-1] == _about(receipt)


def _about(receipt: dict[str, Any]) -> list[str]:
    said = {name: value for name, value in receipt.items() if name != "signature"}
    digest = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    return [f"receipt {receipt.get('dct:identifier')}", digest]
