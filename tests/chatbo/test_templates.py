"""What the templates may not do, and what they may count on."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(json.loads((ROOT / "frontend" / "icons.json").read_text()))

# A block of data (type="application/json") is not run; everything else inline is refused.
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\b(src=|type=\"application/json\"))",
    re.I,
)
STANDS_ALONE = {ROOT / "templates/consent/erasure/person_exports/cover.html"}
"""A file that is opened from somebody's disk, with a policy of its own that allows the styles."""
FOREIGN = re.compile(
    r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.I
)
ICON = re.compile(r"elements/icon\.html\"? with name=\"([\w-]+)\"|\bicon=\"([\w-]+)\"")


def uncommented(path: Path) -> str:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    return re.sub(r"{#.*?#}", "", text)


def test_no_template_carries_what_the_content_security_policy_refuses() -> None:
    found = [
        (path.name, hit.group())
        for path in TEMPLATES
        if "mail" not in path.parts and path not in STANDS_ALONE
        for hit in INLINE.finditer(uncommented(path))
    ]

    assert len(TEMPLATES) > 30
    assert found == []


def test_no_template_fetches_from_a_foreign_host() -> None:
    assert [path.name for path in TEMPLATES if FOREIGN.search(uncommented(path))] == []


def test_each_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {
        name
        for path in TEMPLATES
        for hit in ICON.findall(uncommented(path))
        for name in hit
        if name
    }

    assert len(named) > 20
    assert named - ICONS == set()


def test_no_lock_file_names_a_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_no_form_is_included_without_its_token() -> None:
    """``only`` would keep the token against forged requests away from the form."""
    with_token = {path.name for path in TEMPLATES if "{% csrf_token %}" in uncommented(path)}
    cut_off = re.compile(r"{% include \"(?:[\w/]+/)?([\w-]+\.html)\"[^%]*\bonly %}")
    found = [
        (path.name, hit.group())
        for path in TEMPLATES
        for hit in cut_off.finditer(uncommented(path))
        if hit.group(1) in with_token
    ]
    assert found == []
