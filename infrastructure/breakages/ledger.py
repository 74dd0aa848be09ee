"""The ledger: what is sealed, signed, deleted, and found when it was changed."""

from infrastructure.breakages.breaking import Breakage

LEDGER = "tests/consent/ledger"

BREAKAGES = (
    Breakage(
        "ledger: sealing goes on from the highest id",
        "consent/ledger/sealing.py",
        "PendingLeaf.objects.filter(refused_at=None)",
        "PendingLeaf.objects.filter(refused_at=None).exclude("
        'pk__lt=PendingLeaf._meta.apps.get_model("ledger.Leaf").objects.order_by("-pk").values("pk")[:1]'
        ")",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: a column is left out of the hash",
        "consent/ledger/leaves.py",
        '        "network": record.network,\n',
        "",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "ledger: what was put in past the product is sealed",
        "consent/ledger/sealing.py",
        "proof=bytes(each.proof))",
        "proof=bytes(each.proof)) or True",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: a number is believed to be one business's alone",
        "consent/ledger/sealing.py",
        "WHERE waiting.tenant_id = placed.tenant_id AND waiting.id = placed.id",
        "WHERE waiting.id = placed.id",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: an older copy grows a second tree",
        "consent/ledger/sealing.py",
        "    _refuse_older_copy()\n    sealed = 0",
        "    sealed = 0",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "ledger: a rewritten tree is signed anew",
        "consent/ledger/sealing.py",
        '        raise LedgerBrokenError("root_differs")',
        "        pass",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "ledger: any key in the database is believed",
        "chatbo/foundation/signing.py",
        "    return kept | _ring()",
        "    from consent.ledger.models import PublishedKey\n"
        "    kept |= {parse_key(each.key).public for each in PublishedKey.objects.all()}\n"
        "    return kept | _ring()",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "ledger: a key in the database gets published",
        "consent/ledger/heads.py",
        "    keep_keys()\n",
        "    from chatbo.foundation.signed_notes import parse_key\n"
        "    for each in PublishedKey.objects.all():\n"
        '        outside.put(f"keys/{parse_key(each.key).number.hex()}", each.key)\n',
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "ledger: what was signed for something else is a head",
        "consent/ledger/heads.py",
        "    if not name.endswith(_LEDGER):",
        "    if not name:",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: a record is hashed with an identity that is not the person's",
        "consent/ledger/recording.py",
        'needed = "FROM made" if "made" in dict(rows) else ""',
        'needed = ""',
        f"{LEDGER}/test_recording_at_once.py",
    ),
    Breakage(
        "ledger: every record may be deleted",
        "consent/ledger/migrations/0004_tree.py",
        "    REVOKE DELETE ON ledger_consentrecord FROM chatbo_app, chatbo_platform;\n",
        "",
        f"{LEDGER}/test_ending.py",
        migrate_looks=False,
    ),
    Breakage(
        "ledger: a tile is written over",
        "consent/ledger/migrations/0004_tree.py",
        "            OR substring(NEW.hashes FOR length(OLD.hashes)) <> OLD.hashes\n",
        "",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: what is kept outside is written over",
        "chatbo/foundation/outside.py",
        "            raise AlreadySaidError(name) from None",
        "            part.replace(place)",
        f"{LEDGER}/test_sealing.py",
    ),
    Breakage(
        "ledger: a proof that is too long is no fault",
        "consent/ledger/merkle.py",
        "    return last == 0 and found == root",
        "    return found == root",
        f"{LEDGER}/test_merkle.py",
    ),
    Breakage(
        "ledger: a network address is kept whatever the business chose",
        "consent/ledger/network.py",
        '        return ""\n    return in_full',
        "        pass\n    return in_full",
        f"{LEDGER}/test_network.py",
    ),
    Breakage(
        "ledger: a business decides on ChatBo's own records as well",
        "consent/ledger/network.py",
        "    if controller == ConsentRecord.Controller.PLATFORM:",
        "    if controller != controller:",
        f"{LEDGER}/test_network.py",
    ),
    Breakage(
        "ledger: a business is asked where there is no address",
        "consent/ledger/network.py",
        '    if not address:\n        return ""\n',
        "",
        f"{LEDGER}/test_network.py",
    ),
    Breakage(
        "ledger: a zone is kept as a part of an address",
        "chatbo/foundation/network.py",
        'ipaddress.ip_address(text.partition("%")[0])',
        "ipaddress.ip_address(text)",
        f"{LEDGER}/test_network.py",
    ),
    Breakage(
        "ledger: who is erased still agrees",
        "consent/erasure/deletion.py",
        "        withdraw_by_erasure(",
        "        dict(person=",
        "tests/consent/erasure/test_withdrawal.py",
    ),
    Breakage(
        "ledger: an erasure withdraws what was refused",
        "consent/ledger/withdrawing.py",
        "        for given in standing_now(identity.subject_id)\n"
        "        if given.decision == Decision.GRANTED\n",
        "        for given in standing_now(identity.subject_id)\n",
        "tests/consent/erasure/test_withdrawal.py",
    ),
    Breakage(
        "ledger: an erasure withdraws before a clock that is ahead",
        "consent/ledger/withdrawing.py",
        "given_at=max(timezone.now(), given.given_at + timedelta(microseconds=1)),",
        "given_at=timezone.now(),",
        "tests/consent/erasure/test_withdrawal.py",
    ),
    Breakage(
        "ledger: what no key opens holds up an erasure",
        "consent/ledger/withdrawing.py",
        '.update(identifier="")',
        ".exists()",
        "tests/consent/erasure/test_withdrawal.py",
    ),
    Breakage(
        "ledger: an erasure counts what was set right",
        "consent/ledger/standing.py",
        " if record.pk not in corrected}",
        "}",
        "tests/consent/erasure/test_withdrawal.py",
    ),
    Breakage(
        "ledger: weeks: what was corrected counts",
        "consent/ledger/weeks.py",
        "counted[bisect_right(ends, given_at), decision] -= 1",
        "pass",
        f"{LEDGER}/test_weeks.py",
    ),
    Breakage(
        "ledger: weeks: they begin in Greenwich",
        "consent/ledger/weeks.py",
        "return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))",
        "return datetime.datetime.combine(day, datetime.time.min, tzinfo=datetime.UTC)",
        f"{LEDGER}/test_weeks.py",
    ),
    Breakage(
        "ledger: weeks: the page's filter is not asked",
        "consent/ledger/week_views.py",
        "        asked.records,",
        "        type(asked.records)(asked.records.model),",
        f"{LEDGER}/test_week_pages.py",
    ),
    Breakage(
        "ledger: weeks: a search leaves no trace",
        "consent/ledger/week_views.py",
        "    if asked.words:\n",
        "    if False:\n",
        f"{LEDGER}/test_week_pages.py",
    ),
    Breakage(
        "ledger: weeks: one beside a million is not drawn",
        "consent/ledger/week_charts.py",
        "max(round(number / top * (BASE - TOP)), 2)",
        "round(number / top * (BASE - TOP))",
        f"{LEDGER}/test_weeks.py",
    ),
)
