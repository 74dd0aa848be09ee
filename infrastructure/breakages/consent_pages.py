"""The business's pages and files of consents: what is changed is not proven, and words that fit."""

from infrastructure.breakages.breaking import Breakage

LEDGER = "tests/consent/ledger"
GENUINE = f"{LEDGER}/test_genuine.py"
PAGES = f"{LEDGER}/test_pages.py"

BREAKAGES = (
    Breakage(
        "consents: whatever has a leaf is proven",
        "consent/ledger/genuine.py",
        "    return leads_to_the_root and known == proof.identity_hash",
        "    return True",
        GENUINE,
    ),
    Breakage(
        "consents: the leaf is compared with nothing",
        "consent/ledger/genuine.py",
        "    return leads_to_the_root and known",
        "    return proof.leaf == bytes(Leaf.objects.get(pk=record.pk).hash) and known",
        GENUINE,
    ),
    Breakage(
        "consents: nobody looks whose record it is",
        "consent/ledger/genuine.py",
        "    return leads_to_the_root and known == proof.identity_hash",
        "    return leads_to_the_root",
        GENUINE,
    ),
    Breakage(
        "consents: what waits is believed",
        "consent/ledger/genuine.py",
        "        elif waits is None or not _says_what_it_was_made_of(record, waits):",
        "        elif False:",
        GENUINE,
    ),
    Breakage(
        "consents: a changed record is no alarm",
        "consent/ledger/genuine.py",
        "        if record.pk in changed:\n            log.error",
        "        if False:\n            log.error",
        GENUINE,
    ),
    Breakage(
        "consents: a changed record gets a receipt",
        "consent/ledger/writing.py",
        "            if record.pk not in examined.changed\n",
        "",
        GENUINE,
    ),
    Breakage(
        "consents: the paper names no changed record",
        "templates/consent/ledger/proof.pdf.html",
        "{% if changed %}",
        "{% if False %}",
        GENUINE,
    ),
    Breakage(
        "consents: a pseudonym gives the person away",
        "consent/ledger/selecting.py",
        "        return bool(self.person) and as_pseudonym(self.person) is None",
        "        return bool(self.person)",
        PAGES,
    ),
    Breakage(
        "consents: a pseudonym finds nothing",
        "consent/ledger/models.py",
        "pseudonym = as_pseudonym(identifier)",
        "pseudonym = None",
        PAGES,
    ),
    Breakage(
        "consents: a time may end before it begins",
        "consent/ledger/tables.py",
        "        if since and until and until < since:",
        "        if False:",
        PAGES,
    ),
    Breakage(
        "consents: a day to come has a state",
        "consent/ledger/views.py",
        "    if on > today:",
        "    if False:",
        PAGES,
    ),
    Breakage(
        "consents: an empty box is called a ticked one",
        "consent/ledger/telling.py",
        "    if record.way == Way.TICK and record.decision == Decision.REFUSED:",
        "    if False:",
        f"{LEDGER}/test_telling.py",
    ),
    Breakage(
        "consents: the question is not kept",
        "consent/signup/changes_form.py",
        "as_shown(change) + _as_asked(self.fields[change.name])",
        "as_shown(change)",
        "tests/consent/signup/test_changed_texts.py",
    ),
    Breakage(
        "consents: struck words read as the others",
        "consent/ledger/wording.py",
        'if tag in {"del", "ins"}:',
        "if False:",
        "tests/consent/signup/test_changed_texts.py",
    ),
)
