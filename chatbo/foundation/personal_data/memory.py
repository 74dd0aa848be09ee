"""What a process keeps between two requests, read from the source: the names of a module that its
functions fill.

Whatever functions put into a dict, list or set of the module, or bind to a name that they call
``global``, is there for the next request, which may be somebody else's.
"""

import ast
from collections.abc import Iterator

CONTAINERS = {
    "dict",
    "list",
    "set",
    "bytearray",
    "defaultdict",
    "deque",
    "ChainMap",
    "Counter",
    "OrderedDict",
    "WeakKeyDictionary",
    "WeakValueDictionary",
    "WeakSet",
}
FILLING = {
    "__setitem__",
    "add",
    "append",
    "appendleft",
    "extend",
    "extendleft",
    "insert",
    "setdefault",
    "update",
}
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def filled_by_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each such place: the name, and the line in which a function fills it."""
    containers = {name for node in tree.body for name in _containers(node)}
    yield from _within(tree, containers, frozenset(), is_inside=False)


def _containers(node: ast.stmt) -> Iterator[str]:
    """The names that this statement of the module binds to something that can be filled."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not _is_container(node.value):
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name):
            yield target.id


def _is_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return _name_of(value.func) in CONTAINERS
    return isinstance(
        value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
    )


def _within(
    node: ast.AST, names: set[str], globals_: frozenset[str], *, is_inside: bool
) -> Iterator[tuple[str, int]]:
    """``names``: the module's containers, as far as no function around has a name like that."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTION):
            said = frozenset(_said_global(child))
            yield from _within(child, names - (_own(child) - said), said, is_inside=True)
            continue
        if is_inside and (name := _filled(child, names, globals_)):
            yield name, getattr(child, "lineno", 0)
        yield from _within(child, names, globals_, is_inside=is_inside)


def _filled(node: ast.AST, names: set[str], globals_: frozenset[str]) -> str:
    """The name that this node fills or binds anew, if it does."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        name = _root(node)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FILLING
    ):
        name = _root(node.func.value)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id if node.id in globals_ else ""
    else:
        return ""
    return name if name in names else ""


def _own(function: _FUNCTION) -> set[str]:
    """What is the function's own: its parameters, and the names that it binds."""
    spec = function.args
    given = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    own = {each.arg for each in given if each}
    return own | {
        node.id
        for node in _body(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _said_global(function: _FUNCTION) -> Iterator[str]:
    for node in _body(function):
        if isinstance(node, ast.Global):
            yield from node.names


def _body(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in a function, but for the functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _FUNCTION):
            yield child
            yield from _body(child)


def _root(node: ast.AST) -> str:
    """Of ``name[a][b]`` the name."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Subscript):  # ``dict[str, int]()``
        return _name_of(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
