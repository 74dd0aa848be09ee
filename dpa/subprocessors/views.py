"""The public list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dpa.subprocessors.models import SubProcessor


def public_list(request: HttpRequest) -> HttpResponse:
    """Everybody may read who else processes, where, and since when."""
    firms = SubProcessor.objects.used_today()
    return render(request, "dpa/subprocessors/list.html", {"firms": firms})
