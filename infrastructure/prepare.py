"""Migrates the database and fills it with the demo's data, in one process: Django loads once."""

import os
import sys

import django
from django.core.management import CommandError, call_command


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")
    django.setup()
    try:
        call_command("migrate", verbosity=0)
        for command in arguments:
            call_command(command)
    except CommandError as error:
        sys.stderr.write(f"CommandError: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
