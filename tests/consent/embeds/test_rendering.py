"""What the code for websites is, and is not."""

import gzip
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse

from consent.embeds.models import Tool, ToolVersion
from consent.embeds.tools import (
    change_tool,
    create_tool,
    is_outdated,
    renew_tool,
    switch_off_tool,
    switch_on_tool,
)
from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval
from consent.texts.versions import decide_on_text, text_in_force
from tenants.accounts.models import Tenant, User

pytestmark = pytest.mark.django_db

LONGEST = 40
STORING = ["cookie", "localStorage", "sessionStorage", "indexedDB", "caches", "serviceWorker"]
ASKING = ["fetch(", "XMLHttpRequest", "sendBeacon", "WebSocket", "EventSource", "import(", "url("]


def version_of(business: Any, tool: Tool) -> ToolVersion:
    with business.scope():
        return Tool.objects.get(pk=tool.pk).current


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_code_is_smaller_than_3_kb_in_every_language(
    cafe: Any, bot: Any, language: str
) -> None:
    with cafe.scope():
        Tenant.objects.update(company="Ö" * 60)
        tool = create_tool(bot, label="W" * LONGEST, language=language, position="corner")
    version = version_of(cafe, tool)
    assert len(gzip.compress(version.snippet.encode(), 9)) < 3000
    assert len(gzip.compress(version.script.encode(), 9)) < 3000


def test_neither_code_names_a_way_to_store_or_to_ask(cafe: Any, tool: Tool) -> None:
    version = version_of(cafe, tool)
    for code in (version.snippet, version.script):
        assert [word for word in STORING + ASKING if word in code] == []


def test_nothing_in_the_markup_loads_by_itself(cafe: Any, tool: Tool) -> None:
    snippet = version_of(cafe, tool).snippet
    tags = Tags(snippet).found
    assert {tag for tag, _ in tags} <= {
        *("style", "div", "button", "h2", "p", "ul", "li", "strong", "a", "form", "input", "small"),
    }
    names = {name for _, attributes in tags for name in attributes}
    assert names.isdisjoint({"src", "srcset", "style", "background", "ping"})
    assert not [name for name in names if name.startswith("on")]
    assert "@import" not in snippet


def test_the_only_addresses_are_the_form_the_imprint_and_the_privacy_policy(
    cafe: Any, tool: Tool
) -> None:
    tags = Tags(version_of(cafe, tool).snippet).found
    found = {a.get("href") or a.get("action") for _, a in tags} - {None}
    assert found == {
        f"{settings.BASE_URL}{reverse('tool:consent', args=[tool.pk])}",
        f"{settings.BASE_URL}/pages/cafe-morgenrot/imprint/",
        f"{settings.BASE_URL}/pages/cafe-morgenrot/privacy/",
    }
    for tag, attributes in tags:
        if tag in {"a", "form"}:
            assert attributes["rel"] == "noopener noreferrer"
            assert attributes["target"] == "_blank"


def test_the_code_has_no_line_breaks_that_an_editor_could_turn_into_paragraphs(
    cafe: Any, tool: Tool
) -> None:
    style, markup, rest = version_of(cafe, tool).snippet.split("\n")
    assert style.startswith("<style>")
    assert markup.startswith("<div")
    assert rest == ""


def test_words_of_the_owner_stay_words(cafe: Any, bot: Any) -> None:
    with cafe.scope():
        Tenant.objects.update(company='</script><b onclick="x">')
        tool = create_tool(bot, label='"><script>alert(1)')
    version = version_of(cafe, tool)
    assert "<script" not in version.snippet
    assert "</script" not in version.script
    assert "b" not in [tag for tag, _ in Tags(version.snippet).found]


def test_the_notice_says_who_receives_what_and_where(cafe: Any, bot: Any) -> None:
    with cafe.scope():
        tool = create_tool(bot, label="Chat", language="en")
    version = version_of(cafe, tool)
    for word in ("Café Morgenrot", "ProXpert GmbH", "Germany", "IP address"):
        assert word in version.notice
    assert 'lang="en"' in version.snippet


def test_a_change_that_visitors_see_makes_the_next_version(cafe: Any, bot: Any, tool: Tool) -> None:
    with cafe.scope():
        same = change_tool(tool, bot=bot, label=tool.label, language="de", position="inline")
        assert same.version == 1
        changed = change_tool(tool, bot=bot, label="Fragen?", language="de", position="inline")
        assert changed.version == 2
        assert changed.versions.get(number=1).sha256 != changed.current.sha256


def test_a_new_company_name_is_noticed_and_taken_over_on_demand(cafe: Any, tool: Tool) -> None:
    with cafe.scope():
        assert not is_outdated(tool)
        assert renew_tool(tool).version == 1
        Tenant.objects.update(company="Café Abendrot")
        assert is_outdated(tool)
        assert renew_tool(tool).version == 2


def test_a_version_that_was_handed_out_is_never_changed(cafe: Any, tool: Tool) -> None:
    with cafe.scope(), pytest.raises(DatabaseError), transaction.atomic():
        ToolVersion.objects.update(snippet="something else")


def test_without_a_lawyers_approval_there_is_no_tool(cafe: Any, bot: Any) -> None:
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    notice = text_in_force("consent-embed-notice", "de")
    decide_on_text(notice, lawyer=lawyer, verdict=Approval.Verdict.REJECTED)
    with cafe.scope(), pytest.raises(NotApprovedError):
        create_tool(bot, label="Chat")
    with cafe.scope():
        assert not Tool.objects.exists()


def test_the_versioned_script_may_be_kept_for_ever(client: Any, cafe: Any, tool: Tool) -> None:
    url = reverse("tool:loader_version", args=[tool.pk, 1])
    response = client.get(url)
    assert response.content.decode() == version_of(cafe, tool).script
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    again = client.get(url, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.get(reverse("tool:loader_version", args=[tool.pk, 2])).status_code == 404


def test_the_plain_loader_follows_the_tool(client: Any, cafe: Any, bot: Any, tool: Tool) -> None:
    url = reverse("tool:loader", args=[tool.pk])
    first = client.get(url)
    with cafe.scope():
        change_tool(tool, bot=bot, label="Fragen?", language="de", position="inline")
    second = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert "Fragen?" in second.content.decode()
    with cafe.scope():
        switch_off_tool(tool)
    assert "customElements" not in client.get(url).content.decode()
    with cafe.scope():
        switch_on_tool(tool)
    assert "customElements" in client.get(url).content.decode()


def test_every_part_of_the_code_has_an_id_of_its_own_tool(cafe: Any, bot: Any, tool: Tool) -> None:
    with cafe.scope():
        other = create_tool(bot, label="Noch einer")
    ids = [set(re.findall(r' id="([^"]+)"', version_of(cafe, t).snippet)) for t in (tool, other)]
    assert ids[0].isdisjoint(ids[1])
