"""The pages for requests that cannot be read, and for faults of ours."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from chatbo.dashboard.context import site
from chatbo.foundation.logs.requests import current_request_id


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Drawn without reading the body: Django's own view does, and would stumble a second time."""
    return HttpResponse(render_to_string("400.html", site(request)), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn from one word alone, the case number: no user, no language, nothing that may be down.

    Whoever names it leads us to the lines of the log that belong to it.
    """
    page = render_to_string("500.html", {"case_number": current_request_id()})
    return HttpResponse(page, status=500)
