"""Which modules of ours fill stores beside the tables: read from their source, not from a list."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings

from chatbo.foundation.personal_data.memory import filled_by_functions
from chatbo.foundation.personal_data.stores import Medium

IMPORTS = {
    "redis": Medium.CACHE,
    "django.core.cache": Medium.CACHE,
    "chatbo.foundation.cache": Medium.CACHE,
    "django.core.files.storage": Medium.FILES,
}
"""Modules without which nobody gets at a store. A queue is filled by calling its tasks: the module
that defines a task says what its arguments are."""
DECORATORS = {
    "shared_task": Medium.QUEUE,
    "task": Medium.QUEUE,
    "cache": Medium.MEMORY,
    "lru_cache": Medium.MEMORY,
    "cached": Medium.MEMORY,
    "cache_page": Medium.CACHE,
}
CALLS = {
    "getLogger": Medium.LOG,
    "get_logger": Medium.LOG,
    "print_exc": Medium.LOG,
    "print_exception": Medium.LOG,
    "lru_cache": Medium.MEMORY,  # around a function, without being its decorator
    "set_cookie": Medium.COOKIE,
    "set_signed_cookie": Medium.COOKIE,
    "send_task": Medium.QUEUE,  # by a name, past the module that declares its task
    # Onto the disk past the file storage.
    "write_text": Medium.FILES,
    "write_bytes": Medium.FILES,
    "TemporaryFile": Medium.FILES,
    "NamedTemporaryFile": Medium.FILES,
    "mkstemp": Medium.FILES,
    "fdopen": Medium.FILES,
}
CALLS_OF = {
    # What a process says ends in its log.
    "logging": (
        {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"},
        Medium.LOG,
    ),
    "stdout": ({"write", "writelines"}, Medium.LOG),
    "stderr": ({"write", "writelines"}, Medium.LOG),
    "functools": ({"cache"}, Medium.MEMORY),
    "os": ({"write", "pwrite", "writev"}, Medium.FILES),
    "session": ({"setdefault", "update", "__setitem__"}, Medium.SESSION),
    "cookies": ({"setdefault", "update", "__setitem__", "load"}, Medium.COOKIE),
}
"""Methods that fill a store only on what has this name."""
STORED_IN = {"session": Medium.SESSION, "cookies": Medium.COOKIE}
SET_COOKIE = "set-cookie"
SAYS_A_HEADER = {"setdefault", "__setitem__", "append", "add", "set"}
WRITES = re.compile(r"\bO_(WRONLY|RDWR|CREAT|APPEND|TRUNC|TMPFILE)\b")
"""Flags of ``os.open``."""
WRITING = re.compile(r"[wax][bt+]*|r[bt]*\+[bt]*")
"""What ``open`` is told by whoever means to write."""


@dataclass(frozen=True)
class Use:
    """That a module uses a medium: by what, and in which line."""

    medium: Medium
    module: str
    what: str
    line: int


def undeclared() -> list[Use]:
    """The uses of stores in modules that do not declare what they put there."""
    found: dict[tuple[str, Medium], Use] = {}
    for file in _files():
        tree = ast.parse(file.read_bytes())
        declared = set(_declared(tree))
        for use in uses(tree, module=_module(file)):
            if use.medium not in declared:
                found.setdefault((use.module, use.medium), use)
    return list(found.values())


def uses(tree: ast.Module, *, module: str) -> Iterator[Use]:
    """Every place of a module that can fill or read a store beside the tables."""
    for node in ast.walk(tree):
        for medium, what in _found(node):
            yield Use(medium, module, what, getattr(node, "lineno", 0))
    for name, line in filled_by_functions(tree):
        yield Use(Medium.MEMORY, module, name, line)


def _found(node: ast.AST) -> Iterator[tuple[Medium, str]]:
    if isinstance(node, ast.Import):
        yield from _imported(alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from _imported(f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for decorator in node.decorator_list:
            name = _last_name(decorator)
            if name in DECORATORS:
                yield DECORATORS[name], f"@{name}"
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield from _stored(node)
    elif isinstance(node, ast.Dict) and any(_is_set_cookie(key) for key in node.keys):
        yield Medium.COOKIE, "a header"


def _is_for_writing(call: ast.Call) -> bool:
    # The function is given the name first, the methods of a path are not.
    places = call.args[1:] if isinstance(call.func, ast.Name) else call.args
    given = [*places, *(each.value for each in call.keywords)]
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and WRITING.fullmatch(each.value)
        for each in given
    )


def _is_set_cookie(node: ast.AST | None) -> bool:
    said = node.value if isinstance(node, ast.Constant) else None
    return isinstance(said, str) and said.lower() == SET_COOKIE


def _stored(node: ast.Subscript) -> Iterator[tuple[Medium, str]]:
    name = _last_name(node.value)
    if name in STORED_IN:
        yield STORED_IN[name], f"{name}[...]"
    elif _is_set_cookie(node.slice):
        yield Medium.COOKIE, "a header"


def _on(call: ast.Call) -> Iterator[tuple[Medium, str]]:
    """A method of something by whose name it is known: ``logging.info()``, ``session.update()``."""
    if not isinstance(call.func, ast.Attribute):
        return
    owner, method = _last_name(call.func.value), call.func.attr
    methods, medium = CALLS_OF.get(owner, (set(), Medium.LOG))
    if method in methods and not _is_of_a_command(call.func.value):
        yield medium, f"{owner}.{method}()"
    elif method in SAYS_A_HEADER and call.args and _is_set_cookie(call.args[0]):
        yield Medium.COOKIE, "a header"
    elif _is_of_os(call) and _may_write(call):
        yield Medium.FILES, "os.open()"


def _is_of_a_command(owner: ast.AST) -> bool:
    """``self.stdout``: the terminal of whoever calls a command, who reads it there and then."""
    return isinstance(owner, ast.Attribute) and _last_name(owner.value) == "self"


def _is_of_os(call: ast.Call) -> bool:
    """``os.open``, which is given flags where ``open`` is given a mode."""
    return ast.unparse(call.func) == "os.open"


def _may_write(call: ast.Call) -> bool:
    """Whether its flags say so, or come from elsewhere and cannot be read here."""
    flags = " ".join(ast.unparse(each) for each in [*call.args[1:2], *call.keywords])
    return bool(WRITES.search(flags)) or "O_RDONLY" not in flags


def _called(call: ast.Call) -> Iterator[tuple[Medium, str]]:
    yield from _on(call)
    name = _last_name(call)
    if name in CALLS:
        yield CALLS[name], f"{name}()"
    elif name == "open" and not _is_of_os(call) and _is_for_writing(call):
        yield Medium.FILES, "open()"
    elif isinstance(call.func, ast.Name) and name == "print":
        yield Medium.LOG, "print()"
    elif isinstance(call.func, ast.Name) and name == "cache":
        yield Medium.MEMORY, "cache()"


def _imported(names: Iterator[str]) -> Iterator[tuple[Medium, str]]:
    for name in names:
        for module, medium in IMPORTS.items():
            if name == module or name.startswith(f"{module}."):
                yield medium, name


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _declared(tree: ast.Module) -> Iterator[Medium]:
    """The media that a module declares at its top level, for itself."""
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and _last_name(call) == "declare_store":
            medium, module, *_data = call.args
            if ast.unparse(module) == "__name__":
                yield Medium[_last_name(medium)]


def _files() -> Iterator[Path]:
    """Every module of the floors, and of the rooms in them that hold an app.

    What holds none runs without Django and declares nothing: ``chatbo/embedded``, the demo's
    servers, which know nothing of what lies in them.
    """
    root = Path(settings.BASE_DIR)
    rooms = {
        Path(app.path).relative_to(root).parts[:2]
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(root) and ".venv" not in app.path
    }
    for floor in sorted({floor for floor, _room in rooms}):
        yield from sorted((root / floor).glob("*.py"))
    for floor, room in sorted(rooms):
        for file in sorted((root / floor / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def _module(file: Path) -> str:
    return ".".join(file.relative_to(settings.BASE_DIR).with_suffix("").parts)
