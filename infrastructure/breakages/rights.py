"""Restriction and rectification: stored and not used, told before it ends, nothing forged."""

from infrastructure.breakages.breaking import Breakage

ROOM = "consent/rights"
USE = "tests/consent/rights/test_restricting.py"
RECTIFYING = "tests/consent/rights/test_rectifying.py"
PAGES = "tests/consent/rights/test_restriction_pages.py"
RECTIFICATION_PAGES = "tests/consent/rights/test_rectification_pages.py"
CHAT = "tests/chatbo/conversation/test_restricted.py"

BREAKAGES = (
    Breakage(
        "erasure: rights: what somebody restricted writes is stored",
        "chatbo/conversation/handling.py",
        "    if is_restricted and wish not in LEGAL:\n"
        "        return dataclasses.replace(outcome, aside=restricted(bot, legal))\n",
        "",
        CHAT,
    ),
    Breakage(
        "erasure: rights: a legal wish of somebody restricted is stored as a message",
        "chatbo/conversation/handling.py",
        "_is_open(bot, incoming) and not is_restricted:",
        "_is_open(bot, incoming):",
        CHAT,
    ),
    Breakage(
        "erasure: rights: many are erased, the restricted among them",
        "consent/erasure/selecting.py",
        "people if _RESTRICTED in selection else people.filter(restricted_at=None)",
        "people",
        USE,
    ),
    Breakage(
        "erasure: rights: who is restricted stays when the business has left",
        "consent/erasure/selecting.py",
        "    return all_of(until=until) | {_RESTRICTED: True}",
        "    return all_of(until=until)",
        USE,
    ),
    Breakage(
        "erasure: rights: a business erases somebody restricted",
        "consent/erasure/requests.py",
        "            raise RestrictedError\n",
        "            pass\n",
        USE,
    ),
    Breakage(
        "erasure: rights: their own wish does not reach who is restricted",
        "consent/erasure/requests.py",
        "if origin == Erasure.Origin.TENANT and subscriber",
        "if subscriber",
        USE,
    ),
    Breakage(
        "erasure: rights: the dry run hides who is passed over",
        "consent/erasure/foreseeing.py",
        "restricted=passed_over(selection).count()",
        "restricted=0",
        USE,
    ),
    Breakage(
        "erasure: rights: a restriction ends before the person is told",
        "chatbo/conversation/restrictions.py",
        "    if message.is_waiting:",
        "    if message is None:",
        CHAT,
    ),
    Breakage(
        "erasure: rights: the person is told again at each look",
        "chatbo/conversation/restrictions.py",
        "        row.message_id = message.pk\n",
        "",
        CHAT,
    ),
    Breakage(
        "erasure: rights: a restriction in force is lifted by whoever calls",
        f"{ROOM}/restrictions.py",
        "super().due().filter(state=Restriction.State.LIFTING)",
        "super().due()",
        CHAT,
    ),
    Breakage(
        "erasure: rights: who is restricted anew is told that it ends",
        f"{ROOM}/putting_back.py",
        '    waiting.update(problem="called_off")\n',
        "    str(waiting)\n",
        CHAT,
    ),
    Breakage(
        "erasure: rights: a worker that failed does not say why",
        "chatbo/conversation/restrictions.py",
        "                row.try_again(type(error).__name__)",
        "                str(error)",
        CHAT,
    ),
    Breakage(
        "erasure: rights: restricted twice is restricted anew",
        f"{ROOM}/restricting.py",
        "    if there is not None and there.state == State.IN_FORCE:\n        return there\n",
        "",
        USE,
    ),
    Breakage(
        "erasure: rights: lifted twice is announced twice",
        f"{ROOM}/restricting.py",
        "    if found.state != State.IN_FORCE:\n        return\n",
        "",
        USE,
    ),
    Breakage(
        "erasure: rights: somebody who is being erased is restricted",
        f"{ROOM}/locking.py",
        " or Erasure.objects.unfinished().filter(subject_id=found.pk).exists()",
        "",
        USE,
    ),
    Breakage(
        "erasure: rights: a note may be as long as somebody likes",
        f"{ROOM}/restricting.py",
        "    if len(note) > LONGEST_NOTE:\n        raise NoteTooLongError\n",
        "",
        USE,
    ),
    Breakage(
        "erasure: rights: any language is taken",
        f"{ROOM}/rectifying.py",
        "    if language not in dict(settings.LANGUAGES):\n        raise UnknownLanguageError\n",
        "",
        RECTIFYING,
    ),
    Breakage(
        "erasure: rights: a statement may be as long as somebody likes",
        f"{ROOM}/rectifying.py",
        "    if len(text) > LONGEST_STATEMENT:\n        raise StatementTooLongError\n",
        "",
        RECTIFYING,
    ),
    Breakage(
        "erasure: rights: the same statement is stored twice",
        f"{ROOM}/rectifying.py",
        '        if text_or(each, "text", "") == text:\n            return each\n',
        "        str(each)\n",
        RECTIFYING,
    ),
    Breakage(
        "erasure: rights: statements of one person know no end",
        f"{ROOM}/rectifying.py",
        "    if len(there) >= MOST:\n        raise TooManyStatementsError\n",
        "",
        RECTIFYING,
    ),
    Breakage(
        "erasure: rights: reading a statement leaves no trace",
        f"{ROOM}/rectification_pages.py",
        '    record("people.read", details={"searched_for_a_person": True})\n',
        "",
        RECTIFICATION_PAGES,
    ),
    Breakage(
        "erasure: rights: whoever finds a desk unlocked restricts people",
        "tenants/accounts/roles.py",
        '"rights:restrict": use(*PROTECTORS, fresh=True, when_locked=True)',
        '"rights:restrict": use(*PROTECTORS, when_locked=True)',
        PAGES,
    ),
    Breakage(
        "erasure: rights: whoever finds a desk unlocked lifts restrictions",
        "tenants/accounts/roles.py",
        '"rights:lift": use(*PROTECTORS, fresh=True, when_locked=True)',
        '"rights:lift": use(*PROTECTORS, when_locked=True)',
        PAGES,
    ),
    Breakage(
        "erasure: rights: whoever finds a desk unlocked rectifies",
        "tenants/accounts/roles.py",
        '"rights:rectify": use(*PROTECTORS, fresh=True, when_locked=True)',
        '"rights:rectify": use(*PROTECTORS, when_locked=True)',
        RECTIFICATION_PAGES,
    ),
    Breakage(
        "erasure: rights: nobody says that messenger will refuse",
        f"{ROOM}/restriction_pages.py",
        '"can_be_written_to": can_be_written_to(person)',
        '"can_be_written_to": True',
        PAGES,
    ),
)
