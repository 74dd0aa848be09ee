"""``manage.py verify_ledger``: checks every consent record against the signed tree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.ledger.verifying import Fault, verify_ledger

WORDS = {
    "record_was_changed": "says something else than when it was recorded",
    "record_was_dropped": "is missing, and we did not sign that its time had come",
    "record_was_added": "did not come through the product",
    "record_was_put_back": "is there again, after it ended",
    "record_was_held_back": "is kept from the tree, though it came through the product",
    "record_waits_again": "waits for a place in the tree that it has already",
    "identity_was_changed": "leads to somebody else than when it was recorded",
    "leaf_is_missing": "the leaf is missing",
    "leaf_was_added": "the leaf is in no signed tree",
    "tile_differs": "the stored hashes are not those of the leaves",
    "tile_is_missing": "the stored hashes of the leaves are missing",
    "text_was_changed": "the words are not those that were submitted",
    "form_was_changed": "what people were shown is not what it was",
    "form_is_missing": "what the person was shown is missing",
    "root_differs": "the leaves do not give the root that was signed",
    "head_is_not_signed_by_us": "the head is not signed by a key that we know",
    "head_says_something_else": "the head is not what was signed",
    "published_head_is_missing": "a head that was published is missing: is this an older copy?",
    "published_head_differs": "a head that was published is another one here",
    "published_head_is_not_signed_by_us": "a published head is not signed by a key that we know",
    "head_is_not_outside": "the head is missing outside the database",
    "kept_key_is_unreadable": "what is kept among the keys outside the database is no key",
    "published_key_is_unreadable": "what is published as a key is none",
}


class Command(BaseCommand):
    help = "Checks all consent records, leaves and tree heads; names each that is not as it was."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_ledger()
        for fault in report.faults:
            self.stderr.write(_sentence(fault))
        if report.faults:
            raise CommandError(f"Not as it was: {_counted(len(report.faults), 'thing')}.")
        leaves, heads = _counted(report.records, "leaf", "leaves"), _counted(report.heads, "head")
        self.stdout.write(f"{leaves}, {heads}: all is as recorded.")


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def _sentence(fault: Fault) -> str:
    parts = [
        f"record {fault.record}" if fault.record else "",
        f"of business {fault.tenant}" if fault.tenant else "",
        f"at position {fault.position}" if fault.position is not None else "",
        f"head of size {fault.size}" if fault.size is not None else "",
        f"text {fault.text}" if fault.text else "",
        fault.name,
    ]
    return f"{' '.join(part for part in parts if part)}: {WORDS[fault.what]}"
