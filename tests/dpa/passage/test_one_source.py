"""Whatever is switched on or off: passage, Annex 1, Annex 3 and the record say the same of it.

Every combination of what a business can switch, each compared with the register word for word:
nothing is missing, nothing is said too much.
"""

import csv
import datetime
import io
import itertools
import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.utils import timezone, translation

from chatbo.foundation import operator
from chatbo.foundation.isolation import platform_scope
from consent.embeds.agreeing import agree_to_chat
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool, switch_off_tool, switch_on_tool
from consent.erasure.recipients.registering import add_recipient, remove_recipient
from consent.ledger.models import ConsentRecord
from consent.register.activities import (
    Activity,
    activities_of,
    activities_offered,
    chatbo,
)
from consent.register.files import record_file
from consent.register.for_chatbo import activities_of_chatbo
from consent.register.record import record_of
from dpa.contracts.company import CompanyData
from dpa.contracts.wording import fill_in
from dpa.passage.building import Passage, build_passage
from dpa.subprocessors.models import SubProcessor
from dpa.subprocessors.publishing import publish_examples
from tenants.accounts.consent_network import choose_consent_network
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot, Platform
from tests.foundation.documents.readers import page_texts

pytestmark = pytest.mark.django_db

SWITCHES = (*Platform.values, "tool")
COMBINATIONS = [
    combination
    for size in range(len(SWITCHES) + 1)
    for combination in itertools.combinations(SWITCHES, size)
]
DATA = CompanyData(
    company="Café Morgenrot GmbH",
    legal_form="gmbh",
    street="Rosenweg 4",
    postal_code="04109",
    city="Leipzig",
    representative="Maria Beispiel",
    representative_function="Geschäftsführerin",
    contact_email="owner@cafe-morgenrot.example",
)
COUNTRIES = {
    "de": {"Irland", "USA", "Britische Jungferninseln", "Vereinigte Arabische Emirate"},
    "en": {"Ireland", "USA", "British Virgin Islands", "United Arab Emirates"},
}
MONTHS = 7


@pytest.fixture
def switchboard(named: Any, bot: Bot, switch: Any) -> Any:
    """``switchboard(("web", "tool"))``: exactly these are on, all others were on and are off."""
    with named.scope():
        Bot.objects.update(retention_months=MONTHS)
        tool = create_tool(bot, label="Chat")
    with platform_scope("test"):
        publish_examples(since=timezone.localdate() - datetime.timedelta(days=1))
    for platform in Platform.values:
        switch(platform, on=True)

    def set_to(on: Iterable[str]) -> None:
        for platform in Platform.values:
            switch(platform, on=platform in on)
        with named.scope():
            (switch_on_tool if "tool" in on else switch_off_tool)(tool)

    return set_to


def lines(markdown: str) -> set[str]:
    return {line.removeprefix("- ") for line in markdown.splitlines()}


def registered(business: Any, language: str) -> list[Activity]:
    with business.scope(), translation.override(language):
        return activities_of(business.tenant)


def passage_of(business: Any, language: str) -> Passage:
    with business.scope():
        return build_passage(business.tenant, language=language)


def annexes_of(business: Any, language: str) -> dict[str, str]:
    with business.scope():
        return fill_in(
            business.tenant, DATA, language=language, offer_valid_until=datetime.date(2027, 1, 1)
        )


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_combination_is_told_alike_everywhere(
    named: Any, switchboard: Any, language: str
) -> None:
    for on in COMBINATIONS:
        switchboard(on)
        activities = registered(named, language)

        assert [a.key for a in activities] == [*on, "proof"], on
        the_passage_tells(activities, passage_of(named, language), language)
        if set(on) & set(Platform.values):
            annex_1_tells(activities, annexes_of(named, language))
        the_record_tells(activities, named, language)


def the_passage_tells(activities: list[Activity], passage: Passage, language: str) -> None:
    """Each channel and tool has its part; no country is named that data do not go to."""
    assert passage.activities == tuple(a for a in activities if a.key != "proof")
    named = {
        country
        for activity in activities
        for recipient in activity.recipients
        for country in recipient.country.split(", ")
    }
    assert {each for each in COUNTRIES[language] if each in passage.text} == named
    for activity in activities:
        for recipient in activity.recipients:
            if recipient.outside_eu:
                assert article_of(recipient.ground) in passage.text
            if recipient.name.startswith("Meta"):
                assert recipient.name in passage.text
    with translation.override(language):
        tool_tells = f"{chatbo().name} ({chatbo().country})"
    assert (tool_tells in passage.text) == ("tool" in [a.key for a in activities])
    months = {"de": f"nach {MONTHS} Monaten", "en": f"{MONTHS} months"}[language]
    assert months in passage.text


