"""What tables and views of every room need to show: small pieces of the page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django_tables2 import RequestConfig, Table


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


def status(state: str, label: object) -> SafeString:
    """A state with icon and word, as ``elements/status.html`` shows it."""
    return render_to_string("elements/status.html", {"state": state, "label": label})
