"""Caches are not behind the wall: what one business fills, another must not be given."""

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from chatbo.foundation import limits
from chatbo.foundation.limits import Presser
from chatbo.foundation.personal_data import Medium, NoPersonalData
from chatbo.foundation.personal_data.stores import declared_stores

ROOT = Path(settings.BASE_DIR)
SOURCES = [
    file
    for package in ("chatbo", "tenants", "consent", "dpa")
    for file in sorted((ROOT / package).rglob("*.py"))
]

REDIS_ASKED_BY = {
    "chatbo/foundation/cache.py": "the cache itself",
    "chatbo/foundation/limits.py": "keyed digests, with the door's tenant or tool in them",
    "chatbo/dashboard/health.py": "asks only whether Redis is there",
    "consent/erasure/scanning/keys.py": "looks for whoever was erased; shows nobody what it reads",
    "consent/erasure/scanning/scans.py": "only catches the errors of that",
}


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """Module and name of each import."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def test_who_asks_redis_is_known_with_the_reason_why_no_tenant_meets_anothers_answer() -> None:
    found = {
        str(file.relative_to(ROOT))
        for file in SOURCES
        for module, name in imported(file)
        if module.split(".")[0] == "redis"
        or f"{module}.{name}".startswith(("django.core.cache", "chatbo.foundation.cache"))
        or (module, name) in {("django.views.decorators.cache", "cache_page")}
    }

    assert found == REDIS_ASKED_BY.keys()


def test_what_a_process_keeps_between_requests_is_nobodys() -> None:
    """That each keeper declares it, the system check sees to (``personal_data.E007``)."""
    kept = [store for store in declared_stores() if store.medium is Medium.MEMORY]

    assert len(kept) >= 7
    for store in kept:
        assert isinstance(store.data, NoPersonalData), store.module


def test_no_page_is_put_into_a_cache_by_its_template_or_middleware() -> None:
    templates = list((ROOT / "templates").rglob("*.html"))
    assert len(templates) > 50
    for template in templates:
        assert "{% cache" not in template.read_text(), template
    assert not any("cache" in middleware for middleware in settings.MIDDLEWARE)
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_a_flood_at_one_business_shuts_no_door_of_another() -> None:
    mine, theirs = (Presser(address="192.0.2.7", place=str(uuid.uuid4())) for _ in range(2))
    for _ in range(61):
        wait = limits.press("tool:consent", mine)

    assert wait > 0
    assert limits.press("tool:consent", theirs) == 0
