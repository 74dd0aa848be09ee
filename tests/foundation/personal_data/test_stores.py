"""What lies beside the tables is declared where it is filled; the source is read, not a list."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, StoredData
from chatbo.foundation.personal_data import source as source_code
from chatbo.foundation.personal_data.checks import check_messages, check_stores
from chatbo.foundation.personal_data.declarations import subjects
from chatbo.foundation.personal_data.source import undeclared, uses
from chatbo.foundation.personal_data.stores import declared_stores

FILLING = {
    "from django.core.cache import cache": Medium.CACHE,
    "import django.core.cache": Medium.CACHE,
    "from django.core import cache": Medium.CACHE,
    "import redis": Medium.CACHE,
    "from chatbo.foundation.cache import counters": Medium.CACHE,
    "from django.core.files.storage import default_storage": Medium.FILES,
    "log = structlog.get_logger(__name__)": Medium.LOG,
    "log = logging.getLogger()": Medium.LOG,
    "@shared_task(name='x')\ndef work(): ...": Medium.QUEUE,
    "app.send_task('x')": Medium.QUEUE,
    "@functools.lru_cache(maxsize=1)\ndef known(): ...": Medium.MEMORY,
    "@cache\nasync def known(): ...": Medium.MEMORY,
    "def f(request):\n    request.session['x'] = 1": Medium.SESSION,
    "request.session.setdefault('x', 1)": Medium.SESSION,
    "Path('x').write_text('y')": Medium.FILES,
    "with open('x', 'ab') as file: ...": Medium.FILES,
    "with Path('x').open(mode='r+') as file: ...": Medium.FILES,
    "with tempfile.TemporaryFile() as file: ...": Medium.FILES,
    "response.set_cookie('x', 'y')": Medium.COOKIE,
    "import logging\nlogging.warning('x')": Medium.LOG,
    "def f(who):\n    logging.exception(who)": Medium.LOG,
    "print('x')": Medium.LOG,
    "sys.stderr.write('x')": Medium.LOG,
    "traceback.print_exc()": Medium.LOG,
    "_seen = {}\ndef f(who):\n    _seen[who] = 1": Medium.MEMORY,
    "_seen: dict[str, int] = dict()\ndef f(who):\n    _seen.setdefault(who, 1)": Medium.MEMORY,
    "_seen = []\nclass C:\n    def f(self, who):\n        _seen.append(who)": Medium.MEMORY,
    "_seen = {*()}\nasync def f(who):\n    _seen.add(who)": Medium.MEMORY,
    "_seen = defaultdict(list)\ndef f(who):\n    _seen[1].append(who)": Medium.MEMORY,
    "_seen = {}\ndef f(who):\n    def g():\n        _seen[who] = 1": Medium.MEMORY,
    "_seen = {}\nf = lambda who: _seen.update(who)": Medium.MEMORY,
    "_last = None\ndef f(who):\n    global _last\n    _last = who": Medium.MEMORY,
    "known = functools.lru_cache(maxsize=1)(f)": Medium.MEMORY,
    "known = functools.cache(f)": Medium.MEMORY,
    "known = cache(f)": Medium.MEMORY,
    "response.cookies['x'] = 'y'": Medium.COOKIE,
    "response.cookies.load('x=y')": Medium.COOKIE,
    "response['Set-Cookie'] = 'x=y'": Medium.COOKIE,
    "response.headers.setdefault('set-cookie', 'x=y')": Medium.COOKIE,
    "HttpResponse(headers={'Set-Cookie': 'x=y'})": Medium.COOKIE,
    "request.session.__setitem__('x', 1)": Medium.SESSION,
    "os.open('x', os.O_WRONLY | os.O_CREAT)": Medium.FILES,
    "os.open('x', flags)": Medium.FILES,
    "os.write(1, b'x')": Medium.FILES,
    "@app.task\ndef work(): ...": Medium.QUEUE,
    "@app.task(name='x')\ndef work(): ...": Medium.QUEUE,
}


def test_every_module_that_fills_a_store_says_with_what() -> None:
    assert check_stores(None) == []


@pytest.mark.parametrize("code", FILLING)
def test_each_way_to_fill_a_store_is_seen(code: str) -> None:
    assert {use.medium for use in uses(ast.parse(code), module="m")} == {FILLING[code]}


def test_reading_and_annotating_a_type_fill_nothing() -> None:
    code = (
        "from structlog.typing import EventDict\nx = request.session['y']\nr.COOKIES['z']\n"
        "open('a').read(); Path('b').open(); open('a', 'rb'); os.open('a', os.O_RDONLY)\n"
        "y = response.cookies['x']; z = response['Set-Cookie']; logging.getLevelName(1)\n"
        "self.stdout.write('x'); cache.get('x'); task(1)"
    )
    assert list(uses(ast.parse(code), module="m")) == []


@pytest.mark.parametrize(
    "code",
    [
        "KNOWN = {'a': 1}\nKNOWN['b'] = 2",
        "KNOWN = {}\ndef f():\n    return KNOWN['a']",
        "found = []\ndef f(found):\n    found.append(1)",
        "found = {}\ndef f():\n    found = {}\n    found['a'] = 1",
        "found = {}\ndef f():\n    found = {}\n    def g():\n        found['a'] = 1",
        "def f():\n    found = []\n    found.append(1)",
        "for found in []: ...\ndef f(self):\n    self.found['a'] = 1",
        "last = 1\ndef f():\n    last = 2",
    ],
)
def test_what_ends_with_its_function_or_is_filled_at_the_start_is_no_store(code: str) -> None:
    assert list(uses(ast.parse(code), module="m")) == []


@pytest.fixture
def a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The source is this one file."""
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)

    def write(code: str) -> None:
        (tmp_path / "diary.py").write_text(code)
        monkeypatch.setattr(source_code, "_files", lambda: iter([tmp_path / "diary.py"]))

    return write


