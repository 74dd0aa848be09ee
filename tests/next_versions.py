"""The next version of a text that is in force, and the lawyer's word on it."""

from typing import Any

from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, submit_text, text_in_force
from tenants.accounts.models import User


def submit_next(
    key: str, effect: Effect, *, words: str = " Ein Satz mehr.", language: str = "de", **more: Any
) -> TextVersion:
    """With ``words`` at its end; it waits for the lawyer."""
    known = text_in_force(key, language)
    return submit_text(
        key=key,
        language=language,
        title=known.title,
        body=f"{known.body.rstrip()}{words}\n" if words else known.body,
        placeholders=known.placeholders,
        effect=effect,
        **{"change": "For the test", **more},
    )


def approve(version: TextVersion) -> TextVersion:
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    return version


def publish_next(key: str, effect: Effect, **more: Any) -> TextVersion:
    return approve(submit_next(key, effect, **more))
