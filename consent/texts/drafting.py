"""Writing the next version of a text: a draft is its author's alone until it is submitted."""

import uuid

from django.db import transaction
from django.utils import timezone

from consent.texts.errors import DraftGoneError, NotTheAuthorError
from consent.texts.models import TextDraft, TextVersion
from consent.texts.placeholders import Kind, declared_in, names_in
from consent.texts.shipping import shipped_texts
from consent.texts.versions import Effect, submit_text
from tenants.accounts.models import User


def begin_draft(version: TextVersion, *, author: User) -> TextDraft:
    """Begin from this version. The author's draft of it, if there is one, goes on instead."""
    draft, _is_new = TextDraft.objects.get_or_create(
        author=author, base=version, defaults={"title": version.title, "body": version.body}
    )
    return draft


def hold_draft(draft_id: uuid.UUID, *, author: User) -> TextDraft:
    """An author's own draft, for them alone until the transaction ends.

    Whoever is about to change it waits here for a second press of their own: what that one has
    handed in or thrown away is not there any more (``DraftGoneError``), and stays away.
    """
    own = TextDraft.objects.of(author).select_for_update(of=("self",))
    draft = own.filter(pk=draft_id).first()
    if draft is None:
        raise DraftGoneError(draft_id)
    return draft


@transaction.atomic
def submit_draft(draft: TextDraft, *, author: User) -> TextVersion:
    """Make a version of the draft, for a lawyer to decide on. From then on it is immutable.

    Raises ``NotTheAuthorError``, ``DraftGoneError`` for what was submitted already, and
    ``UndeclaredPlaceholderError`` for a placeholder that the product cannot fill in.
    """
    found = TextDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise DraftGoneError(draft.pk)
    draft = found
    if draft.author_id != author.pk:
        raise NotTheAuthorError(draft.pk)
    version = submit_text(
        key=draft.base.key,
        language=draft.base.language,
        title=draft.title,
        body=draft.body,
        placeholders=kinds_for(draft),
        change=draft.change,
        reason=draft.reason,
        effect=Effect(draft.effect),
        author=author,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
    )
    draft.delete()
    return version


def kinds_for(draft: TextDraft) -> dict[str, Kind]:
    """The draft's own placeholders, with the kinds that the product fills them in with."""
    offered = offered_for(draft.base)
    return {name: offered[name] for name in sorted(names_in(draft.body)) if name in offered}


def offered_for(base: TextVersion) -> dict[str, Kind]:
    """What the product can fill into this text: whatever some version of it has declared.

    Names and kinds follow from the code that fills them in, so nobody can think up others.
    """
    found: dict[str, Kind] = {}
    versions = TextVersion.objects.filter(key=base.key).order_by("submitted_at", "number")
    for version in versions:
        for name, kind in declared_in(version).items():
            found[name] = kind or found.get(name, Kind.TEXT)
    for text in shipped_texts():
        if text.key == base.key:
            found |= text.placeholders
    return dict(sorted(found.items()))


def as_version(draft: TextDraft) -> TextVersion:
    """What the draft would be, to be looked at; stored nowhere."""
    return TextVersion(
        key=draft.base.key,
        language=draft.base.language,
        number=draft.base.number + 1,
        title=draft.title,
        body=draft.body,
        placeholders={name: kind.value for name, kind in kinds_for(draft).items()},
        submitted_at=timezone.now(),
    )
