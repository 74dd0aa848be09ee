"""The tree as its leaves make it, one after the other."""

from collections import defaultdict

from consent.ledger.merkle import EMPTY, node_hash
from consent.ledger.tiles import HEIGHT


class GrowingTree:
    """Only the right edge is kept, enough for the root at every size; and what tiles hold above."""

    def __init__(self) -> None:
        self.size = 0
        self.is_whole = True
        """No leaf is missing so far: behind a gap nothing can be placed."""
        self.above: dict[int, bytearray] = defaultdict(bytearray)
        """By the tiles' level from 1 on: the roots of the whole tiles below, side by side."""
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size, found, height = self.size, leaf, 0
        while size & 1:
            found = node_hash(self._edge.pop(), found)
            size >>= 1
            height += 1
            if height % HEIGHT == 0:
                self.above[height // HEIGHT] += found
        self._edge.append(found)
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return EMPTY
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found
