"""Holds and restrictions outlive the database: words outside, put back after a restore."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"

BREAKAGES = (
    Breakage(
        "erasure: never back: a hold is set without a word outside",
        "consent/erasure/holds/holding.py",
        "    say_hold(hold, person)\n",
        "",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a hold is extended without a word outside",
        "consent/erasure/holds/holding.py",
        "    say_hold(hold, person or None)\n",
        "",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a hold is released without a word outside",
        "consent/erasure/holds/holding.py",
        "        say_released(found)\n",
        "",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a restriction is set without a word outside",
        "consent/rights/restricting.py",
        "    say_restriction(restriction, subscriber)\n    details",
        "    details",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a restriction is lifted without a word outside",
        "consent/rights/restricting.py",
        "    restriction.finish()\n    say_restriction(restriction, subscriber)\n",
        "    restriction.finish()\n",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: people are erased again before their holds are back",
        "consent/erasure/never_back/replaying.py",
        "        put_back(its_tenant, its_words, entries.get(its_tenant, ()))\n",
        "        pass\n",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: people are erased again while a word cannot be read",
        "consent/erasure/never_back/replaying.py",
        "    if faults_of_words:\n        raise ReplayIncompleteError(faults + faults_of_words)\n",
        "    faults += faults_of_words\n",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a hold keeps what was erased before it was set",
        "consent/erasure/never_back/putting_back.py",
        "someone is None or self._was_erased_before(word, someone)",
        "someone is None",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: who is restricted again is written to",
        "consent/rights/putting_back.py",
        "        call_off_everything(row.subscriber)\n",
        "        pass\n",
        f"{ERASURE}/never_back/test_put_back.py",
    ),
    Breakage(
        "erasure: never back: a word whose transaction failed counts",
        "consent/erasure/never_back/words.py",
        "name for name in found if name + CONFIRMED in found and name not in lasting",
        "name for name in found if not name.endswith(CONFIRMED) and name not in lasting",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: a word is never confirmed",
        "consent/erasure/never_back/words.py",
        "    transaction.on_commit(lambda: _confirm(name, key), robust=True)\n",
        "",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: a word lies there in clear",
        "consent/erasure/never_back/words.py",
        'json.dumps({"key": key, "sealed": sealed})',
        'json.dumps({"key": key, "sealed": sealed, "said": said})',
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: what a dead process had committed is never confirmed",
        "consent/erasure/never_back/words.py",
        "        _confirm(name, _key_of(name))\n",
        "        pass\n",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: a word can be put up again under another name",
        "consent/erasure/never_back/words.py",
        'said["name"] != name or not hmac.compare_digest(confirmation, _confirmation(key, name))',
        "not confirmation",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: a word goes while a backup lacks its row",
        "consent/erasure/never_back/words.py",
        "noted_at__lt=tombstones.oldest_backup()",
        "noted_at__lt=timezone.now()",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: a word that never came true stays for good",
        "consent/erasure/never_back/words.py",
        "        and _said_at(name) < timezone.now() - UNCONFIRMED_FOR\n",
        "        and not name\n",
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: what is put back is put back beside a word that cannot be read",
        "consent/erasure/never_back/replaying.py",
        "    if faults_of_words:\n        raise ReplayIncompleteError(faults + faults_of_words)\n"
        "    for its_tenant, its_words in said.items():\n"
        "        put_back(its_tenant, its_words, entries.get(its_tenant, ()))\n",
        "    for its_tenant, its_words in said.items():\n"
        "        put_back(its_tenant, its_words, entries.get(its_tenant, ()))\n"
        "    if faults_of_words:\n        raise ReplayIncompleteError(faults + faults_of_words)\n",
        f"{ERASURE}/never_back/test_words_in_order.py",
    ),
    Breakage(
        "erasure: never back: one drop that fails holds up the others",
        "consent/erasure/tasks.py",
        '    one_by_one(\n        (\n            ("words confirmed"',
        "    (lambda pieces: [piece() for _name, piece in pieces])(\n        (\n"
        '            ("words confirmed"',
        f"{ERASURE}/never_back/test_words.py",
    ),
    Breakage(
        "erasure: never back: what was said while a process starts is put back as it was before",
        "consent/erasure/never_back/putting_back.py",
        "not words.is_known_or_older(last.name) and kind",
        "kind",
        f"{ERASURE}/never_back/test_words_in_order.py",
    ),
    Breakage(
        "erasure: never back: the words about a restriction outlive the erasure of the person",
        "consent/erasure/deletion.py",
        "    forget_what_is_gone(said)\n",
        "",
        f"{ERASURE}/never_back/test_words_forgotten.py",
    ),
    Breakage(
        "erasure: never back: where all of whom was spoken are erased, the store counts as away",
        "consent/erasure/never_back/words.py",
        " and not _is_anything_put_up()",
        "",
        f"{ERASURE}/never_back/test_words_forgotten.py",
    ),
    Breakage(
        "erasure: never back: of what an older release ordered no word is ever said",
        "consent/erasure/tasks.py",
        '            ("words said", say_what_was_not_said),\n',
        "",
        f"{ERASURE}/never_back/test_saying_later.py",
    ),
)
