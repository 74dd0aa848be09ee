"""Which texts the form showed: what people answer is a version, not "the terms"."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token, sealed_at
from consent.ledger.models import ConsentRecord
from consent.texts.models import TextVersion
from consent.texts.published import address_of, named
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force, text_in_force_then

Purpose = ConsentRecord.Purpose

KEYS = {
    Purpose.TERMS: "consent-terms",
    Purpose.NEWSLETTER: "consent-newsletter",
    Purpose.THIRD_PARTY: "consent-third-party",
}
"""In the order of the form: one purpose, one box (recital 32, Art. 7(2) GDPR)."""

SHOWN_FOR = timedelta(hours=12)

Texts = Mapping[Purpose, TextVersion]

Behind = Mapping[str, TextVersion]
"""The texts to which a box's words lead, by key: the very versions, or nobody could say later
which terms were agreed to."""

LED_TO = {"terms_url": "terms", "privacy_url": "privacy"}
"""By the placeholder in the words."""


def texts_to_show(language: str, *purposes: Purpose) -> Texts:
    """The versions in force. Raises ``NotApprovedError``: without them nobody can sign up."""
    return {purpose: text_in_force(KEYS[purpose], language) for purpose in purposes or tuple(KEYS)}


def behind(texts: Iterable[TextVersion], *, then: datetime | None = None) -> Behind:
    """What the words of these boxes lead to, now or as it was in force ``then``.

    Beside the terms stands the privacy policy, which is told and not agreed to (Art. 13 GDPR).
    Raises ``NotApprovedError``.
    """
    found: dict[str, TextVersion] = {}
    for text in texts:
        for key in _keys_behind(text):
            if key not in found:
                found[key] = (
                    text_in_force_then(key, text.language, then)
                    if then
                    else text_in_force(key, text.language)
                )
    return found


def seal_shown(texts: Texts, led_to: Behind) -> str:
    """A hidden field that says which versions were on the page, and since when.

    The visitor cannot alter it.
    """
    said = {
        "boxes": {purpose.value: text.pk.hex for purpose, text in texts.items()},
        "behind": {key: text.pk.hex for key, text in led_to.items()},
    }
    return seal_token(said, purpose="signup-shown")


def open_shown(token: str) -> tuple[Texts, Behind, datetime]:
    """The versions that were shown, those that they led to, and when.

    Raises ``InvalidTokenError``: then they are shown afresh.
    """
    data = open_token(token, purpose="signup-shown", max_age=SHOWN_FOR)
    if set(data) != {"boxes", "behind"}:  # As the release before sealed it.
        raise InvalidTokenError
    boxes = {Purpose(purpose): uuid.UUID(pk) for purpose, pk in data["boxes"].items()}
    led_to = {key: uuid.UUID(pk) for key, pk in data["behind"].items()}
    texts = TextVersion.objects.in_bulk({*boxes.values(), *led_to.values()})
    if len(texts) != len(boxes) + len(led_to):
        raise InvalidTokenError
    return (
        {purpose: texts[pk] for purpose, pk in boxes.items()},
        {key: texts[pk] for key, pk in led_to.items()},
        sealed_at(token, purpose="signup-shown"),
    )


def as_label(text: TextVersion, led_to: Behind) -> SafeString:
    """The text beside its box, which leads to the very versions of the terms and the privacy
    policy, and names them: number, day, hash. So the form on record says what was agreed to.
    """
    html = _phrases(text, led_to)
    for key in _keys_behind(text):
        with translation.override(text.language):
            is_told = key not in _keys_in_words(text)
            lead = _("For your information:") if is_told else _("That is:")
        html += format_html(
            '<br>\n<small>{} <a href="{}">{}</a>, SHA-256 <code title="{}">{}…</code></small>',
            lead,
            address_of(led_to[key]),
            named(led_to[key]),
            led_to[key].sha256,
            led_to[key].sha256[:12],
        )
    return html


def _keys_in_words(text: TextVersion) -> list[str]:
    return [key for name, key in LED_TO.items() if name in text.placeholders]


def _keys_behind(text: TextVersion) -> list[str]:
    return list(LED_TO.values()) if text.key == KEYS[Purpose.TERMS] else _keys_in_words(text)


def _phrases(text: TextVersion, led_to: Behind) -> SafeString:
    values = {
        name: address_of(led_to[key]) if key in led_to else "" for name, key in LED_TO.items()
    }
    html = as_html(filled(text, fitting(text, values), markdown=True)).strip()
    # A label holds phrases; the renderer wraps paragraphs.
    html = html.replace("</p>\n<p>", "<br>\n")
    return mark_safe(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S308 (as_html escapes)
