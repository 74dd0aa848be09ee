"""Migrates the database and fills it with the demo's data, in one process: Django loads once.

What an older database has forgotten is carried out again here, where nobody waits for an answer:
the processes do it too, but one that takes minutes is taken for one that does not start.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")
    django.setup()
    try:
        call_command("migrate", verbosity=0)
        call_command("replay_erasures")
        for command in arguments:
            call_command(command)
    except CommandError as error:
        sys.stderr.write(f"CommandError: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
