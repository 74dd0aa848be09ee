"""A device in words that its owner knows, from what its browser says of itself."""

import ipaddress

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def device_name(user_agent: str) -> str:
    """“Firefox, Windows”; of an unknown one, what is known."""
    known = [
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, known)) or _("unknown device")


@register.filter
def network_name(address: str) -> str:
    """The neighbourhood that an address is in, “203.0.113.x”; nobody needs the whole of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _("unknown")
    if parsed.is_unspecified:
        return _("unknown")
    if parsed.version == 4:
        return f"{parsed.exploded.rpartition('.')[0]}.x"
    return f"{':'.join(parsed.exploded.split(':')[:3])}:x"
