"""What verifying finds."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "record_was_changed": _("says something else than when it was recorded"),
    "record_was_dropped": _("is missing, and we did not sign that its time had come"),
    "record_was_added": _("did not come through the product"),
    "record_was_put_back": _("is there again, after it ended"),
    "record_was_held_back": _("is kept from the tree, though it came through the product"),
    "record_waits_again": _("waits for a place in the tree that it has already"),
    "identity_was_changed": _("leads to somebody else than when it was recorded"),
    "leaf_is_missing": _("the leaf is missing"),
    "leaf_was_added": _("the leaf is in no signed tree"),
    "tile_differs": _("the stored hashes are not those of the leaves"),
    "tile_is_missing": _("the stored hashes of the leaves are missing"),
    "text_was_changed": _("the words are not those that were submitted"),
    "form_was_changed": _("what people were shown is not what it was"),
    "form_is_missing": _("what the person was shown is missing"),
    "root_differs": _("the leaves do not give the root that was signed"),
    "head_is_not_signed_by_us": _("the head is not signed by a key that we know"),
    "head_says_something_else": _("the head is not what was signed"),
    "published_head_is_missing": _("a head that was published is missing: is this an older copy?"),
    "published_head_differs": _("a head that was published is another one here"),
    "published_head_is_not_signed_by_us": _("a published head is not signed by a key that we know"),
    "head_is_not_outside": _("the head is missing outside the database"),
    "kept_key_is_unreadable": _("what is kept among the keys outside the database is no key"),
    "published_key_is_unreadable": _("what is published as a key is none"),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was. ``what`` is a code; the others say of what."""

    what: str
    record: uuid.UUID | None = None
    tenant: uuid.UUID | None = None
    position: int | None = None
    """Of a leaf, or of the first leaf below a tile."""
    size: int | None = None
    """Of a head."""
    text: uuid.UUID | None = None
    """A version of a text."""
    name: str = ""
    """Of an entry outside the database, of a key, or of a form (its SHA-256)."""


@dataclass
class Report:
    """What was looked at, and what was found."""

    records: int
    heads: int
    faults: list[Fault]


def as_said(fault: Fault) -> dict[str, Any]:
    """Without what it says nothing of, in types of JSON."""
    said = {each.name: getattr(fault, each.name) for each in fields(fault)}
    return {
        name: str(value) if isinstance(value, uuid.UUID) else value
        for name, value in said.items()
        if value not in (None, "")
    }


def in_words(said: Mapping[str, Any]) -> str:
    """A fault ``as_said``, as a sentence in the language that is active."""
    about = [
        words % {"value": said[name]}
        for name, words in (
            ("record", gettext("record %(value)s")),
            ("tenant", gettext("of business %(value)s")),
            ("position", gettext("at position %(value)s")),
            ("size", gettext("head of size %(value)s")),
            ("text", gettext("text %(value)s")),
            ("name", "%(value)s"),
        )
        if name in said
    ]
    return f"{' '.join(about)}: {WORDS[said['what']]}"
