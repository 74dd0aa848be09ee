"""What has happened to a contract so far, for a page to show."""

import dataclasses
from datetime import datetime

from django.utils.translation import gettext as _

from dpa.contracts.forms import CompanyForm
from dpa.contracts.models import Contract, Signature


@dataclasses.dataclass(frozen=True)
class Event:
    title: str
    at: datetime | None = None
    text: str = ""
    icon: str = "circle-check"
    tone: str = ""


def history_of(contract: Contract) -> list[Event]:
    """The contract's events, the oldest first, and last what it waits for."""
    events = [Event(_("Contract written"), contract.drafted_at, icon="file-text")]
    events += [
        Event(
            _("Signed for %(company)s") % {"company": contract.company}
            if signature.party == Signature.Party.TENANT
            else _("Countersigned by ChatBo"),
            signature.at,
            f"{signature.name}, {signature.function}",
            icon="signature",
        )
        for signature in contract.signatures.all()
    ]
    State = Contract.State  # noqa: N806 (an enum)
    if contract.state == State.DRAFT:
        events.append(Event(_("Waits for your signature"), icon="hourglass"))
    elif contract.state == State.SIGNED:
        events.append(
            Event(
                _("ChatBo reviews the contract"),
                text=_("Whoever signed gets a mail as soon as it is decided."),
                icon="hourglass",
            )
        )
    elif contract.state == State.COUNTERSIGNED:
        events.append(
            Event(
                _("The document is being sealed"),
                text=_("This takes a moment. The sealed copy then comes by mail."),
                icon="hourglass",
            )
        )
    elif contract.state == State.COMPLETED:
        events.append(
            Event(
                _("Sealed and completed"),
                contract.completed_at,
                _("Both sides get the sealed PDF by mail."),
                icon="certificate",
                tone="good",
            )
        )
    elif contract.state == State.REJECTED:
        events.append(
            Event(_("Sent back"), contract.rejected_at, contract.rejection, "arrow-back-up", "bad")
        )
    elif contract.state == State.WITHDRAWN:
        events.append(Event(_("Withdrawn"), contract.withdrawn_at, icon="ban"))
    return events


def facts_of(contract: Contract) -> list[tuple[str, str]]:
    """The company's data of a contract: what it is called, and what was filled in."""
    form = CompanyForm()
    facts = []
    for name, field in form.fields.items():
        value = contract.language if name == "language" else contract.data.get(name, "")
        choices = dict(getattr(field, "choices", ()))
        facts.append((str(field.label), str(choices.get(value, value))))
    return facts
