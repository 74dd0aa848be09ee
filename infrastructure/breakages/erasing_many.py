"""Erasing many, by retention, and from the business's pages."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"

BREAKAGES = (
    Breakage(
        "erasure: many: who asked in that moment goes with the others",
        "consent/erasure/selecting.py",
        "    return [each for each in held if each.pk not in theirs]",
        "    return held",
        f"{ERASURE}/test_bulk.py",
    ),
    Breakage(
        "erasure: many: no tombstone before a batch",
        "consent/erasure/bulk.py",
        "        with tombstones.put_up_meanwhile(name, people):\n",
        "        if True:\n",
        f"{ERASURE}/test_bulk.py",
    ),
    Breakage(
        "erasure: many: whoever comes later is in it",
        "consent/erasure/selecting.py",
        "    if _MOMENT in selection:\n",
        "    if False:\n",
        f"{ERASURE}/test_selecting.py",
    ),
    Breakage(
        "erasure: many: what selects by nothing selects all",
        "consent/erasure/selecting.py",
        "        return people.none()\n",
        "        return people\n",
        f"{ERASURE}/test_selecting.py",
    ),
    Breakage(
        "erasure: many: the lease is not renewed",
        "consent/erasure/bulk.py",
        "    job.lease_until = timezone.now() + Erasure.LEASE\n",
        "",
        f"{ERASURE}/test_bulk.py",
    ),
    Breakage(
        "erasure: many: the job keeps the numbers",
        "consent/erasure/bulk.py",
        '    if "subjects" in job.selection:\n',
        "    if False:\n",
        f"{ERASURE}/test_bulk.py",
    ),
    Breakage(
        "erasure: many: asked twice is done twice",
        "consent/erasure/requests.py",
        "        if is_same(under_way.selection, selection):\n",
        "        if under_way.selection == selection:\n",
        f"{ERASURE}/test_bulk.py",
    ),
    Breakage(
        "erasure: many: who is written to holds up the others",
        "consent/erasure/bulk.py",
        'select_for_update(of=("self",), skip_locked=True)',
        'select_for_update(of=("self",), nowait=True)',
        f"{ERASURE}/test_bulk_killed.py",
    ),
    Breakage(
        "erasure: many: whoever is held just now stays for good",
        "consent/erasure/bulk.py",
        "        raise PeopleBusyError\n",
        "        pass\n",
        f"{ERASURE}/test_bulk_killed.py",
    ),
    Breakage(
        "erasure: retention: a month too early",
        "consent/erasure/retention.py",
        "day.month - 1 - months",
        "day.month - months",
        f"{ERASURE}/test_retention.py",
    ),
    Breakage(
        "erasure: retention: the month's end by a day of grace",
        "consent/erasure/retention.py",
        "first = date(year, month + 2, 1)",
        "first = date(year, month + 1, 28)",
        f"{ERASURE}/test_retention.py",
    ),
    Breakage(
        "erasure: retention: another job each night",
        "consent/erasure/retention.py",
        "    if under_way.exists():\n",
        "    if False:\n",
        f"{ERASURE}/test_retention.py",
    ),
    Breakage(
        "erasure: retention: shortened without a warning",
        "consent/erasure/retention_views.py",
        "if people := inactive_on(",
        "if False and inactive_on(",
        f"{ERASURE}/test_retention_pages.py",
    ),
    Breakage(
        "erasure: dry run: it is none",
        "consent/erasure/foreseeing.py",
        "        transaction.set_rollback(True)\n",
        "",
        f"{ERASURE}/test_foreseeing.py",
    ),
    Breakage(
        "erasure: pages: looking erases",
        "consent/rights/erasing.py",
        'if request.method == "POST" and (form is None',
        "if (form is None",
        "tests/consent/rights/test_erasing.py",
    ),
    Breakage(
        "erasure: pages: all without typing the name",
        "consent/rights/erasing.py",
        "        if typed.casefold() != ",
        "        if False and typed.casefold() != ",
        "tests/consent/rights/test_erasing.py",
    ),
    Breakage(
        "erasure: pages: a time to come is believed",
        "consent/rights/erasing.py",
        "    return min(asked_at, now)\n",
        "    return asked_at\n",
        "tests/consent/rights/test_erasing.py",
    ),
    Breakage(
        "erasure: pages: no fresh proof for erasing",
        "tenants/accounts/roles.py",
        '"rights:erase": use(*PROTECTORS, fresh=True, when_locked=True)',
        '"rights:erase": use(*PROTECTORS, when_locked=True)',
        "tests/consent/rights/test_erasing.py",
    ),
)
