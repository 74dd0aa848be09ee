"""Erasing: everything goes, once, with proof, and never comes back."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"

NEVER_BACK = (
    Breakage(
        "erasure: nobody has a tombstone before they are deleted",
        "consent/erasure/tasks.py",
        "            tombstones.put_up(tombstones.name_of(erasure.pk), [subject])\n",
        "            pass\n",
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: a tombstone names the person",
        "consent/erasure/tombstones.py",
        '_digest(key, each.channel_id, text_or(each, "external_id", ""))',
        'text_or(each, "external_id", "")',
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: people whose identifier no key opens look alike",
        "consent/erasure/tombstones.py",
        '    if not identifier:\n        return ""\n',
        "",
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: a tombstone goes while a backup holds the person",
        "consent/erasure/tombstones.py",
        "noted_at__lt=_oldest_backup()",
        "noted_at__lt=timezone.now()",
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: whatever lies outside is believed",
        "consent/erasure/tombstones.py",
        "        if not hmac.compare_digest(",
        "        if name is None and not hmac.compare_digest(",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: an entry can be put up again under another name",
        "consent/erasure/tombstones.py",
        'f"entry {name}\\n{line}"',
        'f"entry {line}"',
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: whoever takes people in brings erased ones back",
        "consent/erasure/tombstones.py",
        "            if identifier := of_digest.get(stone.digest):",
        "            if identifier := of_digest.get(stone.channel):",
        f"{ERASURE}/test_tombstones.py",
    ),
    Breakage(
        "erasure: a store that is away is taken for an empty one",
        "consent/erasure/tombstones.py",
        "        raise OutsideStoreAwayError\n",
        "        pass\n",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: an entry that tells nothing is passed over",
        "consent/erasure/replaying.py",
        "            faults.append(error)",
        "            continue",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: who came back later is removed",
        "consent/erasure/replaying.py",
        " and each.first_seen_at < entry.at",
        "",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: only the row's number counts after a restore",
        "consent/erasure/replaying.py",
        "            if stone.digest and stone.subject not in there:",
        "            if not stone.channel:",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: whose own erasure is under way is removed untold",
        "consent/erasure/replaying.py",
        "    people = [each for each in held if each.pk not in theirs]",
        "    people = held",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: a try that came to nothing removes people later",
        "consent/erasure/replaying.py",
        "    forgotten = [entry for entry in entries if entry.erasure not in found]",
        "    forgotten = list(entries)",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: two processes replay at once",
        "consent/erasure/replaying.py",
        '    with turn_of_its_own("erasures replayed"):',
        "    if turn_of_its_own:",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: nobody learns of a replay that was killed at its end",
        "consent/erasure/replaying.py",
        " and not Replay.objects.filter(finished_at=None).exists()",
        "",
        f"{ERASURE}/test_replaying.py",
    ),
    Breakage(
        "erasure: a process serves although erased people may be back",
        "consent/erasure/starting.py",
        "    except ReplayIncompleteError as error:\n        refuse_to_start(",
        "    except ReplayIncompleteError as error:\n        str(",
        f"{ERASURE}/test_restore.py",
    ),
    Breakage(
        "erasure: the web starts on a database that has forgotten",
        "chatbo/wsgi.py",
        "refuse_without_walls()\nreplay_before_serving()",
        "refuse_without_walls()",
        f"{ERASURE}/test_restore.py",
    ),
    Breakage(
        "erasure: worker and schedule start on a database that has forgotten",
        "chatbo/celery.py",
        "    refuse_without_walls()\n    replay_before_serving()",
        "    refuse_without_walls()",
        f"{ERASURE}/test_restore.py",
    ),
)

HOLDS = (
    Breakage(
        "erasure: what is held for a claim goes with the person",
        "consent/erasure/deletion.py",
        "    held = take_held(subjects)\n",
        "    held = take_held([])\n",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: more is held than was named",
        "consent/erasure/holds/taking.py",
        "        chosen &= Q(at__date__gte=hold.since)\n",
        "        pass\n",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: a hold whose day is over still holds",
        "consent/erasure/holds/taking.py",
        "            if hold.ends_on < today:\n",
        "            if not hold.ends_on:\n",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: a hold leads back to a person who is gone",
        "consent/erasure/holds/taking.py",
        "hold.subscriber_id, hold.taken_at = None, timezone.now()",
        "hold.taken_at = timezone.now()",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: a hold never ends",
        "consent/erasure/holds/holding.py",
        "    if not today < ends_on <= latest_date(today):\n",
        "    if not today < ends_on:\n",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: the certificate names another day than the hold's",
        "consent/erasure/certificates.py",
        "        return erasure.claim_until\n",
        "        pass\n",
        f"{ERASURE}/test_holds.py",
    ),
    Breakage(
        "erasure: held records are read unseen",
        "consent/erasure/holds/views.py",
        '    record("hold.read", target=hold)\n',
        "",
        f"{ERASURE}/test_hold_pages.py",
    ),
)

BREAKAGES = (*NEVER_BACK, *HOLDS)
