"""The receipt of what a chat has put on record, one tap away on every platform.

A button carries the record's number alone. Its address is a key (``ledger.receipts``), so it is
made where the button is shown and stored nowhere; a button, and no address in the text, because a
messenger's server opens what stands in a text to draw a preview of it.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from consent.embeds.models import Tool
from consent.erasure.person_exports.links import link_of
from consent.erasure.person_exports.models import PersonExport
from consent.ledger.errors import UnknownReceiptError
from consent.ledger.models import ConsentRecord
from consent.ledger.nameless import clicks_among, is_click, withdraw_click, withdrawal_of
from consent.ledger.receipts import open_receipt, receipt_address
from tenants.bots.models import Message
from tenants.bots.platforms import Button

_MARK = "receipt:"
_DATA = "my-data:"


def receipt_button(record: ConsentRecord, *, title: str) -> Button:
    return Button(title, url=f"{_MARK}{record.pk}")


def link_button(export: PersonExport, *, title: str) -> Button:
    """Below the message that the person's data are ready: as little of the link is stored."""
    return Button(title, url=f"{_DATA}{export.pk}")


def put_addresses(messages: Collection[Message]) -> None:
    """Let the buttons below these messages open a receipt, or one's data; in the tenant's scope.

    In memory, for whoever shows or sends them. A record whose time has come takes its button
    along, and so do data that were taken.
    """
    records = _behind(ConsentRecord.objects, _MARK, messages)
    exports = _behind(PersonExport.objects.kept(), _DATA, messages)
    addresses = {f"{_MARK}{record.pk}": receipt_address(record) for record in records}
    addresses |= {f"{_DATA}{each.pk}": link for each in exports if (link := link_of(each))}
    for message in messages:
        message.buttons = [
            {**button, "url": addresses.get(url, url)}
            for button in message.buttons
            if not (url := button.get("url", "")).startswith((_MARK, _DATA)) or url in addresses
        ]


def _behind(rows: Any, mark: str, messages: Collection[Message]) -> Any:
    """The rows whose numbers stand in buttons behind this mark; nothing is asked for none."""
    numbers = {
        uuid.UUID(url.removeprefix(mark))
        for message in messages
        for button in message.buttons
        if (url := button.get("url", "")).startswith(mark)
    }
    return rows.filter(pk__in=numbers) if numbers else ()


@dataclass(frozen=True)
class Click:
    """A consent that a visitor came to the chat with, as its page shows it."""

    record: ConsentRecord
    address: str

    @property
    def number(self) -> str:
        return self.record.pk.hex

    @property
    def is_withdrawn(self) -> bool:
        """Now, in the tenant's scope."""
        return withdrawal_of(self.record) is not None


def consent_behind(code: str, tool_id: uuid.UUID) -> Click | None:
    """The consent whose receipt has this code, if it is a click on this business's tools.

    Whoever agreed there comes to the chat with it, and may keep it. Outside of any scope: the
    code opens that of its own business, in which the tool has to be.
    """
    try:
        with open_receipt(code) as record:
            is_here = is_click(record) and Tool.objects.filter(pk=tool_id).exists()
            return Click(record, receipt_address(record)) if is_here else None
    except UnknownReceiptError:
        return None


def withdraw_clicks(numbers: Collection[str], *, place: str, by_erasure: bool) -> bool:
    """Take back the consents that a visitor came with; whether there are any.

    Without a name, each under its own pseudonym: the records say no more of who it was than the
    clicks did. In the tenant's scope.
    """
    way = ConsentRecord.Way.ERASURE if by_erasure else ConsentRecord.Way.TAP
    clicks = clicks_among(numbers)
    for click in clicks:
        withdraw_click(click, source=ConsentRecord.Source.BOT, way=way, place=place)
    return bool(clicks)
