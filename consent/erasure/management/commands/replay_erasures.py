"""``manage.py replay_erasures``: whoever was erased after the restored backup goes again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent.erasure.errors import OutsideStoreAwayError, ReplayIncompleteError
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.replaying import replay_erasures

WHY = {
    "unreadable": "is damaged, cut off, or was not made by this installation. Fetch it from a"
    " backup of the outside store",
    "key_missing": "was made with a key that TOMBSTONE_KEY does not have. Put that key back,"
    " behind the others",
}


class Command(BaseCommand):
    help = "Removes again whoever was erased after the backup that the database was made from."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            replay = replay_erasures()
        except ReplayIncompleteError as error:
            for fault in error.faults:
                self.stderr.write(f"{fault.name} {WHY[fault.reason]}.")
            raise CommandError(
                "Nobody may be served yet: of"
                f" {_counted(len(error.faults), 'entry', 'entries')} of the tombstones it is not"
                " known who was erased. All others are carried out."
            ) from error
        except OutsideStoreAwayError as error:
            raise CommandError(
                "Nobody may be served yet: no tombstone lies in OUTSIDE_STORE_URL although the"
                f" database knows some. Is {settings.OUTSIDE_STORE_URL} there?"
            ) from error
        except OSError as error:
            raise CommandError(
                f"Nobody may be served yet: OUTSIDE_STORE_URL cannot be read ({error.strerror})."
            ) from error
        if replay is None:
            self.stdout.write("Nothing to do: the database knows of every erasure.")
        else:
            self.stdout.write(
                f"{_counted(replay.entries, 'entry', 'entries')} of the tombstones carried out"
                f" again: {_counted(replay.removed, 'person', 'people')} of"
                f" {_counted(len(replay.tenants), 'business', 'businesses')} removed in"
                f" {replay.seconds:.1f} s."
            )
            if replay.put_back:
                self.stdout.write(
                    f"{_counted(replay.put_back, 'hold or restriction', 'holds and restrictions')}"
                    " put back as they were."
                )
            if replay.ended:
                back = _counted(replay.ended, "business", "businesses")
                self.stdout.write(f"{back} that had left: locked, and leaving again by job.")
        self._tell_which_keys_are_needed()

    def _tell_which_keys_are_needed(self) -> None:
        """So that nobody takes one out of the ring too early, or forgets it there."""
        needed, ring = tombstones.keys_needed(), tombstones.key_ids()
        needed.update(words.keys_needed())
        for place, key in enumerate(ring[1:], start=2):
            if number := needed[key]:
                lying = _counted(number, "entry is", "entries are")
                self.stdout.write(f"TOMBSTONE_KEY: key {place} is still needed, {lying} under it.")
            else:
                self.stdout.write(f"TOMBSTONE_KEY: key {place} can go, nothing is under it.")
        if number := sum(needed[key] for key in needed if key not in ring):
            lying = _counted(number, "entry lies", "entries lie")
            self.stderr.write(
                f"TOMBSTONE_KEY: {lying} under a key that was taken out too early. Put it back:"
                " after the next restore nothing could start."
            )


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
