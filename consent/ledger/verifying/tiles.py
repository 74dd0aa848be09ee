"""The stored hashes that proofs are made of."""

from collections.abc import Iterator

from django.db.models import Case, When
from django.db.models.functions import Length

from consent.ledger.faults import Fault
from consent.ledger.models import Tile
from consent.ledger.tiles import HASH, WIDTH
from consent.ledger.verifying.growing import GrowingTree

IN_A_TILE = WIDTH * HASH
"""Bytes."""


def in_tiles(tree: GrowingTree) -> Iterator[Fault]:
    """Above the leaves each hash; of the leaves' own tiles, whose hashes were compared, the length.

    Nothing where leaves are missing: that is said, and the tiles would all differ.
    """
    if not tree.is_whole:
        return
    missing = {
        (level, index)
        for level, length in enumerate([tree.size * HASH, *map(len, _levels(tree))])
        for index in range(-(-length // IN_A_TILE))
    }
    above = Case(When(level__gt=0, then="hashes"), default=None)
    tiles = Tile.objects.annotate(length=Length("hashes"), above=above).order_by("level", "index")
    found = tiles.values_list("level", "index", "length", "above")
    for level, index, length, hashes in found.iterator():
        missing.discard((level, index))
        if level == 0:
            is_right = length == min(IN_A_TILE, tree.size * HASH - index * IN_A_TILE)
        else:
            begin = index * IN_A_TILE
            expected = tree.above.get(level, b"")[begin : begin + IN_A_TILE]
            is_right = bool(expected) and bytes(hashes) == bytes(expected)
        if not is_right:
            yield Fault("tile_differs", position=_first_leaf(level, index))
    for level, index in sorted(missing):
        yield Fault("tile_is_missing", position=_first_leaf(level, index))


def _levels(tree: GrowingTree) -> list[bytearray]:
    return [tree.above[level] for level in sorted(tree.above)]


def _first_leaf(level: int, index: int) -> int:
    return int(index * WIDTH ** (level + 1))
