"""Somebody asks in the chat for what is stored on them, and gets a link to it (Art. 15 GDPR)."""

from chatbo.conversation.delivery import queue_messages
from chatbo.conversation.legal import Legal
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.erasure.person_exports.errors import NotWantedAnyMoreError, TooOftenError
from consent.erasure.person_exports.making import make_export, put_off
from consent.erasure.person_exports.models import PersonExport
from tenants.bots.models import Subscriber
from tenants.bots.platforms import Outgoing


def take_in_wish_for_data(subscriber: Subscriber, legal: Legal) -> Outgoing:
    """Take the wish in, in the transaction of its event, and say that it runs, or why not."""
    try:
        ask_for_own_data(subscriber)
    except TooOftenError:
        return legal.data_too_often()
    return legal.data_asked()


def make_and_tell(tenant_id: str, export_id: str) -> None:
    """Make the file and, where the person gets it in the chat, say so: once, however often killed.

    Twice at once is once. Where the person is erased meanwhile, nothing is left.
    """
    with tenant_scope(tenant_id):
        export = PersonExport.objects.claim(export_id)
    if export is None:
        return
    try:
        if export.state == PersonExport.State.ASKED:
            make_export(export)
        with tenant_scope(tenant_id):
            _tell(export)
    except NotWantedAnyMoreError:
        return
    except Exception as error:
        put_off(export, error)
        raise


def _tell(export: PersonExport) -> None:
    """The message and the end of the job are one transaction: told once."""
    person = (
        Subscriber.objects.select_for_update(of=("self",))
        .select_related("channel__bot")
        .filter(pk=export.subscriber_id)
        .first()
    )
    row = PersonExport.objects.select_for_update().unfinished().filter(pk=export.pk).first()
    if person is None or row is None:
        return
    queue_messages(person, [Legal(person.channel.bot).data_ready(row)])
    row.finish()
