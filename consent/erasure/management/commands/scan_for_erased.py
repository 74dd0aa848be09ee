"""``manage.py scan_for_erased``: looks whether anything is left of those who were erased lately."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from consent.erasure.scan_models import CompletenessScan
from consent.erasure.scanning import Kind
from consent.erasure.scanning.erased import PEOPLE
from consent.erasure.scanning.scans import scan_for_erased

KINDS = {
    Kind.ROW: ("row", "rows"),
    Kind.FILE: ("file", "files"),
    Kind.ENTRY: ("entry of the store outside", "entries of the store outside"),
    Kind.MAIL: ("mail", "mails"),
    Kind.KEY: ("key of Redis", "keys of Redis"),
    Kind.LINE: ("line of the logs", "lines of the logs"),
}


class Command(BaseCommand):
    help = (
        "Looks in the database, the files, the store outside, Redis and the logs for people who"
        f" were erased in the last two days ({PEOPLE} of them at most), as each night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        scan = scan_for_erased()
        with translation.override("en"):  # As all that commands say.
            for sentence in scan.sentences():
                self.stderr.write(f"Named in {sentence}.")
        for name in scan.unread:
            self.stderr.write(f"Could not be looked into: {name}.")
        for name in scan.undeclared:
            self.stderr.write(f"In the database and in no model: {name}.")
        self.stdout.write(_looked_at(scan))
        if scan.found:
            raise CommandError(f"Erased people are named in {_counted(scan.found, 'place')}.")
        if scan.unread:
            raise CommandError("Not everything could be looked into.")
        self.stdout.write("Nobody was found.")


def _looked_at(scan: CompletenessScan) -> str:
    if not scan.people and not scan.unread:
        return "Nobody was erased in the last two days (the last hour not counted)."
    seen = (_counted(scan.looked_at.get(kind, 0), *words) for kind, words in KINDS.items())
    return (
        f"Looked for {_counted(scan.people, 'person', 'people')} in {', '.join(seen)},"
        f" {scan.seconds:.1f} s."
    )


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"
