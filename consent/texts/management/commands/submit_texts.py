"""``manage.py submit_texts``: hands what the product ships with to the lawyer. Twice is once."""

from typing import Any

from django.core.management.base import BaseCommand

from consent.texts.shipping import submit_shipped_texts


class Command(BaseCommand):
    help = "Submits each shipped text whose words are new, for a lawyer to decide on."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in submit_shipped_texts():
            self.stdout.write(f"{version} waits for a lawyer")
