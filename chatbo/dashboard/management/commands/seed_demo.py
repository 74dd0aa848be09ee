"""``manage.py seed_demo``: fills an empty demo; a filled one is left as it is."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatbo.dashboard.demo.errors import DemoError
from chatbo.dashboard.demo.seeding import seed


class Command(BaseCommand):
    help = "Makes the demo's log-ins, businesses, bots, contracts and conversations. Twice is once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is made in the demo only: set DEBUG=1.")
        try:
            seed()
        except DemoError as error:
            raise CommandError(str(error)) from error
