"""A new business, a person who writes to its bots, and whoever else is called by planted words.

They go through the product's doors, right and wrong, with platforms and a mail server that repeat
what they hear, with a database that quotes its rows, and without Redis.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from chatbo.dashboard.demo.businesses import CAFE
from chatbo.dashboard.demo.people import ADMIN, PASSWORD
from tenants.bots import payloads
from tests.chatbo.conversation.conftest import as_meta_writes, signed
from tests.consent.signup.test_facebook import at_facebook
from tests.journey.conversing import CHAT, Person, change, deliver, stored
from tests.journey.evidence import SECRET, Evidence
from tests.journey.jobs import let_time_pass, sweep_until
from tests.journey.mail_server import MailServer
from tests.journey.parrot import Parrot
from tests.journey.processes import Product, until
from tests.journey.surfing import Surfer

EMAIL = "quollimailbox@quollibakery.example"
REFUSED = "quollirefused@quollibakery.example"
INVITED = "quolliinvited@quollibakery.example"
BOT_TOKEN = "77123456:AAquollibottoken-quolli_abcdefghijklmnopqrs"
CONFIRM = r"/accounts/confirm/(\S+)/"


def sign_up(told: Evidence, mail: MailServer) -> Surfer:
    """Refused by the form, by the mail server, and then not."""
    owner = told.surfer()
    owner.open("/accounts/signup/")
    owner.submit(email="quollinoaddress", terms="on", status=422)
    owner.open("/accounts/signup/")
    mail.refuses.add("quollirefused")
    owner.submit(email=REFUSED, terms="on", way="email", status=503)
    owner.open("/accounts/signup/")
    owner.submit(email=EMAIL, terms="on", way="email")
    link = link_in(mail, EMAIL, CONFIRM)
    told.secrets["confirmation"] = link.rsplit("/", 2)[-2]
    owner.open(link)
    owner.submit(name="Quolliname Quollisurname", company="", password=SECRET, status=422)
    owner.submit(name="Quolliname Quollisurname", company="Quollibakery", password=SECRET)
    told.surfer().open("/accounts/confirm/quollipath-damaged/", status=410)
    told.secrets["session"] = owner.client.cookies["sessionid"]
    told.secrets["csrf"] = owner.client.cookies["csrftoken"]
    return owner


def come_from_facebook(told: Evidence, mail: MailServer) -> None:
    """Facebook fails once, and then tells name and address."""
    address = "quolliface@quollibakery.example"
    name = "Quolliface Quollibook"
    told.product.control.add_person(name, email=address, role="login")
    for fails in (True, False):
        guest = told.surfer()
        guest.open("/accounts/signup/")
        way = guest.submit(email="", terms="on", third_party="on", way="facebook")
        dialog = re.search(r'content="0; url=([^"]+)"', way.text)
        assert dialog is not None
        back = at_facebook(unescape(dialog.group(1)), name=name, email="1")
        told.secrets[f"facebook code {fails}"] = parse_qs(urlsplit(back).query)["code"][0]
        if fails:
            told.product.control.fail("facebook", code=2, count=3)
        guest.open(back)
        told.product.control.stop_failing()
    told.secrets["facebook confirmation"] = link_in(mail, address, CONFIRM).rsplit("/", 2)[-2]


def log_in_right_and_wrong(told: Evidence, mail: MailServer) -> None:
    stranger = told.surfer()
    for address, password in (
        (EMAIL, "quolliwrong"),
        ("quolliunknown@quollibakery.example", "quolliwrong"),
    ):
        stranger.open("/accounts/login/")
        stranger.submit(login=address, password=password)
        stranger.open("/accounts/password/reset/")
        stranger.submit(email=address)
    link = link_in(mail, EMAIL, r"/accounts/password/reset/key/(\S+)/")
    told.secrets["reset"] = link.rsplit("/", 2)[-2]
    stranger.open(link)
    stranger.submit(password1="quollishort", password2="quolliother")
    stranger.log_in(EMAIL, SECRET)
    told.secrets["second session"] = stranger.client.cookies["sessionid"]
    stranger.open("/accounts/2fa/totp/activate/")
    secret = re.search(r"\b[A-Z2-7]{32}\b", stranger.page.text)
    assert secret is not None
    told.secrets["totp"] = secret.group()
    stranger.submit(code="000000")
    stranger.open("/accounts/profile/")
    stranger.submit(name="Quolliname Quolliothername", language="de")


def connect_channels(told: Evidence, owner: Surfer, bird: Parrot) -> str:
    """Refused, out of order, and then connected."""
    control = told.product.control
    told.secrets["page token"] = control.add_page("8801", "Quollibakery")
    control.add_bot(BOT_TOKEN, "Quollibakery")
    owner.open("/app/quollibakery/bots/new/")
    owner.submit(name="Quollibot", language="de", greeting="", fallback="")
    bot = str(owner.page.url).removeprefix(told.product.url)
    owner.open(f"{bot}rules/new/")
    owner.submit(keywords="quollikeyword", answer="quollianswer")
    for platform, token in (("messenger", told.secrets["page token"]), ("telegram", BOT_TOKEN)):
        form = f"{bot}connect/{platform}/"
        owner.open(form)
        owner.submit(token=f"{token}quolli-nobodys")
        bird.status = 502
        control.fail("graph", code=2)
        owner.open(form)
        owner.submit(token=token)
        control.fail("graph", kind="drop")
        bird.status = 200
        owner.open(form)
        owner.submit(token=token)
        control.stop_failing()
        bird.status = 0
        owner.open(form)
        owner.submit(token=token)
    assert bird.repeated >= 2
    sweep_until(told.product, lambda: not stored(told.product, UNSET_MENUS), what="the menus")
    return bot


UNSET_MENUS = "SELECT count(*) FROM bots_channel WHERE menu_state = 'pending'"


def conclude_contract(told: Evidence, owner: Surfer, mail: MailServer) -> None:
    """Drafted, signed, countersigned and sealed; the mail server refuses the owner's copy."""
    owner.open("/app/quollibakery/settings/")
    facts = {
        "legal_form": "sole",
        "street": "Quollistreet 7",
        "postal_code": "10115",
        "city": "Quollicity",
        "representative": "Quollirepresentative",
        "representative_function": "Quollifunction",
        "contact_phone": "030 23125 880",
    }
    owner.submit(**facts)
    owner.open("/app/quollibakery/contracts/new/")
    owner.submit(**facts)
    contract = str(owner.page.url).removeprefix(told.product.url)
    owner.submit(place="Quollicity", has_read="on", authority="on", name="", status=200)
    owner.submit(
        place="Quollicity",
        has_read="on",
        authority="on",
        name="Quolliname",
        function="Quollifunction",
    )
    number = contract.rstrip("/").rsplit("/", 1)[-1]
    admin = told.surfer()
    admin.log_in(ADMIN, PASSWORD)
    admin.open(f"/platform/contracts/{number}/")
    mail.refuses.add("quollimailbox")
    admin.submit("/countersign/")
    until(lambda: stored(told.product, STATE, number) == "completed", what="the seal")
    until(lambda: mail.refused >= 2, what="a mail that is refused")
    mail.refuses.discard("quollimailbox")


