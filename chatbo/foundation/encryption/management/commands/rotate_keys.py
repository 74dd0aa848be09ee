"""``manage.py rotate_keys``: everything encrypted comes under the newest of ``FIELD_KEYS``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatbo.foundation.encryption import OLD_KEYS_STAY
from chatbo.foundation.encryption.columns import keyed_tables
from chatbo.foundation.encryption.listings import Listing, rotate_directory
from chatbo.foundation.encryption.rotation import Tally, rotate_table


class Command(BaseCommand):
    help = (
        "Puts what is encrypted, and what it is found by, under the newest key of FIELD_KEYS, while"
        " the system runs. Start it when every process knows the key; killed, start it again."
        " Twice is harmless."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = True
        for table in keyed_tables():
            tally = rotate_table(table)
            self.stdout.write(f"{table.name}: {_in_words(tally)}")
            for error in tally.unreadable.values():
                self.stderr.write(str(error))
            for key in tally.doubled:
                self.stderr.write(f"{table.name}: row {key} has the same value as another row.")
            done = done and tally.is_done
        for kind, listing in rotate_directory().items():
            self.stdout.write(f"directory, {kind}: {_of_directory(listing)}")
            done = done and not listing.left
        if not done:
            raise CommandError(
                "Some rows still need an older key of FIELD_KEYS: keep them all, and start this"
                " again. A row that no key opens needs a key that is missing from the ring."
            )
        if len(settings.FIELD_KEYS) > 1:
            self.stdout.write(
                f"All is under the newest key. The older ones may leave FIELD_KEYS"
                f" {OLD_KEYS_STAY.days} days after the last process was started with it: links in"
                " mails live as long."
            )


def _in_words(tally: Tally) -> str:
    said = f"{tally.renewed} renewed, {tally.newest} were under the newest key"
    if tally.held:
        said += f", {tally.held} in use and left for the next run"
    if tally.unreadable:
        said += f", {len(tally.unreadable)} open with no key"
    return said


def _of_directory(listing: Listing) -> str:
    said = f"{listing.renewed} renewed, {listing.newest} under the newest key"
    if listing.left:
        said += f", {listing.left} left for the next run"
    if listing.unknown:
        said += f", {listing.unknown} lead to nothing any more"
    return said