def article_of(ground: str) -> str:
    """ "..., Art. 45 DSGVO" is cited in the passage by the article alone."""
    article = ground[ground.index("Art. ") :]
    return article.rsplit(" ", 1)[0]


def annex_1_tells(activities: list[Activity], filled: dict[str, str]) -> None:
    assert lines(filled["purposes"]) == {f"{a.purpose} ({a.legal_basis})" for a in activities}
    assert lines(filled["data_kinds"]) == {kind for a in activities for kind in a.data_kinds}
    assert lines(filled["data_subjects"]) == {a.data_subjects for a in activities}
    assert lines(filled["retention"]) == {f"{a.title}: {a.retention}" for a in activities}
    channels = lines(filled["channels"])
    switched = [a for a in activities if a.key != "proof"]
    assert len(channels) == len(switched)
    for activity in switched:
        (line,) = (each for each in channels if each.startswith(f"{activity.title}: "))
        for recipient in activity.recipients:
            assert f"{recipient.name}, {recipient.country} – {recipient.role}" in line
            assert recipient.ground in line


def the_record_tells(activities: list[Activity], business: Any, language: str) -> None:
    """In JSON and CSV: the register's activities, and behind each ChatBo and Annex 3."""
    with business.scope():
        record = record_of(business.tenant, language=language)
    found = json.loads(record_file(record, "json", at=timezone.now()))["activities"]
    rows = csv_rows(record_file(record, "csv", at=timezone.now()))
    firms = [firm.name for firm in SubProcessor.objects.used_today()]

    assert [each["title"] for each in found] == [a.title for a in activities]
    assert [row[3:7] for row in rows] == [
        [a.title, a.purpose, a.legal_basis, a.data_subjects] for a in activities
    ]
    for activity, said in zip(activities, found, strict=True):
        assert said["data_categories"] == list(activity.data_kinds)
        assert said["retention"] == activity.retention
        assert [r["name"] for r in said["recipients"]] == [
            *(r.name for r in activity.recipients),
            operator.NAME,
            *firms,
        ]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_system_that_the_business_named_is_told_alike_everywhere(
    named: Any, switchboard: Any, language: str
) -> None:
    """Of each channel, as long as it is on, and of nothing else; gone everywhere once removed."""
    with named.scope():
        system = add_recipient(name="Kasse & Co.", country="AT", url="https://kasse.example/")
    for on in COMBINATIONS:
        switchboard(on)
        activities = registered(named, language)
        passage = passage_of(named, language)

        for activity in activities:
            names = [each.name for each in activity.recipients]
            assert ("Kasse & Co." in names) == (activity.key in Platform.values), (on, activity.key)
        has_channel = bool(set(on) & set(Platform.values))
        assert (f"Kasse & Co. ({AUSTRIA[language]})" in passage.text) == has_channel
        if has_channel:
            annex_1_tells(activities, annexes_of(named, language))
        the_record_tells(activities, named, language)
    with named.scope():
        remove_recipient(system)
    switchboard(SWITCHES)
    assert "Kasse" not in str(registered(named, language))
    assert "Kasse" not in passage_of(named, language).text


AUSTRIA = {"de": "Österreich", "en": "Austria"}
NETWORK = {
    "de": {
        "none": ("", "wird dabei nicht gespeichert."),
        "shortened": ("Netzwerkadresse (IP), gekürzt", "wird dabei nur gekürzt gespeichert"),
        "full": ("Netzwerkadresse (IP), vollständig", "wird dabei vollständig gespeichert."),
    },
    "en": {
        "none": ("", "is not stored with it."),
        "shortened": ("network address, shortened", "is stored with it only in a shortened form"),
        "full": ("network address, in full", "is stored with it in full."),
    },
}
"""What the papers name as a kind of data (nothing: none), and what the passage says."""
KEPT = {"none": "", "shortened": "203.0.113.0", "full": "203.0.113.77"}