def test_an_undeclared_store_is_named_with_file_line_and_what_to_write(a_file: Any) -> None:
    a_file("import os\nimport redis\n")

    (error,) = check_stores(None)
    assert error.id == "personal_data.E007"
    assert "diary" in error.msg
    assert "line 2" in error.msg
    assert "declare_store(Medium.CACHE, __name__, " in (error.hint or "")


def test_a_declaration_holds_for_its_own_medium_and_module_alone(a_file: Any) -> None:
    a_file("import redis\ndeclare_store(Medium.CACHE, __name__, NoPersonalData('Asks only.'))\n")
    assert undeclared() == []
    a_file("import redis\ndeclare_store(Medium.LOG, __name__, NoPersonalData('Asks only.'))\n")
    assert [use.medium for use in undeclared()] == [Medium.CACHE]
    a_file("import redis\ndeclare_store(Medium.CACHE, 'other', NoPersonalData('Asks only.'))\n")
    assert [use.medium for use in undeclared()] == [Medium.CACHE]
    a_file("import redis\ndef f(): declare_store(Medium.CACHE, __name__, 1)\n")
    assert [use.medium for use in undeclared()] == [Medium.CACHE]


def test_messages_are_declared_by_whoever_keeps_them(settings: Any) -> None:
    """And by nobody who leaves one: Django's own keeping would say nothing."""
    assert check_messages(None) == []

    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

    found = check_messages(None)
    assert {error.id for error in found} == {"personal_data.E008"}
    assert len(found) == 2


def test_what_is_declared_says_whose_it_is_how_it_ends_and_how_it_goes_out() -> None:
    stores = list(declared_stores())

    assert {store.medium for store in stores} == set(Medium)
    for store in stores:
        if isinstance(store.data, NoPersonalData):
            assert store.data.reason
            continue
        assert isinstance(store.data, StoredData)
        assert store.data.subject in subjects(), store.module
        assert store.data.holds
        assert store.data.end
        assert store.data.export


def test_every_room_is_looked_at() -> None:
    looked_at = {file.relative_to(settings.BASE_DIR).parts[0] for file in source_code._files()}
    folders = {file.relative_to(settings.BASE_DIR).parts[:2] for file in source_code._files()}

    assert looked_at == {"chatbo", "tenants", "consent", "dpa"}
    for app in apps.get_app_configs():
        if app.name.split(".")[0] in looked_at:
            assert tuple(app.name.split(".")[:2]) in folders, app.name
    assert ("chatbo", "celery.py") in folders
