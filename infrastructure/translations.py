"""Checks that every sentence of templates and code is translated, in the same words and values.

``python -m infrastructure.translations`` extracts them anew into a temporary folder and compares
with ``locale/``: nothing missing, nothing fuzzy, nothing left over, placeholders kept.
"""

import ast
import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("chatbo", "tenants", "consent", "dpa", "templates")
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def main() -> int:
    faults = []
    for catalogue in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po")):
        name = catalogue.relative_to(ROOT)
        faults += [f"{name}: {fault}" for fault in compare(polib.pofile(str(catalogue)))]
    faults += unseen_by_extraction()
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults. `.venv/bin/python manage.py makemessages -a` extracts anew.")
    return 1 if faults else 0


def compare(catalogue: polib.POFile) -> list[str]:
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    language = catalogue.metadata.get("Language", "de")
    used = extracted(language)
    faults = [
        f"not extracted: {msgid!r}" for context, msgid in used if (context, msgid) not in known
    ]
    # English is the source's own language: a sentence left empty shows as it stands.
    if language != "en":
        for key in used:
            if key in known:
                faults += entry_faults(known[key])
    faults += [
        f"used nowhere: {msgid!r}" for context, msgid in known if (context, msgid) not in used
    ]
    return faults


def unseen_by_extraction(root: Path = ROOT, folders: Iterable[str] = PACKAGES) -> list[str]:
    """Sentences inside f-strings: ``xgettext`` does not look there, so nobody translates them."""
    return [
        f"{path.relative_to(root)}:{call.lineno}: take the sentence out of the f-string"
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKS
    ]


def entry_faults(entry: polib.POEntry) -> list[str]:
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if entry.fuzzy or not all(texts):
        return [f"not translated: {entry.msgid!r}"]
    wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
    strange = {found for text in texts for found in PLACEHOLDER.findall(text)} - wanted
    lost = set() if entry.msgid_plural else wanted - set(PLACEHOLDER.findall(entry.msgstr))
    if strange or lost:
        return [f"other placeholders than the source: {entry.msgid!r}"]
    return []


def extracted(language: str) -> set[tuple[str | None, str]]:
    """The sentences as ``makemessages`` finds them now, from a copy: it writes where it reads."""
    from django.core.management import call_command

    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            shutil.copytree(
                ROOT / package,
                Path(folder, package),
                ignore=shutil.ignore_patterns("__pycache__", "migrations"),
            )
        Path(folder, "locale").mkdir()
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            call_command("makemessages", locale=[language], verbosity=0)
        found = polib.pofile(str(Path(folder, "locale", language, "LC_MESSAGES", "django.po")))
        return {(entry.msgctxt, entry.msgid) for entry in found}


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")
    django.setup()
    sys.exit(main())
