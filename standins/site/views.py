"""The websites: on an origin that is not the product's, with whatever their owners pasted.

Like a small business's real website they send no Content-Security-Policy. With ``?csp=strict``
they send one that forbids foreign and inline scripts: a tool must then still be of use.
"""

from pathlib import Path

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from standins.site.businesses import BUSINESSES, PARTS, Business, parts_of, put_part
from standins.web import Call, Room, page

TEMPLATE = Path(__file__).with_name("page.html")
STRICT = "script-src 'self'; object-src 'none'; base-uri 'none'"

room = Room("/site")


@room.on("/<slug>/")
def front(call: Call, slug: str) -> Response:
    business = _business(slug)
    offers = Markup("").join(
        Markup("<li><h2>{}</h2><p>{}</p></li>").format(title, text)
        for title, text in business.offers
    )
    body = Markup(
        '<p class="lead">{}</p><ul class="offers">{}</ul>'
        "<h2>Besuchen Sie uns</h2><p>{} · Musterstraße 1, 10115 Berlin · {}</p>"
    ).format(business.lead, offers, business.hours, business.phone)
    # Pasted HTML stands as it is: that is what a website's owner can do, on his own origin.
    return _page(
        call, business, business.trade, body, Markup(parts_of(call.world, slug)["snippet"])
    )


@room.on("/<slug>/impressum")
def imprint(call: Call, slug: str) -> Response:
    business = _business(slug)
    body = Markup(
        "<p>{name} (Demo-Betrieb, frei erfunden)<br>Musterstraße 1<br>10115 Berlin</p>"
        "<p>Telefon: {phone}<br>E-Mail: kontakt@{slug}.example</p>"
    ).format(name=business.name, phone=business.phone, slug=slug)
    return _page(call, business, "Impressum", body)


@room.on("/<slug>/datenschutz")
def privacy(call: Call, slug: str) -> Response:
    business = _business(slug)
    body = Markup(
        "<p>Verantwortlich: {name}, Musterstraße 1, 10115 Berlin, kontakt@{slug}.example.</p>"
        "<p>Diese Seite setzt keine Cookies und bindet von sich aus nichts Fremdes ein.</p>"
        "{passage}"
    ).format(name=business.name, slug=slug, passage=Markup(parts_of(call.world, slug)["passage"]))
    return _page(call, business, "Datenschutzerklärung", body)


@room.on("/<slug>/edit")
def edit(call: Call, slug: str) -> Response:
    business = _business(slug)
    parts = parts_of(call.world, slug)
    body = Markup(
        '<form method="post"><p>Fügen Sie ein, was ChatBo Ihnen gegeben hat.</p>'
        '<label>Baustein (Startseite)<textarea name="snippet" rows="8" spellcheck="false">\n{}'
        '</textarea></label><label>Passage (Datenschutzerklärung)<textarea name="passage" rows="8"'
        ' spellcheck="false">\n{}</textarea></label><button>Speichern</button></form>'
    ).format(parts["snippet"], parts["passage"])
    return _page(call, business, "Website bearbeiten", body)


@room.on("/<slug>/edit", "POST")
def save(call: Call, slug: str) -> Response:
    _business(slug)
    for part in PARTS:
        put_part(call.world, slug, part, call.request.form.get(part, ""))
    return redirect(f"/site/{slug}/", 303, Response=Response)


def _business(slug: str) -> Business:
    if slug not in BUSINESSES:
        raise NotFound
    return BUSINESSES[slug]


def _page(call: Call, business: Business, title: str, body: Markup, snippet: str = "") -> Response:
    values = {
        "title": title,
        "body": body,
        "snippet": snippet,
        **{name: getattr(business, name) for name in ("slug", "name", "colour", "paper")},
        "font": Markup(business.font),  # quotes in a style stay quotes
    }
    response = page(TEMPLATE, values)
    del response.headers["Content-Security-Policy"]
    if call.request.args.get("csp") == "strict":
        response.headers["Content-Security-Policy"] = STRICT
    return response
