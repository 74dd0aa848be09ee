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
    MY_DATA = auto()


LEGAL = frozenset(
    {
        Wish.UNSUBSCRIBE,
        Wish.ERASE,
        Wish.KEEP,
        Wish.IMPRINT,
        Wish.PRIVACY,
        Wish.MY_DATA,
    }
)
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
    # By words alone (Art. 15 GDPR): the menu has its three places.
    Wish.MY_DATA: """
        meine daten; meine daten anfordern; meine daten anzeigen; meine daten herunterladen;
        meine daten exportieren; meine daten bitte; daten anfordern; daten herunterladen;
        kopie meiner daten; datenkopie; datenexport; auskunft; auskunft anfordern; auskunft bitte;
        datenauskunft; dsgvo auskunft; auskunft nach art 15 dsgvo; selbstauskunft;
        my data; my data please; show my data; send me my data; get my data; request my data;
        export my data; download my data; copy of my data; data export; data request;
        data access request; subject access request; gdpr request""",
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
