"""The page for requests that cannot be read."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request: Django's own view would read it again, and stumble a second time."""
    return HttpResponse(render_to_string("400.html"), status=400)
