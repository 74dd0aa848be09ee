"""In a real browser, on another origin: nothing before the second click, all of it after."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from consent.ledger.models import ConsentRecord
from tests.consent.embeds.conftest import live_bot
from tests.consent.embeds.foreign_site import STRICT, Watch, Website, website

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTICE = "Bevor der Chat aufgeht"


def said(words: str) -> str:
    """As the tools of these tests say it, in German."""
    with translation.override("de"):
        return gettext(words)


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as found:
        yield found


@pytest.fixture
def watch(page: Page) -> Watch:
    return Watch(page.context)


@pytest.fixture
def make(site_url: str, cafe: Any) -> Callable[..., Tool]:
    bot = live_bot(cafe)

    def made(label: str = "Chat mit uns", **more: str) -> Tool:
        with cafe.scope():
            return create_tool(bot, label=label, **more)

    return made


def snippet(business: Any, tool: Tool) -> str:
    with business.scope():
        return str(tool.current.snippet)


def script(business: Any, tool: Tool) -> str:
    with business.scope():
        return str(tool.current.script)


def consents(business: Any) -> int:
    with business.scope():
        return ConsentRecord.objects.count()


def wander_about(page: Page) -> None:
    """What visitors do who do not click: point, tab, scroll, wait."""
    button = page.get_by_role("button", name="Chat mit uns")
    button.hover()
    button.focus()
    page.mouse.move(5, 5)
    page.keyboard.press("Tab")
    page.mouse.wheel(0, 800)
    page.evaluate(
        "window.dispatchEvent(new Event('blur')); window.dispatchEvent(new Event('focus'))"
    )
    page.wait_for_timeout(400)


def open_notice(page: Page) -> Any:
    page.get_by_role("button", name="Chat mit uns").click()
    notice = page.get_by_role("dialog", name=NOTICE)
    expect(notice).to_be_visible()
    return notice


def agree(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=said("Agree and open the chat")).click()
    opened.value.wait_for_load_state()
    return opened.value


def test_nothing_happens_before_the_second_click_which_records_and_opens_the_chat(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any, site_url: str
) -> None:
    tool = make()
    site.show(snippet(cafe, tool))
    page.goto(site.url)
    wander_about(page)
    assert watch.stored(page) == []

    notice = open_notice(page)
    expect(notice).to_contain_text("Café Morgenrot")
    notice.hover()
    page.wait_for_timeout(400)
    assert watch.requests == [site.url]
    assert watch.stored(page) == []
    assert consents(cafe) == 0

    chat = agree(page)

    assert chat.url.startswith(site_url + reverse("webchat:chat", args=[tool.pk]) + "?receipt=")
    with chat.expect_popup() as opened:
        chat.get_by_role("link", name=said("Your receipt")).click()
    expect(opened.value.get_by_text("Chat mit uns (v1)").first).to_be_visible()
    expect(chat.get_by_role("heading", name="Frieda")).to_be_visible()
    assert watch.requests[1] == site_url + reverse("tool:consent", args=[tool.pk])
    assert consents(cafe) == 1
    assert chat.evaluate("[window.opener, document.referrer]") == [None, ""]
    assert {url.split("/")[2] for url in watch.requests[1:]} == {site_url.split("/")[2]}
    assert page.evaluate("window.noted") == [], "the website itself stays untouched"


def test_no_and_escape_and_a_click_beside_it_contact_nobody(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any
) -> None:
    site.show(snippet(cafe, make()))
    page.goto(site.url)
    button = page.get_by_role("button", name="Chat mit uns")
    for leave in (
        lambda: page.get_by_role("button", name=said("No, thank you")).click(),
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(2, 2),
    ):
        notice = open_notice(page)
        leave()
        expect(notice).to_be_hidden()
    expect(button).to_be_visible()
    assert watch.requests == [site.url]
    assert watch.stored(page) == []
    assert consents(cafe) == 0


def test_it_works_with_the_keyboard_alone_and_gives_the_focus_back(
    page: Page, site: Website, make: Any, cafe: Any
) -> None:
    site.show(snippet(cafe, make()))
    page.goto(site.url)
    assert page.evaluate("document.activeElement.tagName") == "BODY", "it takes no focus by itself"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Chat mit uns")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=NOTICE)).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()

    page.keyboard.press("Enter")
    for _ in range(3):  # privacy, imprint, the button
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=said("Agree and open the chat"))).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert consents(cafe) == 1


def test_it_works_without_any_script(browser: Any, site: Website, make: Any, cafe: Any) -> None:
    site.show(snippet(cafe, make()))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    open_notice(page)
    agree(page)
    context.close()
    assert consents(cafe) == 1


def test_it_works_where_the_website_forbids_foreign_and_inline_code(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any
) -> None:
    site.policy = STRICT
    site.show(snippet(cafe, make()))
    page.goto(site.url)
    open_notice(page)
    assert watch.requests == [site.url]
    agree(page)
    assert consents(cafe) == 1


def test_as_an_own_file_it_has_its_looks_under_the_strictest_policy(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any
) -> None:
    tool = make()
    site.policy = STRICT
    site.files["/tool.js"] = script(cafe, tool)
    site.show(f'<script defer src="/tool.js"></script><chatbo-{tool.pk}></chatbo-{tool.pk}>')
    page.goto(site.url)
    wander_about(page)
    button = page.get_by_role("button", name="Chat mit uns")
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 85, 99)"
    open_notice(page)
    assert watch.requests == [site.url, f"{site.url}tool.js"]
    assert watch.stored(page) == []
    assert watch.console == []
    agree(page)
    assert consents(cafe) == 1


def test_the_script_counts_since_when_the_notice_was_open_and_the_code_without_it_says_nothing(
    page: Page, site: Website, make: Any, cafe: Any
) -> None:
    tool = make()
    site.files["/tool.js"] = script(cafe, tool)
    by_script = f'<script defer src="/tool.js"></script><chatbo-{tool.pk}></chatbo-{tool.pk}>'
    for code in (by_script, snippet(cafe, tool)):
        site.show(code)
        page.goto(site.url)
        page.wait_for_timeout(1200)
        open_notice(page)
        page.wait_for_timeout(1200)
        agree(page)
    with cafe.scope():
        counted, plain = ConsentRecord.objects.order_by("given_at")
    assert counted.shown_at is not None
    assert 1 <= (counted.given_at - counted.shown_at).total_seconds() < 3, "not since the loading"
    assert plain.shown_at is None


def test_the_script_from_chatbo_is_one_request_and_no_more(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any, client: Any, site_url: str
) -> None:
    tool = make()
    client.force_login(cafe.owner)
    shown = client.get(reverse("embeds:show", args=[cafe.tenant.slug, tool.pk]))
    site.show(shown.context["script_code"])
    page.goto(site.url)
    wander_about(page)
    open_notice(page)
    loader = site_url + reverse("tool:loader_version", args=[tool.pk, 1])
    assert watch.requests == [site.url, loader]
    assert watch.stored(page) == []
    agree(page)
    assert consents(cafe) == 1


def test_a_script_that_was_tampered_with_does_not_run(
    page: Page, site: Website, make: Any, cafe: Any, client: Any
) -> None:
    tool = make()
    client.force_login(cafe.owner)
    shown = client.get(reverse("embeds:show", args=[cafe.tenant.slug, tool.pk]))
    site.show(shown.context["script_code"])
    page.route(
        "**/1.js",
        lambda route: route.fulfill(
            body="document.title = 'taken over'",
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto(site.url)
    assert page.title() == "Café"
    expect(page.get_by_role("link", name="Chat mit uns")).to_be_visible()


@pytest.mark.parametrize("where", ["into the page", "into a shadow tree"])
def test_it_works_when_it_comes_later(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any, where: str
) -> None:
    site.show('<div id="later"></div>')
    page.goto(site.url)
    page.evaluate(
        """([html, where]) => {
            const box = document.getElementById("later");
            const root = where === "into the page" ? box : box.attachShadow({mode: "open"});
            root.innerHTML = html;
        }""",
        [snippet(cafe, make()), where],
    )
    open_notice(page)
    assert watch.requests == [site.url]
    assert watch.stored(page) == []
    agree(page)
    assert consents(cafe) == 1


def test_several_on_a_page_open_each_their_own(
    page: Page, site: Website, make: Any, cafe: Any
) -> None:
    german, english = make(), make("Ask us", language="en", position="corner")
    site.show(snippet(cafe, german) + snippet(cafe, english))
    page.goto(site.url)
    page.get_by_role("button", name="Ask us").click()
    expect(page.get_by_role("dialog", name="Before the chat opens")).to_be_visible()
    page.keyboard.press("Escape")
    open_notice(page)
    expect(page.get_by_role("dialog", name="Before the chat opens")).to_be_hidden()


def test_a_browser_without_popovers_shows_the_notice_at_once(
    page: Page, watch: Watch, site: Website, make: Any, cafe: Any
) -> None:
    old = snippet(cafe, make()).replace("popover", "popunder").replace(":popunder-open", ":none-")
    site.show(old)
    page.goto(site.url)
    expect(page.get_by_role("dialog", name=NOTICE)).to_be_visible()
    assert watch.requests == [site.url]
    agree(page)
    assert consents(cafe) == 1


def test_the_websites_own_style_does_not_reach_it(
    page: Page, site: Website, make: Any, cafe: Any
) -> None:
    site.show(
        "<style>main button, button { background: yellow; color: yellow; display: none }"
        " main div { color: white; background: white !ie } p { font-size: 3px }</style>"
        f"<main>{snippet(cafe, make())}</main>"
    )
    page.goto(site.url)
    notice = open_notice(page)
    assert notice.evaluate("e => getComputedStyle(e).color") == "rgb(28, 47, 52)"
    assert notice.locator("p").first.evaluate("e => getComputedStyle(e).fontSize") == "16px"


@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_accessible_and_fits(
    page: Page, site: Website, make: Any, cafe: Any, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    site.show(snippet(cafe, make()))
    page.goto(site.url)
    notice = open_notice(page)
    box = notice.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 640
    page.add_script_tag(path="node_modules/axe-core/axe.min.js")
    found = page.evaluate(
        "axe.run(document.querySelector('.chatbo'), {runOnly: ['wcag2a','wcag2aa','wcag21aa',"
        "'wcag22aa','best-practice']}).then(r => r.violations.map(v => v.id))"
    )
    assert found == []


def test_the_preview_shows_both_clicks_and_records_nothing(
    page: Page, watch: Watch, make: Any, cafe: Any, client: Any, site_url: str
) -> None:
    tool = make()
    client.force_login(cafe.owner)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site_url}]
    )
    page.goto(site_url + reverse("embeds:show", args=[cafe.tenant.slug, tool.pk]))
    notice = open_notice(page)
    page.get_by_role("button", name=said("Agree and open the chat")).click()
    expect(notice).to_be_hidden()
    expect(page.locator("[data-embed-said]")).to_be_visible()
    assert consents(cafe) == 0
    assert [line for line in watch.console if "Content" in line] == []
    assert {url.split("/")[2] for url in watch.requests} == {site_url.split("/")[2]}


def test_the_page_without_script_does_the_same(
    page: Page, watch: Watch, make: Any, cafe: Any, site_url: str
) -> None:
    tool = make()
    page.goto(site_url + reverse("tool:page", args=[tool.pk]))
    assert watch.context.cookies() == []
    assert consents(cafe) == 0
    page.get_by_role("button", name=said("Agree and open the chat")).click()
    page.wait_for_url(f"**/e/{tool.pk}/chat/?receipt=*")
    assert consents(cafe) == 1
