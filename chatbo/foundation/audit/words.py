"""What the log's details are called, and how a code among them reads.

What is a field of the target's model needs no line here: its ``verbose_name`` and its ``choices``
are its words (``details``). A detail that neither has is not recorded, as little as an action
without words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Word = str | Promise


@dataclass(frozen=True)
class Meaning:
    """What a detail is called, and what makes its value readable; nothing: it reads by itself.

    ``codes``: the words of a coded value. ``kind``: the value is the id of such a model's row.
    ``of_fields``: it lists fields of the target. ``counts``: it says how many, by model.
    ``read``: how it reads otherwise.
    """

    word: Word
    codes: Mapping[str, Word] = field(default_factory=dict)
    kind: str = ""
    of_fields: bool = False
    counts: bool = False
    read: Callable[[Any], str] = str


WAYS: Final[dict[str, Word]] = {
    "password": _("password"),
    "password_reset": _("link to a new password"),
    "mfa": _("second factor"),
    "code": _("code by e-mail"),
    "mailed_code": _("code by e-mail"),
    "socialaccount": "Facebook",
}
FACTORS: Final[dict[str, Word]] = {
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
}
MISTAKES: Final[dict[str, Word]] = {
    "disputed": _("the person says that they did not agree"),
    "somebody_else": _("somebody else used the person's device or address"),
    "trial": _("it was a trial of ours"),
    "fault": _("it was recorded by mistake"),
}
"""Why a consent was recorded wrongly: codes, as a log that is never erased may name nobody."""
PAGES: Final[dict[str, Word]] = {
    "dashboard:home": _("overview"),
    "bots:list": _("list of bots"),
    "bots:show": _("page of a bot"),
    "embeds:list": _("list of conversion tools"),
    "embeds:show": _("page of a conversion tool"),
    "embeds:file": _("file of a conversion tool"),
    "passage:show": _("privacy passage"),
    "passage:download": _("file with the privacy passage"),
    "register:show": _("record of processing"),
    "register:download": _("file with the record of processing"),
    "contracts:list": _("list of contracts"),
    "contracts:show": _("page of a contract"),
    "contracts:draft": _("draft of a contract"),
    "contracts:sealed": _("sealed contract"),
}
"""By the names of their addresses: what support may open in a business."""
REASONS: Final[dict[str, Word]] = {
    "sweep: find jobs that no wake-up call reached": _("search for work left lying"),
    "mail: send the platform's own": _("sending of ChatBo's own mail"),
    "ledger: seal what was recorded": _("sealing of new consent records"),
    "ledger: delete records whose time has come": _("deletion of consent records that are due"),
    "ledger: drop prepared files whose time is over": _("deletion of prepared files"),
    "ledger: verify all of it": _("check of all consent records"),
    "ledger: keep what verifying found": _("keeping what the check of all consent records found"),
    "person exports: drop copies whose time is over": _("deletion of copies of people's data"),
    "meta: find whose pages these are": _("search for whom a request through Meta is about"),
    "erasure: tell what was removed again": _("notice that erasures were repeated"),
    "erasure: find what was ordered and not said outside": _(
        "search for holds and restrictions that are not noted outside the database"
    ),
    "erasure: find the bots whose inactive people are to be erased": _(
        "search for bots whose inactive people are to be erased"
    ),
    "erasure: find what is due soon and not done": _("search for erasures that are due soon"),
    "erasure: find holds that end soon": _("search for holds that end soon"),
    "rights: find requests that are due soon": _("search for requests that are due soon"),
    "erasure: look for people who were erased": _("search for what erasures have left behind"),
    "erasure: keep what the search for erased people found": _(
        "keeping what the search for erased people found"
    ),
    "erasure: a leaving business's proofs go with it": _(
        "deletion of the consent records of businesses that leave"
    ),
    "erasure: close the row of a business that has left, and tell its people": _(
        "end of a business"
    ),
    "erasure: find kept rows whose time is over": _("search for kept data whose time is over"),
    "erasure: delete entries of the log whose time is over": _("deletion of old log entries"),
    "erasure: find businesses of which nothing is kept any more": _(
        "search for businesses of which nothing is kept any more"
    ),
    "erasure: end an account": _("end of an account"),
    "erasure: foresee the end of an account": _("preview of the end of an account"),
    "erasure: note which kept rows have ended": _("note on deleted data"),
    "rotate_keys: rows that belong to no tenant": _("new keys for ChatBo's own data"),
    "rotate_keys: find whose rows there are": _("search for data that need new keys"),
    "demo: countersign the café's agreement": _("demo: the café's contract countersigned"),
}


def _reason(value: Any) -> str:
    """A page of the platform names itself; the other reasons have words."""
    start, colon, page = str(value).partition("page: ")
    if colon and not start:
        return gettext("page %(page)s") % {"page": page}
    return str(REASONS.get(value, value))


DETAILS: Final[dict[str, Meaning]] = {
    "bot_id": Meaning(_("Bot"), kind="bots.bot"),
    "choice": Meaning(
        _("Choice"),
        codes={"return": _("data back first"), "deletion": _("deletion is enough")},
    ),
    "changed": Meaning(pgettext_lazy("log", "Changed"), of_fields=True),
    "counts": Meaning(pgettext_lazy("log", "Erased"), counts=True),
    "days": Meaning(_("Number of days")),
    "facts": Meaning(pgettext_lazy("log", "Changed"), of_fields=True),
    "kind": Meaning(
        _("Form"),
        codes={
            "html": "HTML",
            "txt": _("plain text"),
            "pdf": "PDF",
            "csv": "CSV",
            "json": "JSON",
            "jsonld": "JSON-LD",
            "jsonl": _("everything with its proofs"),
        },
    ),
    "language": Meaning(_("Language"), codes=dict(settings.LANGUAGES)),
    "logo": Meaning(_("Logo")),
    "membership": Meaning(_("Member"), kind="accounts.membership"),
    "method": Meaning(_("Way to log in"), codes=WAYS | FACTORS),
    "methods": Meaning(_("Logged in with"), codes=WAYS | FACTORS),
    "mistake": Meaning(_("What was wrong"), codes=MISTAKES),
    "number": Meaning(_("Number of devices")),
    "origin": Meaning(pgettext_lazy("log", "Asked for")),
    "owner": Meaning(pgettext_lazy("log", "Owner"), kind="accounts.user"),
    "page": Meaning(_("Page"), codes=PAGES),
    "platform": Meaning(_("Platform")),
    "platform_role": Meaning(_("Role at ChatBo")),
    # Counted from 0 in the table, from 1 by people.
    "position": Meaning(_("Position in the order"), read=lambda value: str(value + 1)),
    "reason": Meaning(_("Reason"), read=_reason),
    "rows": Meaning(_("Number of records")),
    "searched_for_a_person": Meaning(_("Searched for a person")),
    "sha256": Meaning(_("Checksum (SHA-256)")),
    "state": Meaning(_("State")),
    "told": Meaning(_("The person was told")),
    "type": Meaning(_("Second factor"), codes=FACTORS),
    "user": Meaning(_("Member"), kind="accounts.user"),
    "version": Meaning(_("Version")),
}

OF_ONE: Final[dict[str, str]] = {
    "tenant.second_factor_demanded": "require_mfa",
    "user.platform_role_granted": "platform_role",
}
"""Actions whose ``before`` and ``after`` are bare values: of which field."""
