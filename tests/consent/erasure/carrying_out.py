"""Carrying an erasure out as the worker does, and looking at it afterwards."""

from typing import Any

from django.conf import settings
from django.test import Client

from chatbo.foundation.isolation import tenant_scope
from consent.erasure.models import Erasure
from consent.erasure.tasks import carry_out, carry_out_many


def carried_out(erasure: Erasure) -> Erasure:
    task = carry_out_many if erasure.is_of_many else carry_out
    task(str(erasure.tenant_id), str(erasure.pk))
    return fresh(erasure)


def fresh(erasure: Erasure) -> Erasure:
    with tenant_scope(erasure.tenant_id):
        return Erasure.objects.select_related("policy").get(pk=erasure.pk)


def change(erasure: Erasure, **columns: Any) -> None:
    """As whoever writes to the database past the product."""
    with tenant_scope(erasure.tenant_id):
        assert Erasure.objects.filter(pk=erasure.pk).update(**columns) == 1


def certificate_of(client: Client, erasure: Erasure, ending: str = "json") -> Any:
    return client.get(f"/erasure/{erasure.code}/certificate.{ending}")


def choose(client: Client, language: str) -> None:
    """As the reader does below on each page."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
