"""Whether whoever sees the page may follow its links and press its buttons.

{% if request|may_open:url %}<a href="{{ url }}">…</a>{% endif %}
{% if request|may_act:url %}<form method="post" action="{{ url }}">…</form>{% endif %}
"""

from django import template
from django.http import HttpRequest

from tenants.accounts import roles

register = template.Library()


@register.filter
def may_open(request: HttpRequest, url: str) -> bool:
    return bool(url) and roles.may_open(request, url)


@register.filter
def may_act(request: HttpRequest, url: str) -> bool:
    return bool(url) and roles.may_open(request, url, "POST")
