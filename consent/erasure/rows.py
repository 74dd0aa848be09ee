"""The rows on people who talked to a business: ended as the models declare it, and counted."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.deletion import Collector
from django.db.models.sql import DeleteQuery, UpdateQuery

from chatbo.foundation.isolation.models import DirectoryEntry
from chatbo.foundation.personal_data import (
    Medium,
    NoPersonalData,
    declarations_about,
    declare_store,
)
from chatbo.foundation.personal_data.declarations import subjects as kinds_of_people
from chatbo.foundation.personal_data.rows import Several, rows_about_any
from chatbo.foundation.personal_data.statements import Anybody, Sql, Statements, sql_of
from consent.erasure.models import Erasure, ErasurePolicy
from consent.erasure.policy import Ending, endings_under, kept_under
from tenants.bots.models import Subscriber

declare_store(Medium.MEMORY, __name__, NoPersonalData("The texts of statements, without values."))


@dataclass
class Gone:
    """What went, and what stays: rows by model label, and the files that must follow."""

    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    claim_until: datetime.date | None = None


def end_rows(subjects: Several[Subscriber], policy: ErasurePolicy) -> Gone:
    """End every row on these people, whom the caller has locked, in the caller's transaction.

    What stays is counted before the links are gone. Their own rows go last.
    """
    return _endings_of(policy).carried_out(subjects)


def end_rows_by_identifier(subjects: Sequence[Subscriber], policy: ErasurePolicy) -> None:
    """End what is found by their identifiers alone: their own rows are gone, or never were."""
    endings = [each for each in endings_under(policy) if _is_by_identifier(each)]
    _Endings(endings).carried_out(Several(subjects))


def count_kept(
    subjects: Sequence[Subscriber] | models.QuerySet[Subscriber], policy: ErasurePolicy
) -> dict[str, int]:
    """What stays of these people, while the links are still there that the deletion takes away."""
    counts = {
        model._meta.label: sum(rows.count() for rows in rows_on(model, Subscriber, subjects))
        for model, _kept in kept_under(policy)
    }
    return {label: count for label, count in counts.items() if count}


def rows_on(
    model: type[models.Model],
    kind: type[models.Model],
    subjects: Sequence[models.Model] | models.QuerySet[Any],
) -> Iterator[models.QuerySet[Any]]:
    """The rows of a model on these people: their own, or of what stands for them in its turn."""
    stand_for_somebody = kinds_of_people()
    for each, declaration in declarations_about(kind._meta.label):
        if each is model:
            yield rows_about_any(subjects, model, declaration)
        elif each is not kind and each._meta.label in stand_for_somebody:
            yield from rows_on(model, each, rows_about_any(subjects, each, declaration))


@lru_cache(maxsize=16)
def _endings_of(policy: ErasurePolicy) -> "_Endings":
    """Of a policy, which never changes, and of the declarations that this process runs with."""
    # The job needs the address once more, and then drops it itself.
    endings = [each for each in endings_under(policy) if each.model is not Erasure]
    return _Endings(endings, [model for model, _kept in kept_under(policy)])


def _is_by_identifier(ending: Ending) -> bool:
    return "external_index" in ending.declaration.match.values()


class _Endings:
    """Counts what is kept and ends the rest, table after table in the order given."""

    def __init__(self, endings: Iterable[Ending], kept: Iterable[type[models.Model]] = ()) -> None:
        counting = [
            (model._meta.label, _count(rows))
            for model in kept
            for rows in rows_on(model, Subscriber, Anybody())
        ]
        ending = [each for one in endings if one.end != "kept" for each in _end(one)]
        self._kept = [label for label, _sql in counting]
        self._deleted = [label for label, _sql in ending]
        self._statements = Statements(sql for _label, sql in [*counting, *ending])

    def carried_out(self, subjects: Several[Subscriber]) -> Gone:
        gone = Gone()
        answers = iter(self._statements.answers(subjects))
        for label in self._kept:
            ((count,),) = next(answers).rows
            _add(gone.kept, label, count)
        for counted_as, answer in zip(self._deleted, answers, strict=True):
            gone.files += [name for of_row in answer.rows for name in of_row if name]
            if counted_as:
                _add(gone.counts, counted_as, answer.count)
        return gone


def _count(rows: models.QuerySet[Any]) -> Sql:
    counting = rows.order_by().query
    counting.add_annotation(models.Count("*"), "rows", select=True)
    counting.set_values(["rows"])
    return sql_of(counting)


def _end(ending: Ending) -> Iterator[tuple[str, Sql]]:
    """What ends these rows and gives back their files; what it counts as, or nothing."""
    rows = rows_about_any(Anybody(), ending.model, ending.declaration).order_by()
    label, files = ending.model._meta.label, ending.declaration.files
    if ending.end == "blanked":
        if files:
            raise TypeError(f"{label}: emptied rows would lose their files.")
        update: Any = rows.query.chain(UpdateQuery)
        update.add_update_values(dict(ending.fields))
        yield "", sql_of(update)
        return
    _refuse_what_goes_another_way(rows)
    if kinds := [each.kind for each in getattr(ending.model, "listed", ())]:
        listed = DirectoryEntry.objects.filter(kind__in=kinds, target_id__in=rows.values("pk"))
        yield "", sql_of(listed.query.chain(DeleteQuery))
    text, values = sql_of(rows.query.chain(DeleteQuery))
    if files:
        text += f" RETURNING {', '.join(map(connection.ops.quote_name, files))}"
    yield label, (text, values)


def _refuse_what_goes_another_way(rows: models.QuerySet[Any]) -> None:
    """A bare DELETE leaves whatever else a model, or Django, would delete with its rows."""
    model, label = rows.model, rows.model._meta.label
    is_alone = Collector(DEFAULT_DB_ALIAS).can_fast_delete(rows)
    if not is_alone and model is not Subscriber:
        # Those are about the person as well, and have to say so.
        raise TypeError(f"{label}: rows of other models point to its own.")
    if type(rows).delete is not models.QuerySet.delete and not hasattr(model, "listed"):
        raise TypeError(f"{label}: its rows are deleted in a way of their own.")


def _add(counts: dict[str, int], label: str, count: int) -> None:
    if count:
        counts[label] = counts.get(label, 0) + count
