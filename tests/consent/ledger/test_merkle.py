"""The tree's hashes and proofs, held to RFC 9162 and to what others computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.ledger.merkle import (
    EMPTY,
    Nodes,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

# The inputs and roots with which implementations of RFC 6962 check each other.
INPUTS = [
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(number.to_bytes(2)) for number in range(300)]


def tree(leaves: list[bytes]) -> Nodes:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_that_others_computed(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]

    assert root_of(tree(leaves), size).hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert root_of(tree([]), 0) == EMPTY


def test_no_leaf_passes_for_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_to_be_in_every_tree_that_has_it(
    size: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, size - 1))
    root = root_of(tree(LEAVES), size)
    proof = inclusion_proof(tree(LEAVES), position, size)

    def proves(**changed: object) -> bool:
        said: dict[str, object] = {
            "leaf": LEAVES[position],
            "position": position,
            "size": size,
            "proof": proof,
            "root": root,
        }
        return is_included(**{**said, **changed})  # type: ignore[arg-type]  # drawn by name

    assert proves()
    assert not proves(leaf=leaf_hash(b"another"))
    assert not proves(root=EMPTY)
    assert not proves(position=size)
    assert not proves(position=-1)
    assert not proves(proof=[*proof, EMPTY])
    assert not (proof and proves(proof=proof[:-1]))
    assert not (proof and proves(proof=[EMPTY, *proof[1:]]))
    other = data.draw(st.integers(0, size - 1))
    assert proves(position=other) == (other == position)


def test_a_node_of_the_tree_does_not_pass_for_a_leaf() -> None:
    """Its proof is shorter than that of a leaf at this place, and leads to the same root."""
    nodes = tree(LEAVES)

    assert not is_included(
        nodes(1, 0), position=0, size=4, proof=[nodes(1, 1)], root=root_of(nodes, 4)
    )


@given(st.integers(1, 300), st.data())
def test_every_tree_is_proved_to_go_on_from_every_earlier_one(
    size: int, data: st.DataObject
) -> None:
    before = data.draw(st.integers(1, size))
    nodes = tree(LEAVES)
    proof = consistency_proof(nodes, before, size)
    earlier, later = root_of(nodes, before), root_of(nodes, size)

    def proves(earlier: bytes, later: bytes, steps: list[bytes], before: int = before) -> bool:
        return is_consistent(before=before, root_before=earlier, size=size, root=later, proof=steps)

    assert proves(earlier, later, proof)
    assert not proves(EMPTY, later, proof)
    assert not proves(earlier, EMPTY, proof)
    assert not proves(earlier, later, [*proof, EMPTY])
    assert not (proof and proves(earlier, later, proof[:-1]))
    assert not proves(earlier, later, proof, before=size + 1)
    assert not proves(earlier, later, proof, before=0)


def test_a_tree_that_was_rewritten_does_not_go_on_from_the_earlier_one() -> None:
    rewritten = [leaf_hash(b"rewritten"), *LEAVES[1:]]
    proof = consistency_proof(tree(rewritten), 100, 200)

    assert not is_consistent(
        before=100,
        root_before=root_of(tree(LEAVES), 100),
        size=200,
        root=root_of(tree(rewritten), 200),
        proof=proof,
    )


@pytest.mark.parametrize(("position", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(position: int, size: int) -> None:
    with pytest.raises(ValueError, match=str(position)):
        inclusion_proof(tree(LEAVES), position, size)


@pytest.mark.parametrize(("before", "size"), [(0, 4), (5, 4)])
def test_what_is_no_earlier_tree_has_no_proof(before: int, size: int) -> None:
    with pytest.raises(ValueError, match=str(before)):
        consistency_proof(tree(LEAVES), before, size)
