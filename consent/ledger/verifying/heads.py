"""Signed heads and keys, in the database and outside it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.signed_notes import NoteError, parse_key
from chatbo.foundation.signing import believed_keys, unreadable_keys
from consent.ledger.faults import Fault
from consent.ledger.heads import HEADS, read_head
from consent.ledger.models import PublishedKey, TreeHead

PUBLISHED_WITHIN = timedelta(hours=1)
"""The store may be away for a while; the heads are then appended later."""


def in_heads(heads: Sequence[TreeHead], keys: Collection[bytes]) -> Iterator[Fault]:
    for head in heads:
        try:
            said = read_head(head.note, keys)
        except NoteError:
            yield Fault("head_is_not_signed_by_us", size=head.size)
            continue
        # The note says the second.
        does = (head.size, bytes(head.root), head.at.replace(microsecond=0))
        if (said.size, said.root, said.at) != does:
            yield Fault("head_says_something_else", size=head.size)


def in_keys() -> Iterator[Fault]:
    for name in unreadable_keys():
        yield Fault("kept_key_is_unreadable", name=name)
    for each in PublishedKey.objects.all():
        try:
            parse_key(each.key)
        except NoteError:
            yield Fault("published_key_is_unreadable", name=each.key)


def outside_the_database(heads: Sequence[TreeHead]) -> Iterator[Fault]:
    """What was published is what counts: a copy from before it has lost something."""
    keys = believed_keys()
    roots = {head.size: bytes(head.root) for head in heads}
    published = set()
    for name, note in outside.entries(HEADS):
        try:
            said = read_head(note, keys)
        except NoteError:
            yield Fault("published_head_is_not_signed_by_us", name=name)
            continue
        published.add(said.size)
        if said.size not in roots:
            yield Fault("published_head_is_missing", size=said.size)
        elif roots[said.size] != said.root:
            yield Fault("published_head_differs", size=said.size)
    newest = max(published, default=0)
    late = timezone.now() - PUBLISHED_WITHIN
    for head in heads:
        if head.size not in published and (head.size < newest or head.at < late):
            yield Fault("head_is_not_outside", size=head.size)
