"""The whole way of a business, its visitors and ChatBo's people, on real parts.

From the sign-up over the bot, the contract, a conversation and its erasure to the website: in a
browser, and by the platforms' own protocols; with web, worker and schedule as processes.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from chatbo.dashboard.demo.people import ADMIN, PARTNER, PARTNER_CODE, PASSWORD
from chatbo.foundation.documents.verify import verify_pdf
from tenants.bots import payloads
from tests.consent.embeds.foreign_site import Watch, website
from tests.journey.processes import Product, until
from tests.journey.traces import traces
from tests.journey.visits import Device, Visit, visit

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@dataclass(frozen=True)
class Story:
    """One newcomer, on one device."""

    device: Device
    company: str
    slug: str
    page: str
    question: str
    keyword: str
    answer: str

    @property
    def email(self) -> str:
        return f"owner@{self.slug}.example"

    @property
    def chat(self) -> str:
        return f"messenger-{self.page}"

    @property
    def mark(self) -> str:
        """What only this person writes, to be searched for afterwards."""
        return f"MARK-{self.page}-only-this-person"

    def at(self, path: str) -> str:
        return f"/app/{self.slug}/{path}"


STORIES = [
    Story(
        device=Device("de", 1280, 900),
        company="Buchhandlung Ahorn",
        slug="buchhandlung-ahorn",
        page="7001",
        question="Wann haben Sie geöffnet?",
        keyword="geöffnet",
        answer="Montag bis Samstag von 9 bis 19 Uhr.",
    ),
    Story(
        device=Device("en", 390, 844),
        company="Maple Bookshop",
        slug="maple-bookshop",
        page="7002",
        question="When are you open?",
        keyword="open",
        answer="Monday to Saturday, nine to seven.",
    ),
]


@pytest.mark.parametrize("story", STORIES, ids=["de-desktop", "en-phone"])
def test_from_the_sign_up_to_the_website(product: Product, browser: Browser, story: Story) -> None:
    with (
        visit(browser, product.url, story.device) as owner,
        visit(browser, product.url, in_german(story.device)) as admin,
        visit(browser, product.url, in_german(story.device)) as partner,
        visit(browser, product.url, story.device) as anybody,
    ):
        sign_up(owner, product, story)
        bot = make_bot(owner, product, story)
        sealed = conclude_contract(owner, admin, product, story)
        check_document(anybody, sealed)
        go_live(owner, bot, story)
        code = talk_and_unsubscribe(product, story)
        read_what_became_of_it(owner, anybody, code, story)
        take_passage(owner, story)
        put_button_on_website(owner, browser, story)
        read_consents(owner, story)
        see_the_referral(partner, story)


def in_german(device: Device) -> Device:
    """As the accounts of ChatBo's people say; a log-in brings its own language."""
    return replace(device, language="de")


def sign_up(owner: Visit, product: Product, story: Story) -> None:
    """Through a partner's link; nothing is stored before the button behind the mailed link."""
    owner.open(f"/r/{PARTNER_CODE}/")
    for box in owner.page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
    expect(owner.page.locator('[name="way"]')).to_be_disabled()  # Facebook, without its consent
    owner.fill(email=story.email, terms=True)
    owner.press("Send the confirmation link")

    (mail,) = product.mails_to(story.email)
    link = re.search(r"http://\S+/accounts/confirm/\S+", mail.get_content())
    assert link is not None
    owner.open(link.group())
    assert _stored(product, story.email) == 0
    assert product.control.calls("facebook") == []

    owner.fill(name="Inhaberin", company=story.company, password="ein langer Satz als Passwort")
    owner.press("Open the account")
    expect(owner.page).to_have_url(product.url + story.at(""))
    assert _stored(product, story.email) == 1

    owner.open(story.at("settings/"))
    owner.fill(
        legal_form="sole",
        street="Musterstraße 7",
        postal_code="10115",
        city="Berlin",
        representative="die Inhaberin",
        representative_function="Inhaberin",
    )
    owner.press("Save")


