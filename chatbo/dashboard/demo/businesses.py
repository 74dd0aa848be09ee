"""The demo's three businesses: invented, and run by functions instead of by anybody's name."""

from collections.abc import Mapping
from dataclasses import dataclass

Rules = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Business:
    slug: str
    """What the sign-up makes of ``name``; the stand-ins' website has it too."""
    name: str
    owner: str
    code: str = ""
    """The affiliate partner's, if a partner's link led here."""
    has_website: bool = False
    """Names the stand-ins' pages as its imprint and privacy policy; else ChatBo hosts them."""
    page: str
    """At the stand-ins, whose tokens are fixed: ``page-token-<page>``."""
    telegram: str = ""
    facts: Mapping[str, str]
    bot: str
    greeting: str
    fallback: str
    rules: Rules

    @property
    def page_token(self) -> str:
        return f"page-token-{self.page}"


CAFE = Business(
    slug="cafe-morgenrot",
    name="Café Morgenrot",
    owner="owner@cafe-morgenrot.example",
    has_website=True,
    page="1001",
    telegram="123456:telegram-token-1001",
    facts={
        "company": "Café Morgenrot GmbH",
        "legal_form": "gmbh",
        "street": "Musterstraße 1",
        "postal_code": "10115",
        "city": "Berlin",
        "register_number": "Amtsgericht Charlottenburg, HRB 000001",
        "vat_id": "DE000000011",
        "representative": "die Geschäftsführung",
        "representative_function": "Geschäftsführung",
        "contact_email": "kontakt@cafe-morgenrot.example",
        "contact_phone": "030 23125 001",
    },
    bot="Morgenrot-Bot",
    greeting="Guten Morgen! Fragen Sie nach Öffnungszeiten, Frühstück, Kuchen oder Allergenen.",
    fallback="Das weiß ich leider nicht. Rufen Sie uns gern an: 030 23125 001.",
    rules=(
        ("geöffnet, Öffnungszeiten, offen, wann", "Dienstag bis Sonntag von 6 bis 18 Uhr."),
        ("Frühstück", "Frühstück gibt es bis 14 Uhr, mit Eiern vom Nachbarhof."),
        ("Kuchen, Torte", "Kuchen für Sonntag bestellen Sie bitte bis Freitagabend vor."),
        (
            "Allergene, glutenfrei, Nüsse",
            "Alle Allergene stehen auf der Karte am Tresen. Glutenfreies gibt es donnerstags.",
        ),
    ),
)

DENTIST = Business(
    slug="zahnarzt-linde",
    name="Zahnarzt Linde",
    owner="owner@zahnarzt-linde.example",
    page="2002",
    facts={
        "company": "Zahnarztpraxis Linde",
        "legal_form": "sole",
        "street": "Musterstraße 2",
        "postal_code": "10115",
        "city": "Berlin",
        "representative": "die Inhaberin der Praxis",
        "representative_function": "Inhaberin",
        "contact_email": "kontakt@zahnarzt-linde.example",
        "contact_phone": "030 23125 002",
        "data_protection_officer": "datenschutz@zahnarzt-linde.example",
    },
    bot="Linde-Bot",
    greeting="Willkommen bei Zahnarzt Linde. Womit kann ich helfen?",
    fallback="Bitte rufen Sie uns dazu an: 030 23125 002.",
    rules=(
        ("Termin, Termine", "Termine vergeben wir am Telefon: 030 23125 002."),
        ("Notfall, Schmerzen", "Rufen Sie sofort an, wir sehen Sie am selben Tag: 030 23125 002."),
        ("Sprechzeiten, geöffnet", "Montag bis Freitag von 8 bis 18 Uhr."),
    ),
)

DRIVING_SCHOOL = Business(
    slug="fahrschule-kurve",
    name="Fahrschule Kurve",
    owner="owner@fahrschule-kurve.example",
    code="LINDE10",
    page="3003",
    facts={
        "company": "Fahrschule Kurve UG (haftungsbeschränkt)",
        "legal_form": "ug",
        "street": "Musterstraße 3",
        "postal_code": "10115",
        "city": "Berlin",
        "register_number": "Amtsgericht Charlottenburg, HRB 000003",
        "vat_id": "DE000000038",
        "representative": "die Geschäftsführung",
        "representative_function": "Geschäftsführung",
        "contact_email": "kontakt@fahrschule-kurve.example",
        "contact_phone": "030 23125 003",
    },
    bot="Kurven-Bot",
    greeting="Hallo! Fragen Sie nach Theorie, Fahrstunden oder Preisen.",
    fallback="Das klären wir am besten am Telefon: 030 23125 003.",
    rules=(
        ("Theorie", "Montag und Mittwoch um 18.30 Uhr, ohne Anmeldung."),
        ("Fahrstunde, Fahrstunden, Praxis", "Von 7 bis 21 Uhr, auch samstags."),
        ("Preis, Preise, kostet", "Unsere Preise hängen im Schaufenster und stehen im Netz."),
    ),
)

BUSINESSES = (CAFE, DENTIST, DRIVING_SCHOOL)
