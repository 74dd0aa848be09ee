"""What people typed, wrote and own stands in no log, message of the queue, error page or address.

A new business and a person who writes to its bots are called by words that stand nowhere else.
They go through the product's doors: right and wrong, with platforms and mail servers that repeat
what they hear, with a database that quotes its rows and without Redis. Then all is searched.
"""

import base64
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from redis import Redis
from redis.exceptions import RedisError

from chatbo import embedded
from chatbo.dashboard.demo.businesses import CAFE
from chatbo.dashboard.demo.people import ADMIN, PASSWORD
from tenants.bots import payloads
from tests.chatbo.conversation.conftest import as_meta_writes, signed
from tests.consent.signup.test_facebook import at_facebook
from tests.journey.conversing import CHAT, Person, change, deliver, stored
from tests.journey.databases import empty
from tests.journey.jobs import let_time_pass, sweep_until
from tests.journey.mail_server import MailServer, mail_server
from tests.journey.parrot import Parrot, parrot
from tests.journey.processes import Product, until
from tests.journey.processes import product as running_product
from tests.journey.surfing import Surfer

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("leaks")]

EMAIL = "quollimailbox@quollibakery.example"
REFUSED = "quollirefused@quollibakery.example"
INVITED = "quolliinvited@quollibakery.example"
SECRET = "quollisecret lange nicht gehört"
BOT_TOKEN = "77123456:AAquollibottoken-quolli_abcdefghijklmnopqrs"
MARK = "quolli"
"""In every word that is planted, and in none of the product's."""


@dataclass
class Evidence:
    """All that the product has left behind. ``secrets``: what it made, or platforms did."""

    product: Product
    surfers: list[Surfer] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def surfer(self) -> Surfer:
        self.surfers.append(Surfer(self.product.url, password=SECRET))
        return self.surfers[-1]

    def logs(self) -> str:
        folder = self.product.var_dir / "logs"
        return "\n".join(path.read_text(errors="replace") for path in folder.glob("*.log"))

    def found_in(self, text: str, *, but: tuple[str, ...] = ()) -> list[str]:
        """Which planted words and secrets stand in a text, each with what stands around it."""
        words = [MARK, *(value for name, value in self.secrets.items() if name not in but)]
        return [
            text[max(hit.start() - 80, 0) : hit.end() + 80]
            for word in words
            for hit in re.finditer(re.escape(word), text, re.I)
        ]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Evidence]:
    """The whole story, told once; each test looks for another trace of it."""
    folder = tmp_path_factory.mktemp("leaks")
    with (
        ExitStack() as at_the_end,
        mail_server() as mail,
        parrot() as bird,
        embedded.start(folder, postgres=False, durable=False, say=lambda line: None) as servers,
        running_product(
            folder / "var",
            purpose="leaks",
            redis_url=servers.addresses.redis_url,
            settings={
                "EMAIL_URL": lambda standins: mail.url,
                "TELEGRAM_API_URL": lambda standins: bird.before(standins.telegram_url),
            },
        ) as product,
    ):
        (redis,) = servers
        empty(product.database)
        product.manage("seed_demo")
        told = Evidence(product)
        at_the_end.callback(lambda: [surfer.client.close() for surfer in told.surfers])
        with listening(product.redis_url, told.commands):
            owner = sign_up(told, mail)
            come_from_facebook(told, mail)
            log_in_right_and_wrong(told, mail)
            bot = connect_channels(told, owner, bird)
            conclude_contract(told, owner, mail)
            invite(told, owner, mail)
            knock_at_webhooks(told, bird, bot)
            open_web_chat(told)
            converse_and_unsubscribe(told)
            break_the_database(told, owner)
            ask_for_what_is_not_there(told, owner)
        go_on_without_redis(told, redis)
        yield told


def test_no_log_names_anybody(evidence: Evidence) -> None:
    logs = evidence.logs()

    for line in (
        "route='accounts/login/'",  # web
        "task='conversation.handle_event'",  # worker
        "event='schedule_ready'",
        "event='task_failed'",
        "psycopg.errors.UniqueViolation [sqlstate=23505",
        "event='DisallowedHost'",
    ):
        assert line in logs, "the capture does not work, or the story was another"
    assert evidence.found_in(logs) == []


def test_nothing_in_the_logs_had_to_be_caught_by_the_last_net(evidence: Evidence) -> None:
    assert re.findall(r".*\((?:address|token|number|ip)\).*", evidence.logs()) == []


def test_a_number_leads_from_the_answer_to_the_lines_of_web_and_worker(evidence: Evidence) -> None:
    for name, event in (("webhook", "event='task'"), ("fault", "event='request'")):
        lines = [line for line in evidence.logs().splitlines() if evidence.numbers[name] in line]
        assert any(event in line for line in lines), name


def test_redis_learns_ids_and_digests_only(evidence: Evidence) -> None:
    said = "\n".join(evidence.commands)
    bodies = [base64.b64decode(body).decode() for body in re.findall(r'"body": "([\w+/=]+)"', said)]

    assert len(bodies) > 10
    assert any("0" * 8 not in body and re.search(r"[0-9a-f-]{36}", body) for body in bodies)
    assert evidence.found_in(said) == []
    assert evidence.found_in("\n".join(bodies)) == []


def test_no_error_page_repeats_what_it_was_asked(evidence: Evidence) -> None:
    # A form shows what was typed to whoever typed it, to be mended.
    pages = [
        answer
        for surfer in evidence.surfers
        for answer in surfer.refusals
        if not re.search(r"<main.*<form.*</main>", answer.text, re.S)
    ]

    assert {400, 403, 404, 405, 500} <= {page.status_code for page in pages}
    assert [hit for page in pages for hit in evidence.found_in(page.text)] == []


def test_no_address_carries_anything_of_anybody(evidence: Evidence) -> None:
    """Links in mails carry secrets, which is what they are for; pages lead to none of them."""
    mailed = tuple(evidence.secrets)
    addresses = {address for surfer in evidence.surfers for address in surfer.addresses}
    asked_for = re.compile(r"quollipath|quolliquery")  # by the story itself

    assert len(addresses) > 60
    assert any("/bots/" in address for address in addresses)
    found = [
        address
        for address in addresses
        if not asked_for.search(address)
        # Dashboards and hosted pages are named after their business.
        and evidence.found_in(address.replace("/quollibakery/", "/"), but=mailed)
    ]
    assert found == []


def test_there_are_no_metrics_that_could_name_anybody(evidence: Evidence) -> None:
    answer = httpx.get(f"{evidence.product.url}/metrics", trust_env=False)

    assert answer.status_code == 404


# --- The story -----------------------------------------------------------------------------------


@contextmanager
def listening(url: str, heard: list[str]) -> Iterator[None]:
    """Hear each command that any process gives to Redis."""
    with Redis.from_url(url) as redis, redis.monitor() as monitor:

        def listen() -> None:
            try:
                heard.extend(command["command"] for command in monitor.listen())
            except (RedisError, OSError, ValueError):
                return  # closed below

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield
        monitor.connection.disconnect()
        thread.join(timeout=5)


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
        headers = {"X-Hub-Signature-256": signed(big)}
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
        assert meta.post(f"{url}/meta/data-deletion/", data=lie).status_code == 403
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