def make_bot(owner: Visit, product: Product, story: Story) -> str:
    """A bot that can answer one question, on a page and on the web, tried out as a draft."""
    token = product.control.add_page(story.page, story.company)
    owner.open(story.at("bots/new/"))
    owner.fill(name="Ahorn-Bot", language=story.device.language)
    owner.press("Create the bot")
    bot = owner.page.url.removeprefix(product.url)

    owner.open(f"{bot}rules/new/")
    owner.fill(keywords=story.keyword, answer=story.answer)
    owner.press("Save the rule")

    owner.open(f"{bot}connect/messenger/")
    owner.fill(token="page-token-of-nobody")
    owner.press("Connect")
    owner.sees("The platform does not know this token. Copy it again, from start to end.")
    owner.fill(token=token)
    owner.press("Connect")
    channels = owner.page.locator("#channels")
    owner.reload_until(channels.get_by_text(owner.say("set"), exact=True))
    assert len(product.control.view(story.chat)["menu"]) == 3

    owner.press("Switch the web chat on", within="#channels")
    owner.open(f"{bot}try/")
    ask(owner.page, story)
    return bot


def conclude_contract(owner: Visit, admin: Visit, product: Product, story: Story) -> bytes:
    """Drafted and signed by the owner, countersigned by an admin, sealed by the worker."""
    owner.open(story.at("contracts/new/"))
    owner.press("Write the contract")
    contract = owner.page.url.removeprefix(product.url)
    draft = owner.fetch(f"{contract}draft.pdf")
    assert draft.startswith(b"%PDF-")
    owner.fill(place="Berlin", has_read=True, authority=True)
    owner.press("Sign the contract")

    admin.log_in(ADMIN, PASSWORD)
    admin.open("/platform/contracts/")
    row = admin.page.get_by_role("row").filter(has_text=story.company)
    with admin.page.expect_navigation():
        row.get_by_role("link", name=re.compile(admin.say("Review"))).click()
    admin.look()
    review = admin.page.url
    admin.press("Countersign")

    copy = owner.page.get_by_role("link", name=re.compile(owner.say("Open the sealed contract")))
    owner.reload_until(copy)
    owner.look()
    sealed = owner.fetch(f"{contract}contract.pdf")
    assert admin.fetch(f"{review}contract.pdf") == sealed
    assert sealed.startswith(draft)  # signed was what had been read
    until(lambda: sealed in _attachments(product, story.email), what="the owner's copy by mail")
    until(lambda: sealed in _attachments(product, ADMIN), what="the admin's copy by mail")
    report = verify_pdf(sealed)
    assert report.complete
    assert [signature.field for signature in report.signatures] == ["controller", "processor"]
    return sealed


def check_document(anybody: Visit, sealed: bytes) -> None:
    """Anyone learns whether a document is genuine, and that a changed one is not."""
    changed = sealed.replace(b"/Type", b"/Tipe", 1)
    for pdf, tone in ((sealed, "good"), (changed, "bad")):
        anybody.open("/verify/")
        file: Any = {"name": "AVV.pdf", "mimeType": "application/pdf", "buffer": pdf}
        anybody.page.locator('[name="document"]').set_input_files(file)
        anybody.press("Check")
        finding = anybody.page.locator(".finding")
        expect(finding).to_have_class(re.compile(rf"finding-{tone}\b" if tone == "good" else "."))
        if tone != "good":
            expect(finding).not_to_have_class(re.compile("finding-good"))


def go_live(owner: Visit, bot: str, story: Story) -> None:
    owner.open(f"{bot}go-live/")
    owner.press("Go live")
    owner.sees("Your bot is live.")


