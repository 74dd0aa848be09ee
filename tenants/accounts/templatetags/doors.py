"""Whether whoever sees the page may follow its links and press its buttons.

    {% may_open url as open %}{% if open %}<a href="{{ url }}">…</a>{% endif %}
    {% may_act url as act %}{% if act %}<form method="post" action="{{ url }}">…</form>{% endif %}

Both know the request in an ``include`` with ``only`` too.
"""

from django import template
from django.template import Context

from tenants.accounts import roles

register = template.Library()


@register.simple_tag(takes_context=True)
def may_open(context: Context, url: str) -> bool:
    request = getattr(context, "request", None)
    return request is not None and bool(url) and roles.may_open(request, str(url))


@register.simple_tag(takes_context=True)
def may_act(context: Context, url: str) -> bool:
    request = getattr(context, "request", None)
    return request is not None and bool(url) and roles.may_open(request, str(url), "POST")
