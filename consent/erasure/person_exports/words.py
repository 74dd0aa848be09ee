"""What a person reads above their data: the sections and the columns in words."""

from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

SECTIONS: Final[dict[str, str | Promise]] = {
    "person": _("Who you are here"),
    "messages": _("Messages"),
    "consents": _("Notices and consents"),
    "links_to_consents": _("Under which identifier your consents are kept"),
    "erasures": _("Erasures"),
    "notices_of_erasure": _("Notices of an erasure to others"),
    "events_under_way": _("Messages that are being worked on"),
    "deliveries_under_way": _("Messages that are being sent"),
    "copies_of_data": _("Copies of your data like this one"),
    "restrictions": _("Restrictions of the processing of your data"),
    "supplementary_statements": _("Your statements on what was said"),
    "holds": _("Messages of yours that are held for a legal claim"),
    "requests_by_hand": _("Requests that you made outside the chat"),
    "particulars_of_requests": _("Notes on your requests"),
    "exports_of_the_business": _("Copies of all of the business's data, with yours in them"),
}
"""By the name of the section, as the models declare it."""

FIELDS: Final[dict[str, str | Promise]] = {
    "about_somebody": _("person found"),
    "asked": _("what was asked"),
    "address": _("identifier at the platform"),
    "at": _("time"),
    "body": _("content"),
    "buttons": _("buttons"),
    "channel_id": _("channel"),
    "closed_on": _("closed"),
    "contact": _("how to reach you"),
    "claim_until": _("held for a legal claim until"),
    "code": _("code"),
    "controller": _("who answers for it"),
    "created_at": _("begun"),
    "decision": _("decision"),
    "deleted_at": _("erased"),
    "direction": _("direction"),
    "done": _("people done"),
    "done_on": _("first done"),
    "due_at": _("due"),
    "due_on": _("answer due by"),
    "ends_on": _("held until"),
    "expires_at": _("deleted on"),
    "extended_on": _("time extended"),
    "extension_reason": _("why it takes longer"),
    "extension_told_by": _("how you were told that it takes longer"),
    "extension_told_on": _("you were told that it takes longer"),
    "external_id": _("identifier at the platform"),
    "failed_at": _("in vain since"),
    "first_seen_at": _("first contact"),
    "given_at": _("decided"),
    "ground": _("ground"),
    "happened_at": _("happened"),
    "how": _("what was done outside ChatBo"),
    "held_until": _("being downloaded until"),
    "identifier": _("identifier"),
    "identity": _("how the identity was checked"),
    "identity_note": _("note on the check"),
    "identity_on": _("identity checked"),
    "is_trial": _("trial by the business"),
    "kind": _("what was asked for"),
    "language": _("language"),
    "last_seen_at": _("last contact"),
    "network": _("network address"),
    "lift_asked_at": _("end announced"),
    "lifted_at": _("lifted"),
    "note": _("note"),
    "notice_shown_at": _("told last that this is a bot"),
    "origin": _("asked for"),
    "outcome": _("what was done"),
    "payload": _("content"),
    "people": _("people"),
    "place": _("place"),
    "platform_message_id": _("number of the message at the platform"),
    "policy_id": _("rules of the erasure"),
    "presses": _("downloads begun"),
    "purpose": _("purpose"),
    "ready_at": _("ready"),
    "reason": _("what it is about"),
    "received_on": _("received"),
    "refusal": _("ground of the refusal"),
    "refusal_reason": _("why it is refused"),
    "reply": _("how it was answered"),
    "received_at": _("received"),
    "restricted_at": _("use restricted since"),
    "sent_at": _("sent"),
    "shown_at": _("shown"),
    "since": _("messages from"),
    "size": _("size in bytes"),
    "snapshot": _("held messages"),
    "source": _("where"),
    "state": _("state"),
    "subject_index": _("check value of the identifier"),
    "external_index": _("check value of the identifier"),
    "identifier_index": _("check value of the identifier"),
    "sender_index": _("check value of the identifier"),
    "taken_at": _("taken at the erasure"),
    "text": _("text"),
    "text_version_id": _("which text"),
    "told_at": _("told"),
    "told_note": _("note on how you were told"),
    "told_on": _("told otherwise on"),
    "told_way": _("how you were told otherwise"),
    "tombstoned_at": _("protected against return"),
    "total": _("people in all"),
    "unrestricted_at": _("use allowed again since"),
    "until": _("messages up to"),
    "untold_at": _("could not be told in the chat on"),
    "used_at": _("taken"),
    "warned_at": _("alarm raised"),
    "way": _("how"),
}
"""By the name of the column. A test walks what the models hold on a person through both tables."""

TOWARDS_THE_PERSON: Final[dict[tuple[str, str], str | Promise]] = {
    ("direction", "in"): _("from you"),
    ("direction", "out"): _("from the chat"),
}
"""By column and value: choices whose words are meant for the business."""


def section_in_words(name: str, model: type[models.Model]) -> str:
    return str(SECTIONS.get(name) or capfirst(str(model._meta.verbose_name_plural)))


def field_in_words(name: str) -> str:
    return str(FIELDS.get(name) or name.replace("_", " "))
