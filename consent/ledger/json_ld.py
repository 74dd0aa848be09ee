"""A receipt for machines: JSON-LD after ISO/IEC TS 27560, in the words of the DPV.

What it says of the record (``sealed_statements``) follows from what was sealed, so whoever checks
the proof checks these as well; the words around them are held by a signature over the whole
(``signed_receipts``). Its context is inline: no program has to fetch anything to read it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chatbo.foundation import operator
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.leaves import body_of
from consent.ledger.models import ConsentRecord, ShownForm
from consent.ledger.proofs import Proof
from consent.ledger.signed_receipts import sign_receipt
from tenants.accounts.models import Tenant

DPV_VERSION = "https://w3id.org/dpv/2.3"
RECEIPT_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#receipt"
RECORD_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record"
CONTEXT = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "chatbo": "urn:chatbo:consent:1:",
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:date": {"@type": "xsd:dateTime"},
    "dct:dateSubmitted": {"@type": "xsd:dateTime"},
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "chatbo:shownAt": {"@type": "xsd:dateTime"},
    "chatbo:text": {"@type": "@json"},
    "proof": {"@id": "chatbo:proof", "@type": "@json"},
    "signature": {"@id": "chatbo:signature"},
}
STATUS = {
    ConsentRecord.Decision.GRANTED: "dpv:ConsentGiven",
    ConsentRecord.Decision.REFUSED: "dpv:ConsentRefused",
    ConsentRecord.Decision.WITHDRAWN: "dpv:ConsentWithdrawn",
}
LEGAL_BASIS = {"newsletter": "a", "third_party": "a", "chat": "a", "terms": "b"}
"""By purpose, the letter of Art. 6(1) GDPR. The others inform: nothing rests on them."""
ENDS_WITH = {"a": "withdrawal", "b": "end of the contract"}


def receipt_as_json_ld(
    record: ConsentRecord, proof: Proof | None, tenant: Tenant, *, at: datetime
) -> dict[str, Any]:
    """The receipt, its record, and the proof once there is one; names in the language active."""
    return {"@context": CONTEXT} | receipt_in_a_graph(
        record, proof, tenant, at=at, shown=shown_form(record)
    )


def receipt_in_a_graph(
    record: ConsentRecord, proof: Proof | None, tenant: Tenant, *, at: datetime, shown: str | None
) -> dict[str, Any]:
    """A receipt as one of many under the same context. ``shown``: the form, where it was kept."""
    body = body_of(record, record.text_version.sha256)
    said = sealed_statements(body)
    said |= _who(record, tenant)
    said["dpv:hasNotice"] |= _words(record, shown)
    said["dpv:hasProcess"] |= _what_for(record)
    said["dpv:hasProcess"]["dpv:hasPurpose"] |= {"dct:title": record.get_purpose_display()}
    if record.decision == ConsentRecord.Decision.GRANTED:
        said["dpv:hasConsentControl"] = {
            "@type": "dpv:WithdrawConsent",
            "dct:title": how_to_withdraw(record),
        }
    number = str(new_id())
    receipt = {
        "@context": CONTEXT,
        **receipt_frame(number),
        "dct:created": at.isoformat(timespec="seconds"),
        "dpv:hasRecordOfActivity": said,
        "proof": proof.as_json() if proof else None,
    }
    receipt["signature"] = sign_receipt(receipt)
    del receipt["@context"]  # Signed with it; a graph has it once for all.
    return receipt


def receipt_frame(number: str) -> dict[str, Any]:
    """The receipt's own part. ``number``: a receipt is made anew each time, the record never."""
    return {
        "@id": f"urn:uuid:{number}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": number,
        "dct:conformsTo": [{"@id": RECEIPT_SCHEMA}, {"@id": DPV_VERSION}],
    }


