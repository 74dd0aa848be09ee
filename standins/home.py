"""The front page: what is there."""

from pathlib import Path

from markupsafe import Markup
from werkzeug.wrappers import Response

from standins.phone.words import choose_language, words_for
from standins.site.businesses import BUSINESSES
from standins.web import Call, Room, page

room = Room("")
TEMPLATE = Path(__file__).with_name("home.html")


@room.on("/")
def home(call: Call) -> Response:
    language = choose_language(call.request)
    words = words_for(language)
    sites = Markup("").join(
        Markup('<li><a href="/site/{}/">{}</a></li>').format(business.slug, business.name)
        for business in BUSINESSES.values()
    )
    return page(
        TEMPLATE,
        {"language": language, "sites": sites, **words, "webhook": call.world.config.webhook},
    )


@room.on("/healthz")
def healthz(call: Call) -> Response:
    return Response("ok\n", content_type="text/plain")
