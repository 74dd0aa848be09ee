"""The audit log in words: who did what, when, on what; as rows of a page, and as CSV."""

import csv
import dataclasses
import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chatbo.foundation.audit.actions import ACTIONS
from chatbo.foundation.audit.details import Fact, facts_of
from chatbo.foundation.audit.models import AuditEntry, AuditQuerySet
from chatbo.foundation.audit.targets import (
    Reference,
    model_of,
    names_of,
    target_of,
    tells_its_names,
)
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from chatbo.foundation.spreadsheets import no_formula
from tenants.accounts.models import PlatformRole, Tenant, User
from tenants.accounts.plausibility import sounds_like_us

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"details": Category.SECURITY},
        end="Once it is sent: a temporary file.",
        export="deeds",
    ),
)

AT_ONCE = 2000
ACCOUNT = User._meta.label_lower


@dataclasses.dataclass(frozen=True)
class On:
    """What something was done to: the kind in words, and its name if it has one.

    ``id``: by which the log is narrowed to it. ``is_gone``: it was deleted since.
    """

    kind: str
    name: str
    id: str
    is_gone: bool = False

    def __str__(self) -> str:
        """In one line."""
        named = f"{self.kind}: {self.name}" if self.name else self.kind
        gone = _("deleted since")
        return f"{named} ({gone})" if self.is_gone else named


@dataclasses.dataclass(frozen=True)
class Line:
    """An entry as it is read. ``facts``: pairs of name and value, of before and after too."""

    entry: AuditEntry
    at: datetime
    what: str
    who: str
    company: str
    on: On | None
    facts: list[tuple[str, str]]


def lines_of(entries: Iterable[AuditEntry], *, for_platform: bool = False) -> list[Line]:
    """With names; for a business ChatBo's own people are ChatBo, not a name.

    ``for_platform``: with the business's name as well; within the platform's scope. Of what is a
    business's own it learns the kind, not the name.
    """
    entries = list(entries)
    facts = {e.pk: list(facts_of(e.action, e.target_kind, e.details)) for e in entries}
    companies = _companies(entries) if for_platform else {}
    names = _names(_references(entries, facts), for_platform=for_platform)
    return [
        Line(
            entry=entry,
            at=entry.at,
            what=str(ACTIONS.get(entry.action, entry.action)),
            who=names.get((ACCOUNT, str(entry.actor_id)), _("an account that was closed"))
            if entry.actor_id
            else _("ChatBo, by itself"),
            company=companies.get(entry.tenant_id, ""),
            on=_on(entry, names, for_platform=for_platform),
            facts=[
                (fact.name, fact.read(names, to_platform=for_platform)) for fact in facts[entry.pk]
            ],
        )
        for entry in entries
    ]


def on_what(entries: AuditQuerySet, target_id: str, *, for_platform: bool = False) -> On | None:
    """What an id in an address stands for; nothing if none of the ``entries`` is about it."""
    entry = entries.filter(target_id=target_id).order_by("-at").first()
    if entry is None:
        return None
    names = _names({(entry.target_kind, entry.target_id)}, for_platform=for_platform)
    return _on(entry, names, for_platform=for_platform)


def write_csv(entries: AuditQuerySet) -> IO[bytes]:
    """All of them, the newest first, in a temporary file that is gone when it is closed.

    Read here and not while it is sent: by then no scope is open any more.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    text = _Text(file)
    # Quoted throughout: a spreadsheet that separates at other signs finds no cell inside a cell.
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    # So that spreadsheet programs read the umlauts.
    text.write("\ufeff")
    zone = _("When (time of %(zone)s)") % {"zone": settings.TIME_ZONE}
    header = [zone, _("Who"), _("What"), _("On what"), _("Details"), _("For computers (JSON)")]
    writer.writerow(header)
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
        cells = [
            _to_the_second(line.at),
            line.who,
            line.what,
            str(line.on or ""),
            "; ".join(f"{name}: {value}" for name, value in line.facts),
            _for_computers(line.entry),
        ]
        yield [no_formula(cell) for cell in cells]


def _to_the_second(moment: datetime) -> str:
    """As the pages show it, and the second."""
    local = localtime(moment)
    return f"{date_format(local, 'SHORT_DATETIME_FORMAT')}:{local:%S}"


def _for_computers(entry: AuditEntry) -> str:
    """The entry as it is kept; its moment with the distance from UTC."""
    kept = {
        "at": localtime(entry.at).isoformat(),
        "action": entry.action,
        "actor": str(entry.actor_id or ""),
        "target_kind": entry.target_kind,
        "target": entry.target_id,
        "details": entry.details,
    }
    return json.dumps(kept, ensure_ascii=False)


def _on(entry: AuditEntry, names: Mapping[Reference, str], *, for_platform: bool) -> On | None:
    if not entry.target_id:
        return None
    target = target_of(model_of(entry.target_kind))
    name = names.get((entry.target_kind, entry.target_id))
    return On(
        kind=capfirst(str(target.word if target else entry.target_kind)),
        name=name or "",
        id=entry.target_id,
        is_gone=name is None and tells_its_names(entry.target_kind, to_platform=for_platform),
    )


def _references(
    entries: Iterable[AuditEntry], facts: Mapping[uuid.UUID, Iterable[Fact]]
) -> set[Reference]:
    """Whatever the entries name by its id: who did it, on what, and what the details speak of."""
    found = {(ACCOUNT, str(entry.actor_id)) for entry in entries if entry.actor_id}
    found |= {(entry.target_kind, entry.target_id) for entry in entries if entry.target_id}
    return found.union(*(fact.references() for of_one in facts.values() for fact in of_one))


def _names(references: set[Reference], *, for_platform: bool) -> dict[Reference, str]:
    accounts = {row_id for kind, row_id in references if kind == ACCOUNT}
    people = User.objects.filter(pk__in=accounts).only("pk", "name", "email", "platform_role")
    return {
        (ACCOUNT, str(user.pk)): _name_of(user, for_platform=for_platform) for user in people
    } | names_of(
        (kind, row_id)
        for kind, row_id in references
        if kind != ACCOUNT and tells_its_names(kind, to_platform=for_platform)
    )


def _name_of(user: User, *, for_platform: bool) -> str:
    """Of a member, the name; or the address, where the name would pass for ChatBo's own."""
    if user.platform_role != PlatformRole.NONE:
        return user.name if for_platform else "ChatBo"
    return user.email if sounds_like_us(user.name) else user.name


def _companies(entries: list[AuditEntry]) -> dict[uuid.UUID | None, str]:
    found = Tenant.objects.filter(pk__in={entry.tenant_id for entry in entries if entry.tenant_id})
    return dict(found.values_list("pk", "company"))