def sealed_statements(body: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of the record itself: nothing but what was sealed.

    Something that was only shown is no consent, and is not called one.
    """
    status = STATUS.get(body["decision"])
    basis = LEGAL_BASIS.get(body["purpose"])
    said: dict[str, Any] = {
        "@id": f"urn:uuid:{body['id']}",
        "@type": "dpv:ConsentRecord" if status else "dpv:DataProcessingRecord",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": RECORD_SCHEMA},
        "dct:dateSubmitted": body["received_at"],
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{body['subject']}",
            "@type": "dpv:DataSubject",
            "dct:identifier": body["subject"],
        },
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice" if status and basis == "a" else "dpv:Notice",
            "dct:language": body["language"],
            "dct:date": body["shown_at"],
            "chatbo:textSha256": body["text"],
            "chatbo:shownSha256": body["form"],
        },
        "dpv:hasProcess": {
            "@type": "dpv:Process",
            "dpv:hasPurpose": {"@id": f"chatbo:{body['purpose']}", "@type": "dpv:Purpose"},
        },
        "chatbo:controllerIs": body["controller"],
        "chatbo:tenant": body["tenant"],
        "chatbo:source": body["source"],
        "chatbo:place": body["place"],
        "chatbo:way": body["way"],
        "chatbo:network": body["network"],
        "chatbo:corrects": body["corrects"],
    }
    if basis:
        said["dpv:hasProcess"]["dpv:hasLegalBasis"] = {"@id": f"eu-gdpr:A6-1-{basis}"}
    if status:
        said["dpv:hasConsentStatus"] = _status(body, status, basis)
    else:
        said["chatbo:shownAt"] = body["given_at"]
    return said


def _status(body: dict[str, Any], status: str, basis: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": status, "dpv:isIndicatedAtTime": body["given_at"]}
    if body["way"] not in {"", "erasure"}:
        said["dpv:isIndicatedBy"] = {"@id": "dpv:DataSubject"}
    if body["decision"] == "granted" and basis:
        said["dpv:hasDuration"] = {
            "@type": "dpv:UntilEventDuration",
            "rdf:value": ENDS_WITH[basis],
        }
    return said


def how_to_withdraw(record: ConsentRecord) -> str:
    """In a sentence; nothing where there is nothing to withdraw."""
    purpose = ConsentRecord.Purpose
    if record.decision != ConsentRecord.Decision.GRANTED:
        return ""
    if record.purpose in {purpose.NEWSLETTER, purpose.THIRD_PARTY}:
        return _("With the button on the page of this receipt, at any time.")
    if record.purpose == purpose.CHAT:
        if record.source == ConsentRecord.Source.TOOL:
            return _(
                "With the button on the page of this receipt, or with “Unsubscribe & delete” in"
                " the chat's menu, which deletes the chat as well."
            )
        return _("Choose “Unsubscribe” in the chat's menu. The chat is deleted as well.")
    return _("A contract is not withdrawn but ended: close the account.")


def _who(record: ConsentRecord, tenant: Tenant) -> dict[str, Any]:
    if record.controller == ConsentRecord.Controller.PLATFORM:
        return {
            "dpv:hasDataController": {"@type": "dpv:DataController", **_us()},
            "dpv:hasJurisdiction": {"@id": f"loc:{operator.COUNTRY}"},
        }
    return {
        "dpv:hasDataController": {
            "@type": "dpv:DataController",
            "dct:identifier": str(tenant.pk),
            "dpv:hasName": tenant.company,
            "dpv:hasAddress": tenant.address,
            "dpv:hasContact": tenant.contact_email,
        },
        "dpv:hasDataProcessor": {"@type": "dpv:DataProcessor", **_us()},
        "dpv:hasJurisdiction": {"@id": f"loc:{tenant.country}"},
    }


def _us() -> dict[str, str]:
    return {
        "dct:identifier": operator.REGISTER,
        "dpv:hasName": operator.NAME,
        "dpv:hasAddress": operator.ADDRESS,
        "dpv:hasContact": operator.EMAIL,
    }


def _words(record: ConsentRecord, shown: str | None) -> dict[str, Any]:
    """The text in full, as its hash is made, and what was on the screen where that was kept."""
    text = record.text_version
    seen: dict[str, Any] = {
        "key": text.key,
        "language": text.language,
        "number": text.number,
        "title": text.title,
        "body": text.body,
        "placeholders": text.placeholders,
    }
    return {"dct:title": text.title, "chatbo:text": seen, "chatbo:shown": shown}


def shown_form(record: ConsentRecord) -> str | None:
    """What was on the screen, if it was kept and is what was recorded; else nothing."""
    return shown_forms([record]).get(record.form_sha256)


def shown_forms(records: Iterable[ConsentRecord]) -> dict[str, str]:
    """What was on the screen for each of these records, by its hash.

    Without what does not have this hash: words that were not on the screen are none of these.
    """
    wanted = {record.form_sha256 for record in records} - {""}
    kept = ShownForm.objects.filter(sha256__in=wanted).values_list("sha256", "content")
    return {
        sha256: content
        for sha256, content in kept
        if hashlib.sha256(content.encode()).hexdigest() == sha256
    }


def is_altered(record: ConsentRecord) -> bool:
    """Whether something else is kept as what was on the screen than what was recorded."""
    kept = ShownForm.objects.filter(sha256=record.form_sha256)
    return bool(record.form_sha256) and kept.exists() and shown_form(record) is None


def _what_for(record: ConsentRecord) -> dict[str, Any]:
    """Which data, who gets them, how long the record is kept."""
    purpose = ConsentRecord.Purpose
    data = {
        purpose.NEWSLETTER: _("e-mail address"),
        purpose.TERMS: _("e-mail address"),
        purpose.PRIVACY: _("e-mail address"),
        purpose.THIRD_PARTY: _("Facebook identifier, name, e-mail address"),
        purpose.CHAT: _("messages, times, identifier at the messenger"),
        purpose.NOTICE: _("messages, times, identifier at the messenger"),
    }[purpose(record.purpose)]
    return {
        "dpv:hasPersonalData": [{"@type": "dpv:PersonalData", "dct:title": data}],
        "dpv:hasRecipient": [{"@type": "dpv:Recipient", **who} for who in _recipients(record)],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageDuration",
                "dct:title": _(
                    "The record is kept as proof until three years after the end of the year of"
                    " the withdrawal, refusal or erasure."
                ),
            },
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": {"@id": "loc:EU"}},
        ],
    }


def _recipients(record: ConsentRecord) -> list[dict[str, str]]:
    """Whom the controller hands data to (Art. 4(9) GDPR); itself it is none."""
    if record.purpose == ConsentRecord.Purpose.THIRD_PARTY:
        return [{"dpv:hasName": "Meta Platforms Ireland Ltd."}]
    return [_us()] if record.controller == ConsentRecord.Controller.TENANT else []
