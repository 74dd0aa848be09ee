"""What somebody wants to do, on the page that asks who they are."""

from django import template
from django.template import Context

from tenants.accounts.deeds import deed_at
from tenants.accounts.reauthentication import what_was_sent

register = template.Library()


@register.simple_tag(takes_context=True)
def wished_file(context: Context) -> str:
    """The file that waits to be downloaded, in words; nothing, if something else is to be done."""
    sent = what_was_sent(context["request"])
    if sent is None:
        return ""
    deed = deed_at(sent.path)
    return deed.words if deed.page else ""
