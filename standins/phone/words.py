"""The stand-ins' few sentences, in German and English."""

from werkzeug.wrappers import Request

WORDS = {
    "de": {
        "band": "Nachbildung: Dies ist die Demo. Kein echter Messenger wird kontaktiert.",
        "phone_title": "Das Handy einer Person",
        "phone_lead": "Schreiben Sie einem Bot der Demo, wie es eine Besucherin täte.",
        "phone_more": "Websites der Betriebe und mehr",
        "person": "Person",
        "chat": "Chat mit",
        "other_language": "English",
        "other_code": "en",
        "start": "Los geht’s",
        "write_here": "Nachricht schreiben",
        "send": "Senden",
        "menu": "Menü",
        "close": "Schließen",
        "empty": "Noch keine Nachrichten.",
        "not_connected": "Mit diesem Konto ist noch kein Bot verbunden.",
        "blocked": "Sie haben diesen Kontakt blockiert.",
        "behind": "Hinter den Kulissen",
        "again": "Letztes Ereignis noch einmal zustellen",
        "pass_day": "25 Stunden vergehen lassen",
        "block": "Kontakt blockieren",
        "unblock": "Blockierung aufheben",
        "delete_data": "Bei Facebook die Löschung der Daten verlangen",
        "remove_app": "ChatBo bei Facebook entfernen",
        "see_state": "Zum Stand der Löschung",
        "done": "Erledigt.",
        "failed": "Das ging nicht:",
        "offline": "Die Nachbildung antwortet nicht. Läuft sie noch?",
        "need_script": "Für diese Seite muss JavaScript eingeschaltet sein.",
        "you": "Sie",
        "home_title": "Nachbildungen der Plattformen",
        "home_lead": "Hier spielt dieser Rechner Facebook, Messenger und Telegram. So lässt sich"
        " ChatBo ganz ausprobieren, ohne irgendwo ein Konto zu haben.",
        "home_phone": "Handy öffnen",
        "home_phone_text": "Einem Bot schreiben, das Menü sehen, sich abmelden.",
        "home_sites": "Websites der Demo-Betriebe",
        "home_sites_text": "Auf einem anderen Ursprung als ChatBo: Hier lässt sich der Baustein"
        " eines Werkzeugs einsetzen und ausprobieren.",
        "home_apis": "Schnittstellen",
        "home_events": "Ereignisse gehen an",
        "login_title": "Mit Facebook anmelden",
        "login_lead": "ChatBo Demo möchte auf Ihren Namen zugreifen.",
        "login_who": "Als wer?",
        "login_continue": "Weiter",
        "login_cancel": "Abbrechen",
        "share_email": "Auch die E-Mail-Adresse weitergeben",
        "no_email": "hat keine E-Mail-Adresse hinterlegt",
        "login_refused": "Die Anmeldung wurde abgelehnt",
    },
    "en": {
        "band": "Stand-in: this is the demo. No real Messenger is contacted.",
        "phone_title": "A person’s phone",
        "phone_lead": "Write to a bot of the demo the way a visitor would.",
        "phone_more": "The businesses’ websites, and more",
        "person": "Person",
        "chat": "Chat with",
        "other_language": "Deutsch",
        "other_code": "de",
        "start": "Get started",
        "write_here": "Write a message",
        "send": "Send",
        "menu": "Menu",
        "close": "Close",
        "empty": "No messages yet.",
        "not_connected": "No bot is connected to this account yet.",
        "blocked": "You have blocked this contact.",
        "behind": "Behind the scenes",
        "again": "Deliver the last event once more",
        "pass_day": "Let 25 hours pass",
        "block": "Block this contact",
        "unblock": "Unblock",
        "delete_data": "Ask Facebook to have the data deleted",
        "remove_app": "Remove ChatBo at Facebook",
        "see_state": "See how far it is",
        "done": "Done.",
        "failed": "That did not work:",
        "offline": "The stand-in does not answer. Is it still running?",
        "need_script": "This page needs JavaScript.",
        "you": "You",
        "home_title": "Stand-ins for the platforms",
        "home_lead": "Here this computer plays Facebook, Messenger and Telegram, so that you can"
        " try all of ChatBo without an account anywhere.",
        "home_phone": "Open the phone",
        "home_phone_text": "Write to a bot, see its menu, unsubscribe.",
        "home_sites": "Websites of the demo’s businesses",
        "home_sites_text": "On another origin than ChatBo: paste a tool’s snippet here and try it.",
        "home_apis": "Interfaces",
        "home_events": "Events go to",
        "login_title": "Log in with Facebook",
        "login_lead": "ChatBo Demo asks for access to your name.",
        "login_who": "As whom?",
        "login_continue": "Continue",
        "login_cancel": "Cancel",
        "share_email": "Share the e-mail address, too",
        "no_email": "has given no e-mail address",
        "login_refused": "The log-in was refused",
    },
}


def words_for(language: str) -> dict[str, str]:
    return WORDS[language]


def choose_language(request: Request) -> str:
    """``?lang=`` if it says so, else what the browser prefers, German first."""
    asked = request.args.get("lang", "")
    if asked in WORDS:
        return asked
    return request.accept_languages.best_match(["de", "en"], default="de") or "de"
