"""axe-core on a page of a real browser, and what it finds."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_SOURCE = AXE.read_text(encoding="utf-8")
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def problems(page: Page) -> list[str]:
    """The serious and critical violations of WCAG, and whether the page scrolls sideways.

    Evaluated through the browser's own protocol, past the page's Content-Security-Policy.
    """
    page.evaluate(_SOURCE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    said = [
        f"{violation['id']}: {violation['help']}: {node['target']}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
    return [*said, "the page scrolls sideways"] if page.evaluate(TOO_WIDE) else said
