"""Somebody who wrote in a web chat and was erased: with a certificate, and no platform to ask."""

from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from tenants.bots.channels import switch_on_web_chat
from tenants.bots.models import Bot, Message, Subscriber, subscriber_index
from tenants.bots.platforms import Menu
from tests.conftest import Business

MENU = Menu("Bye", "Impressum", "https://a.example/i", "Datenschutz", "https://a.example/p")


def erased_at(business: Business, address: str = "guest") -> Erasure:
    """The erasure, carried out."""
    with business.scope():
        channel = switch_on_web_chat(Bot.objects.create(name=f"Bot of {address}"), menu=MENU)
        person = Subscriber.objects.create(
            channel=channel,
            external_id=address,
            external_index=subscriber_index(channel.pk, address),
        )
        Message.objects.create(subscriber=person, direction="in", text="Hallo", at=timezone.now())
        erasure = request_erasure(person, origin=Erasure.Origin.BOT)
    carry_out(str(erasure.tenant_id), str(erasure.pk))
    with business.scope():
        return Erasure.objects.select_related("policy").get(pk=erasure.pk)
