"""What a person wants, read from a tap or from words. Words do all that taps do."""

from enum import Enum, auto

from tenants.bots import payloads
from tenants.bots.models import plainly
from tenants.bots.platforms.wire import Incoming, Kind


class Wish(Enum):
    TALK = auto()
    START = auto()
    UNSUBSCRIBE = auto()
    ERASE = auto()
    KEEP = auto()
    IMPRINT = auto()
    PRIVACY = auto()


LEGAL = frozenset({Wish.UNSUBSCRIBE, Wish.ERASE, Wish.KEEP, Wish.IMPRINT, Wish.PRIVACY})
"""What every bot answers in every state."""

_TAPS = {
    payloads.START: Wish.START,
    payloads.UNSUBSCRIBE: Wish.UNSUBSCRIBE,
    payloads.ERASE: Wish.ERASE,
    payloads.KEEP: Wish.KEEP,
    payloads.IMPRINT: Wish.IMPRINT,
    payloads.PRIVACY: Wish.PRIVACY,
}

# Only where they are all that was said: "Where does the bus stop?" is a question.
_WORDS = {
    Wish.UNSUBSCRIBE: """
        stop; stopp; stoppen; abmelden; abmelden löschen; abbestellen; austragen; kündigen;
        löschen; loeschen; alles löschen; daten löschen; meine daten löschen; lösch mich;
        unsubscribe; unsubscribe delete; opt out; delete; delete me; delete my data; delete all;
        delete everything; erase; erase me; forget me; end; quit""",
    Wish.IMPRINT: "impressum; imprint; legal notice",
    Wish.PRIVACY: """
        datenschutz; datenschutzerklärung; datenschutzhinweise; privacy; privacy policy;
        data protection""",
}
_SAID = {plainly(word): wish for wish, words in _WORDS.items() for word in words.split(";")}
_YES = frozenset({"ja", "ja alles löschen", "ja löschen", "yes", "yes delete all"})
_NO = frozenset({"nein", "nein abbrechen", "abbrechen", "no", "no cancel", "cancel"})


def wish_of(incoming: Incoming, *, was_asked: bool) -> Wish:
    """What a person wants. ``was_asked``: the question about erasing was the last thing said."""
    if incoming.kind == Kind.START:
        return Wish.START
    if wish := _TAPS.get(incoming.payload):
        return wish
    said = plainly(incoming.text)
    if was_asked and said in _YES:
        return Wish.ERASE
    if was_asked and said in _NO:
        return Wish.KEEP
    return _SAID.get(said, Wish.TALK)
