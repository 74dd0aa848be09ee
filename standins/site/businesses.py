"""The demo's three businesses and what their owners have pasted into their websites."""

from dataclasses import dataclass

from standins.world import World

#: What an owner can paste: a tool's snippet, and the passage for the privacy policy.
PARTS = ("snippet", "passage")


@dataclass(frozen=True)
class Business:
    slug: str
    name: str
    trade: str
    lead: str
    offers: tuple[tuple[str, str], ...]
    hours: str
    colour: str
    paper: str
    font: str
    phone: str


BUSINESSES = {
    business.slug: business
    for business in (
        Business(
            slug="cafe-morgenrot",
            name="Café Morgenrot",
            trade="Café und Bäckerei",
            lead="Ab sechs Uhr früh duftet es bei uns nach frischem Brot.",
            offers=(
                ("Sauerteigbrot", "24 Stunden geführt, im Steinofen gebacken."),
                ("Frühstück", "Mit Eiern vom Nachbarhof, bis 14 Uhr."),
                ("Kuchen am Sonntag", "Vorbestellen bis Freitagabend."),
            ),
            hours="Di–So 6–18 Uhr",
            colour="#9a3412",
            paper="#fff7ed",
            font="Georgia, 'Times New Roman', serif",
            phone="030 23125 001",
        ),
        Business(
            slug="zahnarzt-linde",
            name="Zahnarzt Linde",
            trade="Zahnarztpraxis",
            lead="Wir nehmen uns Zeit, auch für Menschen mit Angst vor dem Bohrer.",
            offers=(
                ("Vorsorge", "Kontrolle und Reinigung zweimal im Jahr."),
                ("Kinder", "Erster Besuch ohne Behandlung, nur zum Kennenlernen."),
                ("Notfälle", "Rufen Sie an, wir finden am selben Tag einen Termin."),
            ),
            hours="Mo–Fr 8–18 Uhr",
            colour="#155e75",
            paper="#f0f9ff",
            font="Verdana, Geneva, sans-serif",
            phone="030 23125 002",
        ),
        Business(
            slug="fahrschule-kurve",
            name="Fahrschule Kurve",
            trade="Fahrschule",
            lead="Klasse B in acht Wochen, ohne Hektik und mit klaren Preisen.",
            offers=(
                ("Theorie", "Montag und Mittwoch um 18.30 Uhr, ohne Anmeldung."),
                ("Praxis", "Fahrstunden von 7 bis 21 Uhr, auch samstags."),
                ("Auffrischung", "Lange nicht gefahren? Zwei Stunden helfen."),
            ),
            hours="Mo–Sa 10–19 Uhr",
            colour="#3f6212",
            paper="#f7fee7",
            font="'Trebuchet MS', Tahoma, sans-serif",
            phone="030 23125 003",
        ),
    )
}


def put_part(world: World, slug: str, part: str, html: str) -> None:
    world.store.run("INSERT OR REPLACE INTO site_parts VALUES (?, ?, ?)", slug, part, html)


def parts_of(world: World, slug: str) -> dict[str, str]:
    rows = world.store.rows("SELECT part, html FROM site_parts WHERE slug = ?", slug)
    return dict.fromkeys(PARTS, "") | {row["part"]: row["html"] for row in rows}
