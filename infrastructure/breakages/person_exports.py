"""A person's data as a file: whole, of nobody else, taken once, and gone."""

from infrastructure.breakages.breaking import Breakage

ROOM = "consent/erasure/person_exports"
FILES = "tests/consent/erasure/person_exports/test_person_exports.py"
LINKS = "tests/consent/erasure/person_exports/test_person_export_links.py"
KILLED = "tests/consent/erasure/person_exports/test_person_exports_killed.py"
PAGES = "tests/consent/rights/test_copies.py"
CHAT = "tests/chatbo/conversation/test_my_data.py"

BREAKAGES = (
    Breakage(
        "erasure: a link to one's data works twice",
        f"{ROOM}/links.py",
        "    if is_whole or row.presses >= MOST_PRESSES:",
        "    if row.presses >= MOST_PRESSES:",
        LINKS,
    ),
    Breakage(
        "erasure: two who press a link both get the file",
        f"{ROOM}/links.py",
        "        Q(held_until=None) | Q(held_until__lt=now),\n",
        "",
        LINKS,
    ),
    Breakage(
        "erasure: who stood still gets the rest as well",
        f"{ROOM}/links.py",
        "        mine = PersonExport.objects.filter(pk=export.pk, presses=export.presses)",
        "        mine = PersonExport.objects.filter(pk=export.pk)",
        LINKS,
    ),
    Breakage(
        "erasure: looking at a link uses it up",
        f"{ROOM}/link_views.py",
        'if request.method == "POST":',
        "if request.method:",
        LINKS,
    ),
    Breakage(
        "erasure: a link outlives its 72 hours",
        f"{ROOM}/models.py",
        "return self.filter(state=PersonExport.State.READY, expires_at__gt=timezone.now())",
        "return self.filter(state=PersonExport.State.READY)",
        LINKS,
    ),
    Breakage(
        "erasure: links to people's data may be guessed",
        f"{ROOM}/link_views.py",
        "    if refusal := press_by_hand(request, MY_DATA):\n        return _private(refusal)\n",
        "",
        LINKS,
    ),
    Breakage(
        "erasure: a copy is handed out although it is damaged",
        "chatbo/foundation/encryption/files.py",
        "            raise UnreadableError from error",
        "            return",
        LINKS,
    ),
    Breakage(
        "erasure: a copy lies in plain",
        "chatbo/foundation/encryption/files.py",
        "self._cipher.encrypt(_nonce(self._number, mark), piece, None)",
        "piece",
        FILES,
    ),
    Breakage(
        "erasure: a person's copy outlives their erasure",
        f"{ROOM}/models.py",
        '            files=("file",),\n',
        "",
        FILES,
    ),
    Breakage(
        "erasure: a link outlives the person's erasure",
        f"{ROOM}/models.py",
        "        DirectoryEntry.objects.filter(",
        "        DirectoryEntry.objects.none().filter(",
        FILES,
    ),
    Breakage(
        "erasure: a killed worker's file has no name",
        f"{ROOM}/making.py",
        "    row = PersonExport.objects.in_hands_of(export).select_for_update().first()\n"
        "    if row is None:\n"
        "        raise NotWantedAnyMoreError\n"
        "    default_storage.delete(row.file)",
        "    row = PersonExport.objects.in_hands_of(export).select_for_update().first()\n"
        "    if row is None:\n"
        "        raise NotWantedAnyMoreError\n"
        '    row.file += "-new"\n'
        "    default_storage.delete(row.file)",
        KILLED,
    ),
    Breakage(
        "erasure: a link is sent twice where its worker was killed",
        "chatbo/conversation/my_data.py",
        "    row.finish()\n",
        "",
        KILLED,
    ),
    Breakage(
        "erasure: a slow worker keeps what another has made",
        "chatbo/foundation/jobs/models.py",
        "self.unfinished().filter(pk=claimed.pk, attempts=claimed.attempts)",
        "self.unfinished().filter(pk=claimed.pk)",
        FILES,
    ),
    Breakage(
        "erasure: a cell of a person's copy is a formula",
        "chatbo/foundation/spreadsheets.py",
        "writer.writerows([no_formula(cell) for cell in row] for row in rows)",
        "writer.writerows(rows)",
        FILES,
    ),
    Breakage(
        "erasure: what is withheld is not named",
        f"{ROOM}/tables.py",
        "        for name, reason in section.declaration.withheld.items()",
        "        for name, reason in ()",
        FILES,
    ),
    Breakage(
        "erasure: words of a message run in the copy's page",
        "templates/consent/erasure/person_exports/cover.html",
        ">{{ word }}</td>",
        ">{{ word|safe }}</td>",
        FILES,
    ),
    Breakage(
        "erasure: somebody may ask for their data without end",
        f"{ROOM}/asking.py",
        "    if lately.count() >= MOST_A_DAY:",
        "    if False:",
        CHAT,
    ),
    Breakage(
        "erasure: a link's address is stored with its message",
        "chatbo/conversation/receipts.py",
        'return Button(title, url=f"{_DATA}{export.pk}")',
        "return Button(title, url=link_of(export))",
        CHAT,
    ),
    Breakage(
        "erasure: a bot that is not live keeps people's data to itself",
        "chatbo/conversation/wishes.py",
        "        Wish.MY_DATA,\n    }",
        "    }",
        CHAT,
    ),
    Breakage(
        "erasure: a person's link gives the business their download",
        "consent/rights/copies.py",
        "    kept = PersonExport.objects.kept().filter(way=Way.DOWNLOAD)",
        "    kept = PersonExport.objects.kept()",
        PAGES,
    ),
    Breakage(
        "erasure: a download of a copy is in no log",
        "consent/rights/copies.py",
        '    record("person_export.downloaded", target=export)\n',
        "",
        PAGES,
    ),
)
