"""Which texts the form showed: what people answer is a version, not "the terms"."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token, sealed_at
from consent.ledger.models import ConsentRecord
from consent.texts.models import TextVersion
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force

Purpose = ConsentRecord.Purpose

KEYS = {
    Purpose.TERMS: "consent-terms",
    Purpose.NEWSLETTER: "consent-newsletter",
    Purpose.THIRD_PARTY: "consent-third-party",
}
"""In the order of the form: one purpose, one box (recital 32, Art. 7(2) GDPR)."""

SHOWN_FOR = timedelta(hours=12)

Texts = Mapping[Purpose, TextVersion]


def texts_to_show(language: str, *purposes: Purpose) -> Texts:
    """The versions in force. Raises ``NotApprovedError``: without them nobody can sign up."""
    return {purpose: text_in_force(KEYS[purpose], language) for purpose in purposes or tuple(KEYS)}


def seal_shown(texts: Texts) -> str:
    """A hidden field that says which versions were on the page, and since when.

    The visitor cannot alter it.
    """
    return seal_token(
        {purpose.value: text.pk.hex for purpose, text in texts.items()}, purpose="signup-shown"
    )


def open_shown(token: str) -> tuple[Texts, datetime]:
    """The versions that were shown, and when.

    Raises ``InvalidTokenError``: then they are shown afresh.
    """
    data = open_token(token, purpose="signup-shown", max_age=SHOWN_FOR)
    ids = {Purpose(purpose): uuid.UUID(pk) for purpose, pk in data.items()}
    texts = TextVersion.objects.in_bulk(ids.values())
    if len(texts) != len(ids):
        raise InvalidTokenError
    shown = {purpose: texts[pk] for purpose, pk in ids.items()}
    return shown, sealed_at(token, purpose="signup-shown")


def as_label(text: TextVersion) -> SafeString:
    """The text beside its box, with links to the terms and the privacy policy in its language."""
    values = {
        "terms_url": _legal("terms", text.language),
        "privacy_url": _legal("privacy", text.language),
    }
    html = as_html(filled(text, fitting(text, values), markdown=True)).strip()
    # A label holds phrases; the renderer wraps paragraphs.
    html = html.replace("</p>\n<p>", "<br>\n")
    return mark_safe(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S308 (as_html escapes)


def _legal(slug: str, language: str) -> str:
    try:
        path = reverse("legal", args=[slug])
    except NoReverseMatch:
        path = f"/legal/{slug}/"
    return f"{path}?lang={language}"