STATE = "SELECT state FROM contracts_contract WHERE id = %s"


def invite(told: Evidence, owner: Surfer, mail: MailServer) -> None:
    owner.open("/app/quollibakery/members/invite/")
    owner.submit(email=INVITED, role="viewer")
    link = link_in(mail, INVITED, r"/invite/(\S+)/")
    told.secrets["invitation"] = link.rsplit("/", 2)[-2]
    guest = told.surfer()
    guest.open(link)
    guest.open("/invite/quollipath-of-nobody/", status=410)


def knock_at_webhooks(told: Evidence, bird: Parrot, bot: str) -> None:
    """Valid, forged, damaged and far too big."""
    url = f"{told.product.url}/webhooks"
    person = Person(told.product)
    body = person.message("m-quolli")
    body["entry"][0]["messaging"][0]["message"]["text"] = "quollimessage"
    body["entry"][0]["messaging"][0]["sender"]["id"] = "quollipsid"
    assert deliver(told.product, body, secret="quolliforged") == 403
    raw = as_meta_writes(body)
    with httpx.Client(trust_env=False) as meta:
        for broken in (
            raw[:-3],
            b'["quollimessage"',
            b"\xff\xfequolli",
            b'{"quolli": [[[' + b"[" * 5000,
        ):
            headers = {"X-Hub-Signature-256": signed(broken)}
            assert meta.post(f"{url}/meta/", content=broken, headers=headers).status_code < 500
        big = raw + b" " * 1_100_000
        # Refused unread, so nothing else can follow on this connection.
        headers = {"X-Hub-Signature-256": signed(big), "Connection": "close"}
        assert meta.post(f"{url}/meta/", content=big, headers=headers).status_code == 413
        valid = meta.post(f"{url}/meta/", content=raw, headers={"X-Hub-Signature-256": signed(raw)})
        told.numbers["webhook"] = valid.headers["X-Request-ID"]
        secret = {"X-Telegram-Bot-Api-Secret-Token": "quolliwebhooksecret"}
        channel = stored(told.product, "SELECT id FROM bots_channel WHERE platform = 'telegram'")
        answer = meta.post(f"{url}/telegram/{channel}/", content=raw, headers=secret)
        assert answer.status_code == 403
        wrong = {
            "hub.mode": "subscribe",
            "hub.verify_token": "quolliverify",
            "hub.challenge": "quolli",
        }
        assert meta.get(f"{url}/meta/", params=wrong).status_code == 403
        lie = {"signed_request": "quollisigned.quollirequest"}
        assert meta.post(f"{url}/meta/data-deletion/", data=lie).status_code == 400
    done = "SELECT count(*) FROM conversation_incomingevent WHERE finished_at IS NULL"
    sweep_until(told.product, lambda: not stored(told.product, done), what="the answer")


