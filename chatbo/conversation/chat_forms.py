"""What the chat page sends: some text, or a tap on one of the product's buttons."""

from django.http import QueryDict

from chatbo.conversation.webchat import LONGEST_SAYING, Saying

LONGEST_NONCE = 64


def saying_in(data: QueryDict) -> Saying | None:
    """What was said, if anything. A tap counts alone, whatever stands in the line of text."""
    payload = data.get("payload", "").strip()[:200]
    text = data.get("title" if payload else "text", "").strip()[:LONGEST_SAYING]
    nonce = data.get("nonce", "")[:LONGEST_NONCE]
    if not nonce or not (text or payload):
        return None
    return Saying(nonce=nonce, text=text, payload=payload)