def press_the_tool(business: Any) -> ConsentRecord:
    with business.scope():
        tool = Tool.objects.get()
        version = tool.current
        return agree_to_chat(
            tool,
            version=str(version.number),
            text=str(version.consent_text_id),
            network="203.0.113.77",
        )


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_kept_of_a_network_address_is_told_alike_everywhere(
    named: Any, switchboard: Any, language: str
) -> None:
    """Everywhere what the business chose, and nowhere another choice: as the next record keeps."""
    told = NETWORK[language]
    for on in (("web", "tool"), (), ("tool",)):
        switchboard(on)
        for choice in (*told, "none"):
            with named.scope():
                named.tenant = choose_consent_network(named.tenant, Tenant.ConsentNetwork(choice))
                record = record_of(named.tenant, language=language)
            kind, words = told[choice]
            passage, annexes = passage_of(named, language), annexes_of(named, language)
            activities = registered(named, language)

            the_passage_tells(activities, passage, language)
            the_record_tells(activities, named, language)
            assert [each for _kind, each in told.values() if each in passage.text] == (
                [words] if "tool" in on else []
            )
            papers = [annexes["data_kinds"], *(" ".join(a.data_kinds) for a in record.activities)]
            for paper in (papers[0], papers[-1], *papers[1:] * ("web" not in on)):
                found = [each for each, _words in told.values() if each and each in paper]
                assert found == ([kind] if kind else []), (on, choice)
                assert ("IP" in paper or "network address" in paper) == bool(kind)
    for choice, kept in KEPT.items():
        switchboard(("web", "tool"))
        with named.scope():
            choose_consent_network(named.tenant, Tenant.ConsentNetwork(choice))
            Bot.objects.update(state=Bot.State.LIVE)
        assert press_the_tool(named).network == kept


def test_a_choice_is_a_passage_of_its_own(named: Any, switchboard: Any) -> None:
    """Like any other change of what is on: other words, another hash, and the old ones again."""
    switchboard(("web", "tool"))
    hashes = []
    for choice in ("shortened", "none", "full", "shortened"):
        with named.scope():
            named.tenant = choose_consent_network(named.tenant, Tenant.ConsentNetwork(choice))
        hashes.append(passage_of(named, "de").sha256)

    assert len(set(hashes)) == 3
    assert hashes[0] == hashes[3]


def test_for_no_business_the_papers_say_that_each_chooses(named: Any, switchboard: Any) -> None:
    with named.scope():
        choose_consent_network(named.tenant, Tenant.ConsentNetwork.FULL)
    with translation.override("en"):
        offered = {a.key: a.data_kinds for a in activities_offered()}
    for key in ("tool", "proof"):
        assert "network address: none, shortened or in full, as the business chose" in offered[key]


def test_annex_3_and_the_record_name_the_same_processors(named: Any, switchboard: Any) -> None:
    switchboard(("web",))
    annex_3 = lines(annexes_of(named, "de")["subprocessors"])
    with named.scope():
        (web, _proof) = record_of(named.tenant, language="de").activities

    behind = web.recipients[1:]
    assert len(annex_3) == len(behind) == 2
    for firm in behind:
        (line,) = (each for each in annex_3 if each.startswith(f"{firm.name}: "))
        assert firm.role.removeprefix("Auftragsverarbeiter von ChatBo: ") in line


def test_a_firm_that_leaves_is_gone_everywhere(named: Any, switchboard: Any) -> None:
    switchboard(("web",))
    with platform_scope("test"):
        SubProcessor.objects.update(until=timezone.localdate() - datetime.timedelta(days=1))

    with named.scope():
        (web, _proof) = record_of(named.tenant, language="de").activities
    assert [r.name for r in web.recipients] == [operator.NAME]
    assert ".example" not in annexes_of(named, "de")["subprocessors"]


def test_before_the_first_channel_the_contract_names_all_that_is_offered(
    named: Any, switchboard: Any
) -> None:
    switchboard(())
    with translation.override("de"):
        annex_1_tells(activities_offered(named.tenant), annexes_of(named, "de"))


def test_the_pdf_tells_what_the_register_tells(named: Any, switchboard: Any) -> None:
    for on in (SWITCHES, ("telegram",)):
        switchboard(on)
        with named.scope():
            pdf = record_file(record_of(named.tenant, language="de"), "pdf", at=timezone.now())
        text = " ".join(" ".join(page_texts(pdf)).split())
        with translation.override("de"):
            everything = activities_offered()
        for activity in everything:
            assert (activity.title in text) == (activity.key in (*on, "proof"))


def test_what_chatbo_does_for_itself_is_in_no_business_s_papers(
    named: Any, switchboard: Any
) -> None:
    switchboard(SWITCHES)
    with translation.override("de"):
        own = [activity.title for activity in activities_of_chatbo()]
    with named.scope():
        record = record_file(record_of(named.tenant, language="de"), "csv", at=timezone.now())
    papers = [*annexes_of(named, "de").values(), passage_of(named, "de").text, record.decode()]

    assert "Newsletter von ChatBo" in own
    assert [title for title in own for paper in papers if f"{title}:" in paper] == []
    assert set(own).isdisjoint(row[3] for row in csv_rows(record))
