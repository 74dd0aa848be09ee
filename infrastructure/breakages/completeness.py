"""Searching for erased people: each kind of place that the search does not look into."""

from infrastructure.breakages.breaking import Breakage

SCANNING = "tests/consent/erasure/scanning"
SCANS = f"{SCANNING}/test_scans.py"
TABLES = f"{SCANNING}/test_tables.py"
FOLDERS = f"{SCANNING}/test_folders_and_redis.py"
HERE = "consent/erasure/scanning"


def _blind(place: str, line: str) -> Breakage:
    return Breakage(
        f"erasure: the scan does not look into {place}", f"{HERE}/scans.py", line, "", SCANS
    )


BREAKAGES = (
    _blind("tables", '        "PostgreSQL": lambda: rows(findings.unread, most=PAGES),\n'),
    _blind("files", '        "FILES_URL": lambda: files(most=FILES),\n'),
    _blind("the store outside", '        "OUTSIDE_STORE_URL": lambda: entries(most=FILES),\n'),
    _blind("mails", '        "EMAIL_URL": lambda: mails(most=FILES),\n'),
    _blind("Redis", '        "Redis": lambda: keys(most=KEYS),\n'),
    _blind("logs", '        "logs": lambda: lines(most=LOG_BYTES),\n'),
    Breakage(
        "erasure: the scan knows the tables of models alone",
        f"{HERE}/tables.py",
        "    stretches = [stretch for table in tables",
        "    known = {model._meta.db_table for model in apps.get_models()}\n"
        "    tables = [table for table in tables if table.relation in known]\n"
        "    stretches = [stretch for table in tables",
        TABLES,
    ),
    Breakage(
        "erasure: the scan decrypts nothing",
        f"{HERE}/readings.py",
        "            return decrypt(run)",
        "            return None",
        TABLES,
    ),
    Breakage(
        "erasure: the scan unpacks nothing in files",
        f"{HERE}/archives.py",
        "    if not deep:\n        return\n    file.seek(0)",
        "    return\n    file.seek(0)",
        FOLDERS,
    ),
    Breakage(
        "erasure: the scan overlooks what no worker has acknowledged",
        f"{HERE}/keys.py",
        '    "hash": _of_hash,\n',
        "",
        FOLDERS,
    ),
    Breakage(
        "erasure: the scan reads a table's last page never",
        f"{HERE}/tables.py",
        '            cursor.execute(\n                f"SELECT ctid',
        "            stretch = Stretch(table, stretch.first, table.pages - 1)\n"
        '            cursor.execute(\n                f"SELECT ctid',
        TABLES,
    ),
    Breakage(
        "erasure: the scan keeps a transaction open while it looks",
        f"{HERE}/tables.py",
        "        for table, (names, values) in found:\n"
        "            for row in values:\n"
        "                yield _item(table, names, row, is_job=table.relation in jobs)\n",
        "            for table, (names, values) in found:\n"
        "                for row in values:\n"
        "                    yield _item(table, names, row, is_job=table.relation in jobs)\n",
        TABLES,
    ),
    Breakage(
        "erasure: the scan's alarm names the person",
        f"{HERE}/items.py",
        "            HIDDEN if _names_somebody(piece, sought, item, part) else piece",
        "            piece",
        SCANS,
    ),
    Breakage(
        "erasure: the scan takes who came back for a leftover",
        f"{HERE}/erased.py",
        "_is_under_way(item, gone) or _is_back(gone, word)",
        "_is_under_way(item, gone)",
        SCANS,
    ),
    Breakage(
        "erasure: the scan takes whatever lies at somebody's for theirs who came back",
        f"{HERE}/erased.py",
        " and bearer.first_seen_at >= gone.at",
        "",
        SCANS,
    ),
    Breakage(
        "erasure: the scan lets any job keep what it holds",
        f"{HERE}/erased.py",
        "item.place in own or item.under_way_since >= gone.at",
        "True",
        SCANS,
    ),
    Breakage(
        "erasure: the scan lets an erasure that has ended keep the address",
        f"{HERE}/tables.py",
        'is_job and values["finished_at"] is None',
        "is_job",
        SCANS,
    ),
    Breakage(
        "erasure: nobody is mailed of what the scan finds",
        f"{HERE}/scans.py",
        '            mail_administrators("consent/erasure/mail/erased_found", scan=scan)\n',
        "            pass\n",
        SCANS,
    ),
    Breakage(
        "erasure: one place that is away hides all others",
        f"{HERE}/scans.py",
        "            findings.unread.append(name)\n",
        "            raise\n",
        SCANS,
    ),
    Breakage(
        "erasure: a missing nightly scan is seen by nobody",
        "chatbo/dashboard/platform_home.py",
        "scan is None or scan.at < timezone.now() - CHECKED_WITHIN",
        "False",
        SCANS,
    ),
    Breakage(
        "erasure: a table that no model knows is not named",
        "chatbo/foundation/isolation/undeclared.py",
        "            found.append(table.name)\n",
        "            pass\n",
        "tests/foundation/isolation/test_undeclared.py",
    ),
    Breakage(
        "erasure: a column that no model knows is not named",
        "chatbo/foundation/isolation/undeclared.py",
        "set(table.columns) - columns[table.name]",
        "set()",
        "tests/foundation/isolation/test_undeclared.py",
    ),
)
