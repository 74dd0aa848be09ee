"""``migrate`` as the owner of the tables: the application's role cannot change them."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

from chatbo.foundation.isolation.catalog import read_catalog
from chatbo.foundation.isolation.walls import holes_in


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """Ask nothing of the database before it is migrated: its tables are of yesterday."""
        return super().get_check_kwargs(options) | {"databases": None}

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then fail where a table has no wall: nobody may serve people on such a one.

        Half a migration (to a named app or state) is left to the start of the processes: its
        tables are not those of the models.
        """
        super().handle(*args, **options)
        if options["app_label"] or options["plan"]:
            return
        with connections[options["database"]].cursor() as cursor:
            holes = holes_in(read_catalog(cursor))
        if holes:
            # The last line is the one that `make run` shows.
            lines = [f"isolation.{hole.code} {hole} {hole.remedy}" for hole in holes]
            raise CommandError(
                "\n".join(
                    [*lines, f"The tables are migrated, but isolation has a hole: {holes[0]}"]
                )
            )
