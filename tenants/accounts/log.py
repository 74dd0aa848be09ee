"""The audit log in words: who did what, when, on what; as rows of a page, and as CSV."""

import csv
import dataclasses
import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from django.utils.translation import gettext as _

from chatbo.foundation.audit.actions import ACTIONS
from chatbo.foundation.audit.models import AuditEntry, AuditQuerySet
from tenants.accounts.models import PlatformRole, Tenant, User

AT_ONCE = 2000


@dataclasses.dataclass(frozen=True)
class Line:
    """An entry as it is read. ``facts``: pairs of name and value, of before and after too."""

    entry: AuditEntry
    at: datetime
    what: str
    who: str
    company: str
    facts: list[tuple[str, str]]


def lines_of(entries: Iterable[AuditEntry], *, for_platform: bool = False) -> list[Line]:
    """With the actors' names; for a business ChatBo's own people are ChatBo, not a name.

    ``for_platform``: with the business's name as well; within the platform's scope.
    """
    entries = list(entries)
    companies = _companies(entries) if for_platform else {}
    names = _names({e.actor_id for e in entries if e.actor_id}, for_platform=for_platform)
    return [
        Line(
            entry=entry,
            at=entry.at,
            what=str(ACTIONS.get(entry.action, entry.action)),
            who=names.get(entry.actor_id, _("an account that was closed"))
            if entry.actor_id
            else _("ChatBo, by itself"),
            company=companies.get(entry.tenant_id, ""),
            facts=list(_facts(entry.details)),
        )
        for entry in entries
    ]


def write_csv(entries: AuditQuerySet) -> IO[bytes]:
    """All of them, the newest first, in a temporary file that is gone when it is closed.

    Read here and not while it is sent: by then no scope is open any more.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    text = _Text(file)
    writer = csv.writer(text, delimiter=";")
    # So that spreadsheet programs read the umlauts.
    text.write("\ufeff")
    writer.writerow([_("When"), _("Who"), _("What"), "action", "target", "id", "details", "actor"])
    batch: list[AuditEntry] = []
    for entry in entries.iterator(chunk_size=AT_ONCE):
        batch.append(entry)
        if len(batch) == AT_ONCE:
            writer.writerows(_rows(batch))
            batch = []
    writer.writerows(_rows(batch))
    file.seek(0)
    return file


class _Text:
    """What ``csv`` writes to: text into a file of bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _rows(entries: list[AuditEntry]) -> Iterator[list[str]]:
    for line in lines_of(entries):
        entry = line.entry
        yield [
            entry.at.isoformat(),
            # A name that begins like a formula must not become one in a spreadsheet.
            f"'{line.who}" if line.who[:1] in "=+-@\t\r" else line.who,
            line.what,
            entry.action,
            entry.target_kind,
            entry.target_id,
            json.dumps(entry.details, ensure_ascii=False),
            str(entry.actor_id or ""),
        ]


def _names(ids: set[uuid.UUID], *, for_platform: bool) -> dict[uuid.UUID | None, str]:
    people = User.objects.filter(pk__in=ids).only("pk", "name", "platform_role")
    return {
        user.pk: user.name if for_platform or user.platform_role == PlatformRole.NONE else "ChatBo"
        for user in people
    }


def _companies(entries: list[AuditEntry]) -> dict[uuid.UUID | None, str]:
    found = Tenant.objects.filter(pk__in={entry.tenant_id for entry in entries if entry.tenant_id})
    return dict(found.values_list("pk", "company"))


def _facts(details: dict[str, object]) -> Iterator[tuple[str, str]]:
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield name, f"{_said(before.get(name))} → {_said(after.get(name))}"
    elif before is not None or after is not None:
        yield "", f"{_said(before)} → {_said(after)}"
    for name, value in details.items():
        if name not in {"before", "after"} and value not in ("", [], None):
            yield name, _said(value)


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if value == "" or value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
