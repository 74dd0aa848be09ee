"""Guards of verifying the ledger, of its sealing and its endings, taken out one by one."""

from infrastructure.breakages.breaking import Breakage

LEDGER = "tests/consent/ledger"
OURS = "consent/ledger/verifying"

BREAKAGES = (
    Breakage(
        "verifying: a record that is missing is nobody's business",
        f"{OURS}/leaves.py",
        '    return "record_was_dropped"',
        '    return ""',
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "verifying: a record in another business's hands is only missing",
        f"{OURS}/leaves.py",
        '        return "record_was_changed"  # It was given to another business.',
        "        pass",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "verifying: anybody's word that a record ended is believed",
        "consent/ledger/ending.py",
        "        return read_ours(note, believed)[1:4] == _about(\n"
        "            leaf.leaf_id, leaf.leaf_position, leaf.leaf_hash\n"
        "        )",
        "        return leaf.leaf_id in note",
        f"{LEDGER}/test_verifying.py",
    ),
    Breakage(
        "verifying: whatever looks due is deleted",
        "consent/ledger/ending.py",
        "    _refuse_false_ones(due, leaves, may_end)\n",
        "",
        f"{LEDGER}/verifying/test_endings.py",
    ),
    Breakage(
        "verifying: what comes back after its end is welcome",
        f"{OURS}/leaves.py",
        '        return "record_was_put_back"',
        "        pass",
        f"{LEDGER}/verifying/test_endings.py",
    ),
    Breakage(
        "verifying: what no key opens stops the looking",
        f"{OURS}/leaves.py",
        "    except UnreadableError:",
        "    except ZeroDivisionError:",
        f"{LEDGER}/verifying/test_words.py",
    ),
    Breakage(
        "verifying: a person is found by another's address",
        f"{OURS}/leaves.py",
        "    return not said or row.person_index in found_by",
        "    return bool(found_by)",
        f"{LEDGER}/verifying/test_words.py",
    ),
    Breakage(
        "verifying: behind a gap nothing is looked at",
        f"{OURS}/leaves.py",
        "            tree.is_whole = False\n",
        "            return\n",
        f"{LEDGER}/verifying/test_tree.py",
    ),
    Breakage(
        "verifying: hashes above the leaves are anything",
        f"{OURS}/tiles.py",
        "            is_right = bool(expected) and bytes(hashes) == bytes(expected)",
        "            is_right = bool(expected)",
        f"{LEDGER}/verifying/test_tree.py",
    ),
    Breakage(
        "verifying: a tile is as long as it likes",
        f"{OURS}/tiles.py",
        "            is_right = length == min(IN_A_TILE, tree.size * HASH - index * IN_A_TILE)",
        "            is_right = True",
        f"{LEDGER}/verifying/test_tree.py",
    ),
    Breakage(
        "verifying: a head that was taken from outside is missed by nobody",
        f"{OURS}/heads.py",
        '            yield Fault("head_is_not_outside", size=head.size)',
        "            pass",
        f"{LEDGER}/verifying/test_tree.py",
    ),
    Breakage(
        "verifying: a head's time is whatever the table says",
        f"{OURS}/heads.py",
        "        if (said.size, said.root, said.at) != does:",
        "        if (said.size, said.root) != does[:2]:",
        f"{LEDGER}/verifying/test_tree.py",
    ),
    Breakage(
        "verifying: what people were shown is what the table says",
        f"{OURS}/words.py",
        "        if hashlib.sha256(form.content.encode()).hexdigest() != form.sha256:",
        "        if not form.content:",
        f"{LEDGER}/verifying/test_words.py",
    ),
    Breakage(
        "verifying: a form that is gone is missed by nobody",
        f"{OURS}/words.py",
        "        if (tenant, sha256) not in stored:",
        "        if not record:",
        f"{LEDGER}/verifying/test_words.py",
    ),
    Breakage(
        "verifying: a text's words are what the table says",
        f"{OURS}/words.py",
        "        if says != version.sha256:",
        "        if not says:",
        f"{LEDGER}/verifying/test_words.py",
    ),
    Breakage(
        "verifying: a genuine record may be kept from the tree",
        f"{OURS}/waiting.py",
        '    return "record_was_held_back" if pending.refused_at else ""',
        '    return ""',
        f"{LEDGER}/verifying/test_waiting.py",
    ),
    Breakage(
        "verifying: one row that was put back stops all sealing",
        "consent/ledger/sealing.py",
        "        if not _refuse_what_is_sealed():\n            raise\n",
        "        raise\n",
        f"{LEDGER}/verifying/test_waiting.py",
    ),
)
