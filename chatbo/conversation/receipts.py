"""The receipt of what a chat has put on record, one tap away on every platform.

A button carries the record's number alone. Its address is a key (``ledger.receipts``), so it is
made where the button is shown and stored nowhere; a button, and no address in the text, because a
messenger's server opens what stands in a text to draw a preview of it.
"""

import uuid
from collections.abc import Collection

from consent.embeds.models import Tool
from consent.ledger.errors import UnknownReceiptError
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import open_receipt, receipt_address
from tenants.bots.models import Message
from tenants.bots.platforms import Button

_MARK = "receipt:"


def receipt_button(record: ConsentRecord, *, title: str) -> Button:
    return Button(title, url=f"{_MARK}{record.pk}")


def put_addresses(messages: Collection[Message]) -> None:
    """Let the receipts' buttons below these messages open something, in the tenant's scope.

    In memory, for whoever shows or sends them. A record whose time has come takes its button
    along.
    """
    numbers = {
        uuid.UUID(url.removeprefix(_MARK))
        for message in messages
        for button in message.buttons
        if (url := button.get("url", "")).startswith(_MARK)
    }
    records = ConsentRecord.objects.filter(pk__in=numbers) if numbers else ()
    addresses = {f"{_MARK}{record.pk}": receipt_address(record) for record in records}
    for message in messages:
        message.buttons = [
            {**button, "url": addresses.get(url, url)}
            for button in message.buttons
            if not (url := button.get("url", "")).startswith(_MARK) or url in addresses
        ]


def consent_behind(code: str, tool_id: uuid.UUID) -> str:
    """The address of the receipt with this code, if it is of a click on this business's tools.

    Whoever agreed there comes to the chat with it, and may keep it. Outside of any scope: the
    code opens that of its own business, in which the tool has to be.
    """
    try:
        with open_receipt(code) as record:
            is_click = record.source == ConsentRecord.Source.TOOL
            is_here = is_click and Tool.objects.filter(pk=tool_id).exists()
            return receipt_address(record) if is_here else ""
    except UnknownReceiptError:
        return ""