def open_web_chat(told: Evidence) -> None:
    """The button's page, the consent, and a word."""
    tool = stored(
        told.product,
        "SELECT tool.id FROM embeds_tool tool JOIN accounts_tenant tenant ON tenant.id = tenant_id"
        " WHERE tenant.slug = %s",
        CAFE.slug,
    )
    visitor = told.surfer()
    visitor.open(f"/e/{tool}/")
    visitor.submit()
    visitor.submit(text="quolliwebchat")
    told.secrets["chat cookie"] = visitor.client.cookies["chat"].split(".")[0]


def converse_and_unsubscribe(told: Evidence) -> None:
    """On Messenger and Telegram, while Telegram repeats what it hears; then all is deleted."""
    control = told.product.control
    person = Person(told.product)
    person.mark = "quolliquestion"
    person.talk()
    told.secrets["psid"] = person.address
    person.unsubscribe()
    control.fail("graph", "messages", code=2, count=1)
    person.say_yes()
    until(lambda: stored(told.product, "SELECT count(*) FROM erasure_erasure"), what="the job")
    let_time_pass(told.product, "erasure_erasure")
    sweep_until(told.product, person.goodbyes, what="the last message")
    control.tap(CHAT, payloads.UNSUBSCRIBE, person=person.id)


def break_the_database(told: Evidence, owner: Surfer) -> None:
    """A refused row is quoted by the database: once to a page, once to a task."""
    with quoting(told.product, "accounts_user", "UPDATE"):
        owner.open("/accounts/profile/")
        answer = owner.submit(name="Quolliname Quollibroken", language="de", status=500)
    told.numbers["fault"] = answer.headers["X-Request-ID"]
    assert told.numbers["fault"] in answer.text
    person = Person(told.product)
    person.mark = "quollibrokenmessage"
    with quoting(told.product, "bots_message", "INSERT"):
        person.write()
        until(lambda: "event='task_failed'" in told.logs(), what="the task that fails")
    let_time_pass(told.product, "conversation_incomingevent")
    sweep_until(told.product, person.answers, what="the answer after the repair")


@contextmanager
def quoting(product: Product, table: str, act: str) -> Iterator[None]:
    """As a unique constraint that is hit: the row stands in the error's detail."""
    function = f"""
        CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE unique_violation USING
                MESSAGE = 'duplicate key value', TABLE = '{table}', CONSTRAINT = 'only_once',
                DETAIL = 'Key (all)=(quollidetail ' || NEW::text || ') already exists.';
        END $$;
        CREATE TRIGGER refuse BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{table}()
    """
    change(product, function)
    try:
        yield
    finally:
        change(product, f"DROP TRIGGER refuse ON {table}; DROP FUNCTION refuse_{table}()")


def ask_for_what_is_not_there(told: Evidence, owner: Surfer) -> None:
    stranger = told.surfer()
    stranger.open("/quollipath/quollimailbox@quollibakery.example/?q=quolliquery", status=404)
    stranger.open("/erasure/quollipath/", status=404)
    stranger.open("/verify/?q=quolliquery%00", status=400)
    stranger.open("/accounts/login/?next=/quolliquery/")
    stranger.client.cookies.clear()
    stranger.submit(login=EMAIL, password=SECRET, status=403)
    stranger.open("/webhooks/meta/data-deletion/?q=quolliquery", status=405)
    owner.open("/app/quollipath-of-somebody-else/?q=quolliquery", status=404)
    owner.open("/platform/?q=quolliquery", status=404)
    for strange in ("quollihost.example", "quolli host", "[quolli"):
        answer = httpx.get(told.product.url, headers={"Host": strange}, trust_env=False)
        assert answer.status_code == 400
        stranger.refusals.append(answer)


def go_on_without_redis(told: Evidence, redis: Any) -> None:
    redis.begin_stop()
    redis.finish_stop()
    try:
        told.surfer().log_in(EMAIL, SECRET)
        person = Person(told.product)
        person.mark = "quolliwithoutredis"
        assert deliver(told.product, person.message("m-quolli-without-redis")) == 200
        visitor = told.surfer()
        visitor.open("/accounts/signup/")
        visitor.submit(email="quolliwithoutredis@quollibakery.example", terms="on", way="email")
    finally:
        redis.revive()


def link_in(mail: MailServer, address: str, pattern: str) -> str:
    """The link in the newest mail to an address that has one like it."""

    def found() -> re.Match[str] | None:
        for message in reversed(mail.to(address)):
            body = message.get_body(("plain",))
            if body and (match := re.search(rf"http://\S*{pattern}", body.get_content())):
                return match
        return None

    until(found, what=f"the link {pattern}")
    match = found()
    assert match is not None
    return match.group()
