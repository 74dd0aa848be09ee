"""A receipt for machines: JSON-LD after ISO/IEC TS 27560, in the words of the DPV.

All that it says of the record (``sealed_statements``) follows from what was sealed, so whoever
checks the proof checks these as well. Its context is inline: no program has to fetch anything to
read it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chatbo.foundation import operator
from consent.ledger.leaves import body_of
from consent.ledger.models import ConsentRecord, ShownForm
from consent.ledger.proofs import Proof
from tenants.accounts.models import Tenant

DPV_VERSION = "https://w3id.org/dpv/2.3"
RECORD_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record"
CONTEXT = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "chatbo": "urn:chatbo:consent:1:",
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:date": {"@type": "xsd:dateTime"},
    "dct:dateSubmitted": {"@type": "xsd:dateTime"},
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "chatbo:shownAt": {"@type": "xsd:dateTime"},
    "chatbo:text": {"@type": "@json"},
    "proof": {"@id": "chatbo:proof", "@type": "@json"},
}
STATUS = {
    ConsentRecord.Decision.GRANTED: "dpv:ConsentGiven",
    ConsentRecord.Decision.REFUSED: "dpv:ConsentRefused",
    ConsentRecord.Decision.WITHDRAWN: "dpv:ConsentWithdrawn",
}
UNSEALED = {
    *("dpv:hasDataController", "dpv:hasDataProcessor", "dpv:hasJurisdiction"),
    *("dpv:hasConsentControl", "dpv:hasPersonalData", "dpv:hasRecipient"),
    *("dpv:hasStorageCondition", "dct:title", "chatbo:text", "chatbo:shown"),
}
"""Words around the record. The last two are checked by their hashes, which are sealed."""


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
    return {
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": DPV_VERSION},
        "dct:created": at.isoformat(timespec="seconds"),
        "dpv:hasRecordOfActivity": said,
        "proof": proof.as_json() if proof else None,
    }


def sealed_statements(body: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of the record itself: nothing but what was sealed.

    Something that was only shown is no consent, and is not called one.
    """
    status = STATUS.get(body["decision"])
    said: dict[str, Any] = {
        "@id": f"urn:uuid:{body['id']}",
        "@type": "dpv:ConsentRecord" if status else "dpv:DataProcessingRecord",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": RECORD_SCHEMA},
        "dct:dateSubmitted": body["received_at"],
        "dpv:hasDataSubject": {"@id": f"urn:uuid:{body['subject']}", "@type": "dpv:DataSubject"},
        "dpv:hasNotice": {
            "@type": "dpv:Notice",
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
    if status:
        said["dpv:hasConsentStatus"] = {
            "@type": status,
            "dpv:isIndicatedAtTime": body["given_at"],
        }
    else:
        said["chatbo:shownAt"] = body["given_at"]
    return said


def how_to_withdraw(record: ConsentRecord) -> str:
    """In a sentence; nothing where there is nothing to withdraw."""
    purpose = ConsentRecord.Purpose
    if record.decision != ConsentRecord.Decision.GRANTED:
        return ""
    if record.purpose in {purpose.NEWSLETTER, purpose.THIRD_PARTY}:
        return _("With the button on the page of this receipt, at any time.")
    if record.purpose == purpose.CHAT:
        return _("Choose “Unsubscribe” in the chat's menu. The chat is deleted as well.")
    return _("A contract is not withdrawn but ended: close the account.")


def _who(record: ConsentRecord, tenant: Tenant) -> dict[str, Any]:
    us = {
        "dpv:hasName": operator.NAME,
        "dpv:hasAddress": operator.ADDRESS,
        "dpv:hasContact": operator.EMAIL,
    }
    if record.controller == ConsentRecord.Controller.PLATFORM:
        return {
            "dpv:hasDataController": {"@type": "dpv:DataController", **us},
            "dpv:hasJurisdiction": {"@id": "https://w3id.org/dpv/loc#DE"},
        }
    return {
        "dpv:hasDataController": {
            "@type": "dpv:DataController",
            "dpv:hasName": tenant.company,
            "dpv:hasAddress": tenant.address,
            "dpv:hasContact": tenant.contact_email,
        },
        "dpv:hasDataProcessor": {"@type": "dpv:DataProcessor", **us},
        "dpv:hasJurisdiction": {"@id": f"https://w3id.org/dpv/loc#{tenant.country}"},
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
    if not record.form_sha256:
        return None
    return ShownForm.objects.filter(sha256=record.form_sha256).values_list("content").get()[0]


def shown_forms(records: Iterable[ConsentRecord]) -> dict[str, str]:
    """What was on the screen for each of these records, by its hash."""
    wanted = {record.form_sha256 for record in records} - {""}
    return dict(ShownForm.objects.filter(sha256__in=wanted).values_list("sha256", "content"))


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
        "dpv:hasRecipient": [
            {"@type": "dpv:Recipient", "dpv:hasName": name} for name in _recipients(record)
        ],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageCondition",
            "dct:title": _(
                "The record is kept as proof until three years after the end of the year of the"
                " withdrawal, refusal or erasure."
            ),
        },
    }


def _recipients(record: ConsentRecord) -> list[str]:
    """Whom the controller hands data to (Art. 4(9) GDPR); itself it is none."""
    if record.purpose == ConsentRecord.Purpose.THIRD_PARTY:
        return ["Meta Platforms Ireland Ltd."]
    return [operator.NAME] if record.controller == ConsentRecord.Controller.TENANT else []
