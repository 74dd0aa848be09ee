"""Receipts as they were before."""

import copy
from typing import Any

from consent.ledger.json_ld import CONTEXT


def from_before_signatures(receipt: dict[str, Any]) -> dict[str, Any]:
    """As receipts were made until they were signed as a whole."""
    old = copy.deepcopy(receipt)
    record = old["dpv:hasRecordOfActivity"]
    for name in ("signature", "@id"):
        del old[name]
    old["@context"] = {
        name: value
        for name, value in CONTEXT.items()
        if name not in {"eu-gdpr", "loc", "rdf", "signature"}
    }
    old["dct:identifier"] = record["dct:identifier"]
    old["dct:conformsTo"] = {"@id": "https://w3id.org/dpv/2.3"}
    del record["dpv:hasDataSubject"]["dct:identifier"]
    del record["dpv:hasProcess"]["dpv:hasLegalBasis"]
    record["dpv:hasNotice"]["@type"] = "dpv:Notice"
    for name in ("dpv:isIndicatedBy", "dpv:hasDuration"):
        del record["dpv:hasConsentStatus"][name]
    return old
