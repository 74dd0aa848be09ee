"""Forgeries of receipts, and files that make their two checkers fail."""

from infrastructure.breakages.breaking import Breakage

SCRIPT = "static/verify/chatbo-verify.py"
CHECKING = "consent/ledger/checking.py"
FORGED = "tests/consent/ledger/test_forged_receipts.py"
SCREEN = "tests/consent/ledger/test_words_on_the_screen.py"
KEYS = "tests/chatbo/dashboard/test_keys.py"

BREAKAGES = (
    Breakage(
        "verify: the signature on a receipt is believed",
        CHECKING,
        "    if not is_ours:\n",
        "    if False:\n",
        FORGED,
    ),
    Breakage(
        "verify: a receipt without proof or signature is only not sealed yet",
        CHECKING,
        '        if "signature" not in shown:\n            raise NotGenuineError("unproved")\n',
        '        if "signature" not in shown:\n            raise NotGenuineError("not_sealed")\n',
        FORGED,
    ),
    Breakage(
        "verify: of an older receipt all is called covered",
        "consent/ledger/around_proofs.py",
        '    if "signature" in receipt:\n        return ()\n',
        "    return ()\n",
        FORGED,
    ),
    Breakage(
        "verify: words of its own may stand anywhere",
        "consent/ledger/around_proofs.py",
        "name not in sealed and path not in NOT_SEALED",
        "name not in sealed and name not in {each.split(' / ')[-1] for each in NOT_SEALED}",
        FORGED,
    ),
    Breakage(
        "verify: a proof may say more",
        CHECKING,
        "    for name in sorted(set(proof) - _PROOF):\n",
        "    for name in ():\n",
        FORGED,
    ),
    Breakage(
        "verify: letters that do not exist make it fail",
        "consent/ledger/shown_json.py",
        "        json.dumps(shown, ensure_ascii=False).encode()",
        "        pass",
        FORGED,
    ),
    Breakage(
        "verify: base64 is read in two ways",
        CHECKING,
        "    if base64.b64encode(data).decode() != text:\n",
        "    if False:\n",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: the signature on a receipt is believed",
        SCRIPT,
        "        faults += check_signature(receipt, keys)\n",
        "        pass\n",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: what has no proof is genuine",
        SCRIPT,
        "        return UNPROVED\n",
        "        return OK\n",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: a proof may say more",
        SCRIPT,
        '    no_more_than(proof, PROOF, "The proof")\n',
        "",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: what stands around a graph is nothing",
        SCRIPT,
        '    no_more_than(graph, ("@context", "@graph", NOT_AS_RECORDED), "The graph")\n',
        "",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: a terminal obeys the file",
        SCRIPT,
        "    print(printable(text))\n",
        "    print(text)\n",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: nothing in a line is the end of the file",
        SCRIPT,
        "        following = next(lines, NOTHING)\n",
        "        following = next(lines, NOTHING) or NOTHING\n",
        FORGED,
    ),
    Breakage(
        "chatbo-verify: a mark of the byte order is no JSON",
        SCRIPT,
        '    return open(path, encoding="utf-8-sig")\n',
        '    return open(path, encoding="utf-8")\n',
        FORGED,
    ),
    Breakage(
        "receipt: what was not on the screen is shown as what was",
        "consent/ledger/json_ld.py",
        "        if hashlib.sha256(content.encode()).hexdigest() == sha256\n",
        "",
        SCREEN,
    ),
    Breakage(
        "receipt: nobody is told that words are missing",
        "templates/consent/ledger/receipt.html",
        "{% if record.form_sha256 %}",
        "{% if False %}",
        SCREEN,
    ),
    Breakage(
        "keys: one row that is none hides them all",
        CHECKING,
        "    except NoteError:\n        log.error",
        "    except ZeroDivisionError:\n        log.error",
        KEYS,
    ),
    Breakage(
        "keys: growth is proved from any size",
        "consent/ledger/growth.py",
        "    if not {before, size} <= set(notes):\n        return None\n",
        "",
        KEYS,
    ),
    Breakage(
        "keys: growth is proved without end",
        "chatbo/dashboard/keys.py",
        "    if refusal := press_by_hand(request, GROWTH):\n        return refusal\n",
        "",
        KEYS,
    ),
)
