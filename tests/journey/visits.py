"""Somebody at a browser: opens pages, fills forms in, presses buttons, in a language of theirs.

Each page on the way is looked at by axe, once; and German words are read from the catalogue, so
the journey presses what stands there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journey.accessibility import problems
from tests.journey.processes import until


@dataclass(frozen=True)
class Device:
    language: str
    width: int
    height: int

    @property
    def locale(self) -> str:
        return {"de": "de-DE", "en": "en-GB"}[self.language]


class Visit:
    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page = page
        self.url = url
        self._language = language
        self._seen: set[str] = set()

    def say(self, words: str) -> str:
        """The product's words in this visit's language."""
        with translation.override(self._language):
            return gettext(words)

    def open(self, address: str) -> None:
        answer = self.page.goto(address if "://" in address else self.url + address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        self.look()

    def look(self) -> None:
        """Whether everybody can use this page."""
        title = self.page.title()
        if title not in self._seen:
            self._seen.add(title)
            assert problems(self.page) == [], self.page.url

    def fill(self, **values: str | bool) -> None:
        """Form fields by their names: type, choose or tick."""
        for name, value in values.items():
            field = self.page.locator(f'main [name="{name}"]').first
            if isinstance(value, bool):
                field.set_checked(value)
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, words: str, *, within: str = "main") -> None:
        """Press the button with these words (English, as in the source), and see what comes."""
        button = self.page.locator(within).get_by_role("button", name=self.say(words), exact=True)
        with self.page.expect_navigation():
            button.click()
        self.look()

    def sees(self, words: str, *, within: str = "main") -> None:
        expect(self.page.locator(within).get_by_text(self.say(words)).first).to_be_visible()

    def reload_until(self, locator: Locator, *, seconds: float = 20) -> None:
        """For what a worker does meanwhile, on pages that do not watch it by themselves."""

        def is_there() -> bool:
            if locator.first.is_visible():
                return True
            self.page.reload()
            return False

        until(is_there, seconds=seconds, what=f"{locator} on {self.page.url}")

    def fetch(self, address: str) -> bytes:
        """What a link leads to, with this visit's log-in."""
        answer = self.page.request.get(address if "://" in address else self.url + address)
        assert answer.ok, f"{address}: {answer.status}"
        return answer.body()

    def log_in(self, email: str, password: str) -> None:
        self.open("/accounts/login/")
        self.fill(login=email, password=password)
        with self.page.expect_navigation():
            self.page.locator('main [name="password"]').press("Enter")
        self.look()


@contextmanager
def visit(browser: Browser, url: str, device: Device) -> Iterator[Visit]:
    """A browser of somebody's own, without a past."""
    context = browser.new_context(
        locale=device.locale, viewport={"width": device.width, "height": device.height}
    )
    context.set_default_timeout(10_000)
    try:
        yield Visit(context.new_page(), url, device.language)
    finally:
        context.close()
