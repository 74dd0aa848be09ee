"""The landing page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What ChatBo does, for somebody who runs a bakery. Loads nothing from anybody else."""
    return render(request, "chatbo/dashboard/landing.html")
