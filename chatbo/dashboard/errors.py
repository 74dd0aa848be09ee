"""The page for requests that cannot be read."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from chatbo.dashboard.context import site


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Drawn without reading the body: Django's own view does, and would stumble a second time."""
    return HttpResponse(render_to_string("400.html", site(request)), status=400)
