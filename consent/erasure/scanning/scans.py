"""The nightly search: whoever was erased lately is found nowhere, or an alarm says where."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

import structlog
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.undeclared import undeclared
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.scan_models import CompletenessScan
from consent.erasure.scanning import Hit, Item, search
from consent.erasure.scanning.erased import Erased, erased_lately
from consent.erasure.scanning.files import entries, files, lines, mails
from consent.erasure.scanning.keys import keys
from consent.erasure.scanning.tables import rows
from tenants.accounts.administrators import mail_administrators

declare_store(Medium.LOG, __name__, NoPersonalData("Where somebody is named, never by what."))
declare_store(Medium.CACHE, __name__, NoPersonalData("Only catches its errors."))

PAGES = 256
"""Of 8 kB, of each table: some ten thousand rows."""
FILES = 1000
KEYS = 100_000
LOG_BYTES = 16 * 1024 * 1024
MOST_KEPT = 1000
"""Hits of one run that are named. Where there are more, something else has to be found first."""

log = structlog.get_logger(__name__)


@dataclass
class Findings:
    """What was looked at so far, and what was found."""

    looked_at: Counter[str] = field(default_factory=Counter)
    hits: list[Hit] = field(default_factory=list)
    found: int = 0
    unread: list[str] = field(default_factory=list)


def scan_for_erased() -> CompletenessScan:
    """Look in a sample of everything for a sample of those who were erased; keep what was found.

    Each hit is an alarm in the log; the administrators are mailed. A place that cannot be read is
    named, and keeps nobody from looking at the others. Killed, it leaves nothing behind, and the
    platform's home says that it is missing.
    """
    began = time.monotonic()
    findings = Findings()
    erased = Erased()
    try:
        erased = erased_lately(findings.unread)
    except OSError:
        findings.unread.append("OUTSIDE_STORE_URL")
    if erased:
        _look_everywhere(erased, findings)
    with connection.cursor() as cursor:
        unknown = undeclared(cursor)
    for hit in findings.hits:
        log.error("erased_person_found", entry=hit.place, column=hit.part, row=hit.number)
    with platform_scope("erasure: keep what the search for erased people found"):
        scan = CompletenessScan.objects.create(
            seconds=time.monotonic() - began,
            people=len(erased),
            looked_at=findings.looked_at,
            found=findings.found,
            hits=[asdict(hit) for hit in findings.hits],
            unread=findings.unread,
            undeclared=unknown,
        )
        if scan.found:
            record("erasure.found_left", target=scan, details={"rows": scan.found})
            mail_administrators("consent/erasure/mail/erased_found", scan=scan)
    return scan


def _look_everywhere(erased: Erased, findings: Findings) -> None:
    places: dict[str, Callable[[], Iterator[Item]]] = {
        "PostgreSQL": lambda: rows(findings.unread, most=PAGES),
        "FILES_URL": lambda: files(most=FILES),
        "OUTSIDE_STORE_URL": lambda: entries(most=FILES),
        "EMAIL_URL": lambda: mails(most=FILES),
        "Redis": lambda: keys(most=KEYS),
        "logs": lambda: lines(most=LOG_BYTES),
    }
    for name, items in places.items():
        try:
            for hit in search(items(), erased, findings.looked_at):
                findings.found += 1
                if len(findings.hits) < MOST_KEPT:
                    findings.hits.append(hit)
        except (OSError, RedisError, DatabaseError):
            findings.unread.append(name)
