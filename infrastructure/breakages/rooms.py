"""The rooms: bots, erasure, seals, pages."""

from infrastructure.breakages.breaking import Breakage

BREAKAGES = (
    Breakage(
        "menu: unsubscribe missing",
        "tenants/bots/platforms/messenger.py",
        '"payload": payloads.UNSUBSCRIBE,',
        '"payload": "help",',
        "tests/tenants/bots",
    ),
    Breakage(
        "webhook: any signature will do",
        "chatbo/conversation/webhooks.py",
        "hmac.compare_digest(",
        "any((True,)) or hmac.compare_digest(",
        "tests/chatbo/conversation/test_webhooks.py",
    ),
    Breakage(
        "erasure: rows left behind",
        "consent/erasure/rows.py",
        "    yield label, (text, values)\n",
        '    yield label, (f"{text} AND false", values)\n',
        "tests/consent/erasure",
    ),
    Breakage(
        "erasure: told before it is done",
        "consent/erasure/tasks.py",
        "    with tenant_scope(tenant_id):\n        delete_subject(erasure)",
        "    _tell(tenant_id, erasure)\n"
        "    with tenant_scope(tenant_id):\n        delete_subject(erasure)",
        "tests/consent/erasure",
    ),
    Breakage(
        "erasure: unforeseen: what nobody thought of is noted nowhere",
        "consent/erasure/tasks.py",
        "    except Exception as error:\n        _put_off(erasure, error)\n        raise\n    if",
        "    except OSError as error:\n        _put_off(erasure, error)\n        raise\n    if",
        "tests/consent/erasure/test_unforeseen.py",
    ),
    Breakage(
        "erasure: unforeseen: while files stay the address does too",
        "consent/erasure/tasks.py",
        '            row.address = row.subject_index = ""\n',
        "            pass\n",
        "tests/consent/erasure/test_unforeseen.py",
    ),
    Breakage(
        "erasure: unforeseen: without a text the address waits for good",
        "consent/erasure/tasks.py",
        "    if _is_too_late_to_tell(erasure):\n",
        "    if False:\n",
        "tests/consent/erasure/test_unforeseen.py",
    ),
    Breakage(
        "seal: other bytes are signed",
        "chatbo/foundation/documents/seal.py",
        "self._key.sign(data, ec",
        'self._key.sign(data + b" ", ec',
        "tests/foundation/documents/test_seal.py",
    ),
    Breakage(
        "seal: whatever may be added afterwards",
        "chatbo/foundation/documents/seal.py",
        "certify=not any(filled.values())",
        "certify=False",
        "tests/foundation/documents/test_verify.py",
    ),
    Breakage(
        "pages: a query for each row of a list",
        "consent/embeds/views.py",
        '{"tools": Tool.objects.select_related("bot"), ',
        '{"tools": Tool.objects.all(), ',
        "tests/chatbo/test_query_counts.py",
    ),
)
