"""Mails about texts: to the lawyers what waits for them, to the author what became of it."""

from django.conf import settings
from django.urls import reverse

from chatbo.foundation.mail.outbox import queue_mail
from consent.texts.models import TextVersion
from tenants.accounts.models import PlatformRole, User


def tell_lawyers(version: TextVersion) -> None:
    """That a version waits, in the transaction that hands it in."""
    for lawyer in User.objects.filter(platform_role=PlatformRole.LAWYER, is_active=True):
        _queue(lawyer, "text_submitted", version, {"version": version})


def tell_author(version: TextVersion, *, lawyer: User, word: str) -> None:
    """What a lawyer said of it, unless they wrote it themselves, or it came with the product.

    ``word``: approved, rejected, withdrawn or ended.
    """
    author, said = version.author, version.last_word()
    if author is None or author == lawyer or not author.is_active or said is None:
        return
    context = {"version": version, "word": word, "said": said}
    _queue(author, "text_decided", version, context)


def _queue(to: User, name: str, version: TextVersion, context: dict[str, object]) -> None:
    url = f"{settings.BASE_URL}{reverse('platform:text', args=[version.pk])}"
    queue_mail(
        to=to.email,
        template=f"chatbo/dashboard/mail/{name}",
        context={**context, "url": url},
        language=to.language,
    )
