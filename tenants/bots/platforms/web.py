"""The web chat: our own page. Nothing goes over a wire; the page reads what is stored."""

from tenants.bots.platforms.wire import Outgoing, Receipt


def send(outgoing: Outgoing) -> Receipt:
    """Nothing to send: the chat page shows the messages, and after an erasure its state.

    Nobody waits behind the page for certain, so this says no more than "it stands there".
    """
    return Receipt()
