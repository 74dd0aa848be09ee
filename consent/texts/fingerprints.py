"""The hash that names a version."""

import hashlib
import json
from collections.abc import Mapping, Sequence


def fingerprint(
    *,
    key: str,
    language: str,
    number: int,
    title: str,
    body: str,
    placeholders: Mapping[str, str] | Sequence[str],
) -> str:
    """Over all that the reader sees (SHA-256 of canonical JSON).

    A placeholder's kind decides how its value is written, so it is seen as well. Versions from
    before the kinds list mere names, and keep the hash that they were submitted with.
    """
    seen: dict[str, object] = {
        "key": key,
        "language": language,
        "number": number,
        "title": title,
        "body": body,
    }
    if isinstance(placeholders, Mapping):
        seen["placeholders"] = dict(placeholders)
    text = json.dumps(seen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
