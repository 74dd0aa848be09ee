"""What tables and views of every room need to show: small pieces of the page."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def status(state: str, label: object) -> SafeString:
    """A state with icon and word, as ``elements/status.html`` shows it."""
    return render_to_string("elements/status.html", {"state": state, "label": label})
