"""The tree's hashes as they are stored: 256 side by side, a level of tiles over each other.

A node of any height lies in one tile, so a proof among a million leaves reads a handful of rows.
"""

from collections.abc import Iterable
from functools import cache

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.merkle import Nodes, node_hash
from consent.ledger.models import Tile

declare_store(Medium.MEMORY, __name__, NoPersonalData("Hashes, while one proof is made."))

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32

Place = tuple[int, int]
"""Level and index of a tile."""


class Tiles:
    """Read on demand, each tile once; ``grow`` adds leaves, ``changed`` says what to store."""

    def __init__(self) -> None:
        self._held: dict[Place, bytearray] = {}
        self._changed: set[Place] = set()

    def node(self, level: int, index: int) -> bytes:
        """The hash over the leaves from ``index << level`` on, ``1 << level`` of them.

        Raises ``IndexError`` where the tree has not grown so far.
        """
        floor, height = divmod(level, HEIGHT)
        first = index << height
        tile = self._tile(floor, first // WIDTH)
        return _over(_at(tile, first % WIDTH + step) for step in range(1 << height))

    def leaf(self, position: int) -> bytes:
        """Raises ``IndexError`` as ``node`` does."""
        return _at(self._tile(0, position // WIDTH), position % WIDTH)

    def grow(self, size: int, leaves: Iterable[bytes]) -> int:
        """Add leaves behind the first ``size``; gives back the new size."""
        for leaf in leaves:
            self._add(0, size, leaf)
            size += 1
        return size

    def changed(self) -> list[Tile]:
        return [
            Tile(level=level, index=index, hashes=bytes(self._held[level, index]))
            for level, index in sorted(self._changed)
        ]

    def _add(self, floor: int, place: int, hash_: bytes) -> None:
        index, within = divmod(place, WIDTH)
        tile = self._tile(floor, index)
        if len(tile) != within * HASH:
            raise IndexError(f"tile {floor}/{index} does not end at {within}")
        tile += hash_
        self._changed.add((floor, index))
        if within == WIDTH - 1:
            self._add(floor + 1, index, _over(_at(tile, step) for step in range(WIDTH)))

    def _tile(self, floor: int, index: int) -> bytearray:
        if (floor, index) not in self._held:
            found = Tile.objects.filter(level=floor, index=index).first()
            self._held[floor, index] = bytearray(found.hashes if found else b"")
        return self._held[floor, index]


def stored_nodes() -> Nodes:
    """The tree as it is stored, for proofs and roots."""
    return Tiles().node


def remembered(nodes: Nodes) -> Nodes:
    """The same, each hash made once: for the proofs of neighbours, which share their way up."""
    return cache(nodes)


def _over(hashes: Iterable[bytes]) -> bytes:
    """The root over a power of two of neighbours."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _at(tile: bytearray, place: int) -> bytes:
    found = bytes(tile[place * HASH : (place + 1) * HASH])
    if len(found) != HASH:
        raise IndexError(place)
    return found
