"""What a business's tables are called, in the language that is active."""

from collections import Counter
from collections.abc import Mapping

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chatbo.foundation.audit.targets import target_of
from consent.erasure.leaving.what_goes import Table


def kind_of_table(model: Table) -> str:
    """As its people know it; of what only ChatBo itself needs, that it is so."""
    if "verbose_name_plural" in model._meta.original_attrs:
        return str(capfirst(str(model._meta.verbose_name_plural)))
    target = target_of(model)
    return str(target.word) if target else _("Technical entries")


def counted(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rows by model label, as kind and number; what is called alike, together."""
    found: Counter[str] = Counter()
    for label, count in rows.items():
        found[kind_of_table(apps.get_model(label))] += count
    technical = _("Technical entries")
    return sorted(
        ((kind, count) for kind, count in found.items() if count),
        key=lambda pair: (pair[0] == technical, pair[0]),
    )
