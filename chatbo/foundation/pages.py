"""What tables and views of every room need to show: small pieces of the page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django_tables2 import RequestConfig, Table
from django_tables2.rows import BoundRows


def show_page(request: HttpRequest, table: Table, *, rows: int) -> None:
    """Sort a table and cut its page out, as the address asks; its length is not for the asking.

    Rows that are alike in what is sorted by stand in one order on every page: none is shown twice.
    """
    asked = request.GET.copy()
    asked.pop(table.prefixed_per_page_field, None)
    request.GET = asked  # type: ignore[assignment]  # a copy that may be changed serves as well
    RequestConfig(request, paginate=False).configure(table)
    sorted_rows = table.data.data
    table.data.data = sorted_rows.order_by(*sorted_rows.query.order_by, "pk")
    table.paginate(per_page=rows)
    # A number that is no page's, or beyond the last, shows the first or the last.
    table.page = table.paginator.get_page(asked.get(table.prefixed_page_field))
    if table.page.start_index() > table.paginator.count / 2:
        table.page.object_list = _from_the_end(table)


def _from_the_end(table: Table) -> BoundRows:
    """The rows of a page in the second half, counted from the end.

    The database reads through all rows that it passes over: so at most half of them.
    """
    page, paginator = table.page, table.paginator
    backwards = table.data.data.reverse()
    found = backwards[paginator.count - page.end_index() : paginator.count - page.start_index() + 1]
    return BoundRows(list(reversed(found)), table)


def status(state: str, label: object) -> SafeString:
    """A state with icon and word, as ``elements/status.html`` shows it."""
    return render_to_string("elements/status.html", {"state": state, "label": label})


@contextmanager
def spoken_to(request: HttpRequest, language: str) -> Iterator[None]:
    """A page about something that has a language is in it, unless the reader has chosen one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    spoken = chosen if chosen in dict(settings.LANGUAGES) else language
    with translation.override(spoken):
        request.LANGUAGE_CODE = spoken
        yield