def talk_and_unsubscribe(product: Product, story: Story) -> str:
    """A person writes, is answered, wants to be forgotten, and is told so when it is done."""
    control = product.control
    person = control.add_person(f"Gast {story.page}")

    def said() -> list[dict[str, Any]]:
        return control.received(story.chat, person=person)

    control.write(story.chat, f"{story.question} {story.mark}", person=person)
    until(lambda: len(said()) == 2, what="notice and answer")
    notice, answer = said()
    assert story.company in notice["text"]
    assert answer["text"] == story.answer
    marks = (story.mark, control.address(story.chat, person=person))
    assert {"bots_message.text", "bots_subscriber.external_id"} <= set(traces(product, *marks))

    control.tap(story.chat, payloads.UNSUBSCRIBE, person=person)
    until(lambda: len(said()) == 3, what="the question")
    control.tap(story.chat, payloads.ERASE, person=person)
    until(lambda: len(said()) == 4, what="the last message")
    found = re.search(r"/erasure/(\w+)/", said()[-1]["text"])
    assert found is not None
    until(lambda: not traces(product, *marks), what="nothing left of the person")
    return found.group(1)


def read_what_became_of_it(owner: Visit, anybody: Visit, code: str, story: Story) -> None:
    anybody.open(f"/erasure/{code}/")
    anybody.sees("Everything about you has been deleted")
    assert story.mark not in anybody.page.content()
    owner.open(story.at("erasures/"))
    expect(owner.page.get_by_role("link", name=code)).to_be_visible()


def take_passage(owner: Visit, story: Story) -> None:
    owner.open(story.at("passage/"))
    language = story.device.language
    for kind in ("html", "txt"):
        taken = owner.fetch(story.at(f"passage/passage.{kind}?language={language}")).decode()
        assert story.company in taken
        assert "Messenger" in taken


def put_button_on_website(owner: Visit, browser: Browser, story: Story) -> None:
    """On another origin: nothing before the second click; then consent, chat, and an answer."""
    owner.open(story.at("embeds/new/"))
    owner.fill(label="Chat")
    owner.press("Make the button")
    snippet = owner.page.locator("#code").inner_text()

    with website() as site, visit(browser, owner.url, story.device) as visitor:
        site.show(snippet)
        watch = Watch(visitor.page.context)
        visitor.open(site.url)
        button = visitor.page.get_by_role("button", name="Chat", exact=True)
        button.hover()
        button.click()
        agree = visitor.page.get_by_role(
            "button", name=re.compile(visitor.say("Agree and open the chat"))
        )
        expect(agree).to_be_visible()
        visitor.page.wait_for_load_state("networkidle")
        assert set(watch.requests) == {site.url}
        assert watch.stored(visitor.page) == []

        with visitor.page.context.expect_page() as opened:
            agree.click()
        chat = opened.value
        expect(chat).to_have_url(re.compile(r"/e/[0-9a-f-]+/chat/\?receipt="))
        ask(chat, story)
        Visit(chat, owner.url, story.device.language).look()


def read_consents(owner: Visit, story: Story) -> None:
    owner.open(story.at("consents/"))
    table = owner.page.locator("main table")
    for purpose in ("opening the chat", "notice: this is a bot", "terms of use"):
        expect(table.get_by_text(owner.say(purpose)).first).to_be_visible()


def see_the_referral(partner: Visit, story: Story) -> None:
    partner.log_in(PARTNER, PASSWORD)
    partner.open("/partner/")
    rows = partner.page.locator("main tbody tr")
    expect(rows.first).to_contain_text(partner.say("signed up"))
    for personal in (story.company, story.email, story.slug):
        assert personal not in partner.page.content()


def ask(page: Page, story: Story) -> None:
    """Type the question into the web chat and read the answer, without a reload."""
    page.locator("#chat-text").fill(story.question)
    page.locator("#chat-text").press("Enter")
    expect(page.locator(".chat-log").get_by_text(story.answer)).to_be_visible()


def _stored(product: Product, email: str) -> int:
    with psycopg.connect(product.database.owner_url) as owner:
        found = owner.execute("SELECT count(*) FROM accounts_user WHERE email = %s", [email])
        return found.fetchone()[0]


def _attachments(product: Product, address: str) -> list[bytes]:
    return [
        part.get_content()
        for mail in product.mails_to(address)
        for part in mail.iter_attachments()
        if part.get_content_type() == "application/pdf"
    ]
