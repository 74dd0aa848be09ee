"""The file storage: each tenant's files in a folder of its own, opened by its scope alone."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage

from chatbo.foundation.isolation.scopes import current_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.FILES,
    __name__,
    NoPersonalData("Opens the folder of a scope; who writes into it declares what."),
)


class OutsideScopeError(SuspiciousFileOperation):
    """The file lies outside the folder of the scope that is open, or no scope is open."""


def folder() -> str:
    """The folder of the open scope: a tenant's, or the platform's own.

    Inside ``platform_scope`` a tenant's files stay shut: narrow down to the tenant first. Raises
    ``OutsideScopeError`` where neither is open; a user's or partner's scope has no files.
    """
    scope = current_scope()
    if scope.tenant_id is not None:
        return f"tenants/{scope.tenant_id}"
    if scope.platform:
        return "platform"
    raise OutsideScopeError("no scope is open")


class ScopedStorage(FileSystemStorage):
    """Files below the storage's folder; a name must lie in the ``folder()`` of the open scope.

    Opening, saving, deleting and asking all go through ``path``, so each raises
    ``OutsideScopeError`` for an absolute name, ``..``, a symbolic link that leads out, another
    tenant's folder, and without a scope.
    """

    def path(self, name: str) -> str:
        allowed = folder()
        written = str(name).replace("\\", "/")
        parts = written.split("/")
        if not written.startswith(f"{allowed}/") or not {"", ".", ".."}.isdisjoint(parts):
            raise OutsideScopeError("outside the scope's folder")
        place = Path(self.location, *parts)
        # Where links lead counts, not how the name reads; the storage's own folder may be one.
        home = os.path.realpath(self.location)
        if os.path.realpath(place) != str(Path(home, *parts)):
            raise OutsideScopeError("a link leads elsewhere")
        return str(place)

    def names(self) -> Iterator[str]:
        """Every file of the open scope, whatever wrote it, in the order of the names."""
        allowed = folder()
        home = Path(self.location, allowed)
        for place, folders, files in os.walk(home):
            folders.sort()
            for file in sorted(files):
                yield f"{allowed}/{Path(place, file).relative_to(home).as_posix()}"

    def drop_empty_folder(self) -> None:
        """Take the open scope's folder away, and those in it, as far as no file is in them."""
        home = Path(self.location, folder())
        for place, _folders, _files in os.walk(home, topdown=False):
            with suppress(OSError):
                Path(place).rmdir()

    def url(self, name: str | None) -> Any:
        """Refused like the rest; a file of ours has no address of its own anyway."""
        self.path(name or "")
        return super().url(name)
