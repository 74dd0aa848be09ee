"""The hashes of a Merkle tree, and its two proofs (RFC 9162, sections 2.1.1 to 2.1.4).

Pure functions on bytes. A tree is given as what it is asked for: ``nodes(level, index)`` gives the
hash of the complete subtree over the leaves from ``index << level`` on, ``1 << level`` of them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

Nodes = Callable[[int, int], bytes]

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(nodes: Nodes, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return _joined([nodes(level, index) for level, index in _complete(0, size)]) or EMPTY


def inclusion_proof(nodes: Nodes, position: int, size: int) -> list[bytes]:
    """What leads from a leaf to the root over the first ``size`` leaves, from below upwards.

    Raises ``ValueError`` where the tree has no such leaf.
    """
    if not 0 <= position < size:
        raise ValueError(position)
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if position < middle:
            proof.append(_subtree(nodes, middle, end))
            end = middle
        else:
            proof.append(_subtree(nodes, begin, middle))
            begin = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, before: int, size: int) -> list[bytes]:
    """What shows that the first ``before`` leaves of the tree are those of the earlier one.

    Raises ``ValueError`` unless 0 < before <= size.
    """
    if not 0 < before <= size:
        raise ValueError(before)
    proof: list[bytes] = []
    begin, end, is_known = 0, size, True
    while before != end:
        middle = begin + _split(end - begin)
        if before <= middle:
            proof.append(_subtree(nodes, middle, end))
            end = middle
        else:
            proof.append(_subtree(nodes, begin, middle))
            begin, is_known = middle, False
    # Whoever checks knows the earlier root; a part of it has to be said.
    return [*([] if is_known else [_subtree(nodes, begin, end)]), *proof[::-1]]


def is_included(
    leaf: bytes, *, position: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from the leaf's hash to the root (section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    place, last, found = position, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    *, before: int, root_before: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof leads from the earlier root to the later one (section 2.1.4.2)."""
    if before == size:
        return root_before == root and not proof
    if not 0 < before < size or not proof:
        return False
    steps = list(proof)
    if before & (before - 1) == 0:
        steps.insert(0, root_before)
    place, last = before - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            earlier, later = node_hash(step, earlier), node_hash(step, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node_hash(later, step)
        place, last = place >> 1, last >> 1
    return last == 0 and earlier == root_before and later == root


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _complete(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees, from left to right, that make up the leaves of a range.

    ``begin`` is where a split of a tree can fall: a multiple of every subtree's width.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _subtree(nodes: Nodes, begin: int, end: int) -> bytes:
    return _joined([nodes(level, index) for level, index in _complete(begin, end)])


def _joined(parts: Sequence[bytes]) -> bytes:
    if not parts:
        return b""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = node_hash(part, found)
    return found
