"""``manage.py verify_ledger``: checks every consent record against the signed tree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from consent.ledger.checks import check_ledger


class Command(BaseCommand):
    help = "Checks all consent records, leaves and tree heads; names each that is not as it was."

    def handle(self, *args: Any, **options: Any) -> None:
        check = check_ledger()
        with translation.override("en"):  # As all that commands say.
            for sentence in check.sentences():
                self.stderr.write(sentence)
        if check.found:
            raise CommandError(f"Not as it was: {_counted(check.found, 'thing')}.")
        leaves, heads = _counted(check.leaves, "leaf", "leaves"), _counted(check.heads, "head")
        self.stdout.write(f"{leaves}, {heads}: all is as recorded.")


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"
