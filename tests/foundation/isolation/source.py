"""Reads the product's own source: who calls what, from which function."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FLOORS = ("chatbo", "tenants", "consent", "dpa")


@dataclass(frozen=True)
class Place:
    """A node of the source, with the function that it stands in."""

    file: str
    function: str
    """Its dotted name in the file; empty where the node stands outside of all."""
    node: ast.AST
    decorators: tuple[str, ...]
    """Of that function and of those around it."""

    def __str__(self) -> str:
        return f"{self.file} {self.function}".strip()


def product_files() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))


def places(files: Iterator[Path] | list[Path]) -> Iterator[Place]:
    for file in files:
        tree = ast.parse(file.read_text(), filename=str(file))
        name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else file.name
        yield from _inside(tree, Place(name, "", tree, ()))


def _inside(parent: ast.AST, place: Place) -> Iterator[Place]:
    for node in ast.iter_child_nodes(parent):
        inner = Place(place.file, place.function, node, place.decorators)
        yield inner
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = Place(
                place.file,
                f"{place.function}.{node.name}".lstrip("."),
                node,
                (*place.decorators, *(ast.unparse(found) for found in node.decorator_list)),
            )
        yield from _inside(node, inner)


def called(node: ast.AST) -> str:
    """The last part of the name of what is called; empty where the node is no call by name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        return node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    return ""
