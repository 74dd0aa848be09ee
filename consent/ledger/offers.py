"""What the page offers to take along: at once, or prepared where somebody would have to wait."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.ledger.export_models import ConsentExport
from consent.ledger.models import Leaf
from consent.ledger.proof_pdf import MOST_INSIDE

Form = ConsentExport.Form

AT_ONCE = {Form.PROOF: 60, Form.CSV: 2000, Form.JSON_LD: 2000, Form.EVERYTHING: 2000}
"""So many records nobody has to wait long for; more are made in the background."""
MOST_OF_A_PERSON = MOST_INSIDE
"""One person's are never made in the background: what is about somebody lies nowhere."""

WORDS: dict[Form, tuple[str, str | Promise, str | Promise]] = {
    Form.PROOF: (
        "ledger:export_pdf",
        _("Proof to hand over (PDF)"),
        _("To read, sealed by ChatBo, with the proofs inside."),
    ),
    Form.CSV: (
        "ledger:export",
        _("Table (CSV)"),
        _("For Excel and other spreadsheets."),
    ),
    Form.JSON_LD: (
        "ledger:export_json_ld",
        "JSON-LD",
        _("For programs, after ISO/IEC TS 27560."),
    ),
    Form.EVERYTHING: (
        "ledger:export_everything",
        _("Everything with its proofs"),
        _("All records of your business, to check without us that none is missing."),
    ),
}


@dataclass(frozen=True)
class Way:
    form: Form
    url: str
    title: str | Promise
    text: str | Promise
    waits: bool
    """It takes too long to wait for, and is prepared."""
    divided: bool
    """It is not of what the page shows."""


def most_at_once(form: Form, *, of_person: bool) -> int:
    return MOST_OF_A_PERSON if of_person else AT_ONCE[form]


def ways_to_take(slug: str, count: int, *, of_person: bool) -> list[Way]:
    """Of so many records on the page, in the tenant's scope."""
    ways = []
    for form, (name, title, text) in WORDS.items():
        is_all = form == Form.EVERYTHING
        if is_all and of_person:
            continue
        most = most_at_once(form, of_person=of_person)
        waits = Leaf.objects.all()[most:].exists() if is_all else count > most
        waits = waits and not of_person
        ways.append(Way(form, reverse(name, args=[slug]), title, text, waits, is_all))
    return ways
