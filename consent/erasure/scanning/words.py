"""Where something was found, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consent.erasure.scanning.items import Kind

PLACES = {
    Kind.ROW: _("table %(place)s, column %(part)s, row %(number)s"),
    Kind.FILE: _("file %(place)s (%(part)s)"),
    Kind.ENTRY: _("store outside the database, entry %(place)s (%(part)s)"),
    Kind.MAIL: _("mail %(place)s (%(part)s)"),
    Kind.KEY: _("Redis, key %(place)s (%(part)s)"),
    Kind.LINE: _("log %(place)s, line that begins at byte %(number)s"),
}


def in_words(hit: Mapping[str, str]) -> str:
    return str(PLACES[Kind(hit["kind"])]) % hit
