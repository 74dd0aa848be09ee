"""The contract that these tests render and sign, and who signs it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.documents.seal import Signatory

HERE = Path(__file__).parent

CLAUSES = [
    "Gegenstand und Dauer",
    "Weisungen des Verantwortlichen",
    "Vertraulichkeit der eingesetzten Personen",
    "Technische und organisatorische Maßnahmen",
    "Unterauftragsverarbeiter",
    "Rechte der betroffenen Personen",
    "Unterstützungspflichten",
    "Löschung und Rückgabe",
    "Nachweise und Kontrollen",
    "Haftung",
    "Schlussbestimmungen",
]
AGREEMENT: dict[str, Any] = {
    "controller": "Café Morgenrot Łódź & Söhne Betriebsgesellschaft mbH",
    "number": "AVV-2026-000017",
    "version": "AVV 3.1",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "clauses": CLAUSES,
}
OWNER = Signatory(
    name="Zoë Żółć-Morgenrot",
    function="Geschäftsführerin",
    company="Café Morgenrot Łódź & Söhne Betriebsgesellschaft mbH",
    place="Berlin",
    signed_at=datetime(2026, 11, 24, 13, 5, tzinfo=UTC),
)
OPERATOR = Signatory(
    name="Erika Mustermann",
    function="Prokuristin",
    company="ProXpert GmbH",
    place="Berlin",
    signed_at=datetime(2026, 11, 25, 9, 15, tzinfo=UTC),
)


def with_our_templates(settings: Any) -> list[dict[str, Any]]:
    first, *others = settings.TEMPLATES
    return [{**first, "DIRS": [*first["DIRS"], HERE / "templates"]}, *others]


def render_agreement(**context: Any) -> bytes:
    return render_pdf(
        "agreement.html",
        AGREEMENT | context,
        language="de",
        created=datetime(2026, 11, 24, tzinfo=UTC),
        attachments=[Attachment("contract.json", b'{"version": "AVV 3.1"}', "Vertragsdaten")],
    )


def private_key_pem(bundle: str) -> str:
    return bundle[: bundle.index("-----BEGIN CERTIFICATE")]


def certificates_pem(bundle: str) -> str:
    return bundle[bundle.index("-----BEGIN CERTIFICATE") :]
