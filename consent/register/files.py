"""The record of processing as a file to hand over: PDF for people, CSV and JSON for programs."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.spreadsheets import as_csv
from consent.register.activities import Activity, Recipient
from consent.register.record import Customer, Party, ProcessorRecord, Record

TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


MOST_ON_PAPER = 200


def record_file(record: Record, form: str, *, at: datetime) -> bytes:
    """A controller's record, in the record's language. The JSON's keys are English, for ever."""
    with translation.override(record.language):
        if form == "pdf":
            return render_pdf(
                "consent/register/record.pdf.html",
                {"record": record, "at": at},
                language=record.language,
                created=at,
            )
        if form == "csv":
            return as_csv(_rows(record, at))
        return _json(
            {
                "record": "controller",
                "law": "Art. 30(1) GDPR",
                **_head(record.language, at),
                "controller": _party(record.controller),
                "activities": [_activity(each) for each in record.activities],
                "measures": record.measures,
            }
        )


def processor_file(record: ProcessorRecord, form: str, *, at: datetime) -> bytes:
    """ChatBo's record as a processor, with every customer; reads them all.

    A PDF bears them inside as a file, and prints them as long as they are not too many to print
    while somebody waits.
    """
    customers = list(record.customers)
    with translation.override(record.language):
        if form == "pdf":
            printed = customers if len(customers) <= MOST_ON_PAPER else []
            return render_pdf(
                "consent/register/processor_record.pdf.html",
                {"record": record, "customers": printed, "count": len(customers), "at": at},
                language=record.language,
                created=at,
                attachments=[
                    Attachment(
                        "controllers.csv",
                        as_csv(_rows_of_customers(record, customers)),
                        _("Controllers for whom it is done"),
                    )
                ],
            )
        if form == "csv":
            return as_csv(_rows_of_customers(record, customers))
        return _json(
            {
                "record": "processor",
                "law": "Art. 30(2) GDPR",
                **_head(record.language, at),
                "processor": _party(record.processor),
                "categories": [_activity(each) for each in record.activities],
                "further_processors": [_recipient(each) for each in record.further_processors],
                "measures": record.measures,
                "controllers": [
                    {**_party(each.controller), "categories": list(each.activities)}
                    for each in customers
                ],
            }
        )


def _head(language: str, at: datetime) -> dict[str, str]:
    return {"language": language, "as_of": at.isoformat(timespec="seconds")}


def _party(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "address": party.address,
        "email": party.email,
        "phone": party.phone,
        "representative": party.representative,
        "data_protection_officer": party.data_protection_officer,
    }


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "key": activity.key,
        "title": activity.title,
        "purpose": activity.purpose,
        "legal_basis": activity.legal_basis,
        "data_subjects": activity.data_subjects,
        "data_categories": list(activity.data_kinds),
        "recipients": [_recipient(each) for each in activity.recipients],
        "starts": activity.starts,
        "stops": activity.stops,
        "retention": activity.retention,
    }


def _recipient(recipient: Recipient) -> dict[str, str]:
    return {
        "name": recipient.name,
        "role": recipient.role,
        "country": recipient.country,
        "transfer_ground": recipient.ground,
    }


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _rows(record: Record, at: datetime) -> Iterator[list[str]]:
    yield [
        _("Controller"),
        _("Represented by"),
        _("Data protection officer"),
        _("Activity"),
        _("Purpose"),
        _("Legal basis"),
        _("Persons"),
        _("Kinds of data"),
        _("Recipients"),
        _("Transfers to third countries"),
        _("Begins"),
        _("Ends"),
        _("Kept for"),
        _("Measures"),
        _("As of"),
    ]
    for activity in record.activities:
        yield [
            in_one_line(record.controller),
            record.controller.representative,
            record.controller.data_protection_officer,
            activity.title,
            activity.purpose,
            activity.legal_basis,
            activity.data_subjects,
            "\n".join(activity.data_kinds),
            "\n".join(f"{each.name}, {each.country} ({each.role})" for each in activity.recipients),
            "\n".join(f"{each.country}: {each.ground}" for each in activity.transfers) or _("none"),
            activity.starts,
            activity.stops,
            activity.retention,
            record.measures,
            at.date().isoformat(),
        ]


def _rows_of_customers(record: ProcessorRecord, customers: list[Customer]) -> Iterator[list[str]]:
    transfers = "\n".join(
        f"{each.country}: {each.ground}" for each in record.further_processors if each.outside_eu
    )
    yield [
        _("Processor"),
        _("Controller"),
        _("Represented by"),
        _("Data protection officer"),
        _("Categories of processing"),
        _("Further processors"),
        _("Transfers to third countries"),
        _("Measures"),
    ]
    for customer in customers:
        yield [
            in_one_line(record.processor),
            in_one_line(customer.controller),
            customer.controller.representative,
            customer.controller.data_protection_officer,
            "\n".join(customer.activities),
            "\n".join(f"{each.name}, {each.country}" for each in record.further_processors),
            transfers or _("none"),
            record.measures,
        ]


def in_one_line(party: Party) -> str:
    return ", ".join(filter(None, (party.name, party.address, party.email, party.phone)))
