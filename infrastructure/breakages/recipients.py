"""Telling a business's own systems who was erased: certain, signed, bounded, and then forgotten."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"
ROOM = "consent/erasure/recipients"
NOTICES = f"{ERASURE}/recipients/test_notices.py"

BREAKAGES = (
    Breakage(
        "erasure: no system is told of one person",
        "consent/erasure/deletion.py",
        "        write_notices(erasure, [subject])\n",
        "",
        NOTICES,
    ),
    Breakage(
        "erasure: no system is told of many",
        "consent/erasure/bulk.py",
        "        write_notices(erasure, going)\n",
        "",
        NOTICES,
    ),
    Breakage(
        "erasure: a notice is larger than receivers take",
        f"{ROOM}/notices.py",
        "MOST_PEOPLE = 100",
        "MOST_PEOPLE = 1000",
        NOTICES,
    ),
    Breakage(
        "erasure: a notice is signed by another clock",
        f"{ROOM}/signing.py",
        "at.astimezone(UTC)",
        "at",
        NOTICES,
    ),
    Breakage(
        "erasure: each try of a notice has an id of its own",
        f"{ROOM}/delivering.py",
        "letter_to(recipient, notice.message_id, notice.body)",
        'letter_to(recipient, notice.message_id[:-3] + f"{notice.attempts:03d}", notice.body)',
        NOTICES,
    ),
    Breakage(
        "erasure: a notice stays when it is taken",
        f"{ROOM}/models.py",
        '        self.body, self.subject_id = "", None\n',
        "",
        NOTICES,
    ),
    Breakage(
        "erasure: a notice is tried for ever",
        f"{ROOM}/delivering.py",
        "    if left <= timedelta():\n",
        "    if False:\n",
        NOTICES,
    ),
    Breakage(
        "erasure: a receiver may have us wait for years",
        f"{ROOM}/delivering.py",
        "min(asked or timedelta(), LONGEST_ASKED)",
        "asked or timedelta()",
        NOTICES,
    ),
    Breakage(
        "erasure: one that says gone is tried on",
        f"{ROOM}/delivering.py",
        "reply.status == GONE",
        "reply.status == 0",
        NOTICES,
    ),
    Breakage(
        "erasure: nobody is told that a system is switched off",
        f"{ROOM}/delivering.py",
        "            tell_switched_off(notice.recipient)\n",
        "            pass\n",
        NOTICES,
    ),
    Breakage(
        "erasure: a system that is down gets every notice",
        f"{ROOM}/delivering.py",
        "        _spare_others(notice, min(pause, OTHERS_WAIT))\n",
        "        pass\n",
        NOTICES,
    ),
    Breakage(
        "erasure: one refused notice holds up all",
        f"{ROOM}/delivering.py",
        "reply.status >= 500",
        "reply.status >= 400",
        NOTICES,
    ),
    Breakage(
        "erasure: a paused system is told all the same",
        f"{ROOM}/delivering.py",
        "recipient.state != Recipient.State.ACTIVE",
        "recipient.state == Recipient.State.GONE",
        NOTICES,
    ),
    Breakage(
        "erasure: a secret of long ago still signs",
        f"{ROOM}/delivering.py",
        "recipient.previous_until and recipient.previous_until > now",
        "recipient.previous_until",
        NOTICES,
    ),
    Breakage(
        "erasure: a notice follows redirects",
        "chatbo/foundation/outbound/guarded.py",
        '            return Reply(response.status, _pause(said.get("retry-after", "")))\n',
        "            status = 204 if response.status in REDIRECTS else response.status\n"
        '            return Reply(status, _pause(said.get("retry-after", "")))\n',
        NOTICES,
    ),
    Breakage(
        "erasure: a system's address lies open",
        f"{ROOM}/models.py",
        "    url = EncryptedTextField()",
        "    url = models.TextField()",
        f"{ERASURE}/recipients/test_recipients.py",
    ),
    Breakage(
        "erasure: any address is taken",
        f"{ROOM}/registering.py",
        "    url = check_address(url)\n",
        "",
        f"{ERASURE}/recipients/test_recipients.py",
    ),
    Breakage(
        "erasure: two at once get past the most",
        f"{ROOM}/registering.py",
        "    Tenant.objects.select_for_update().get(",
        "    Tenant.objects.get(",
        f"{ERASURE}/recipients/test_recipients.py",
    ),
    Breakage(
        "erasure: a secret is shown on every page",
        "templates/consent/erasure/recipients/show.html",
        '<code class="text-break">{{ url }}</code>',
        '<code class="text-break">{{ url }} {{ recipient.secret }}</code>',
        f"{ERASURE}/recipients/test_recipient_pages.py",
    ),
    Breakage(
        "erasure: whoever sits down at an open page gets a secret",
        "tenants/accounts/roles.py",
        '"erasure:renew_secret": use(*PROTECTORS, fresh=True)',
        '"erasure:renew_secret": use(*PROTECTORS)',
        f"{ERASURE}/recipients/test_recipient_pages.py",
    ),
    Breakage(
        "erasure: the database waits for the other side",
        f"{ROOM}/delivering.py",
        "    reply, error = send(letter)\n    with tenant_scope(tenant_id):\n",
        "    with tenant_scope(tenant_id):\n        reply, error = send(letter)\n",
        f"{ERASURE}/recipients/test_recipient_pages.py",
    ),
    Breakage(
        "erasure: the record does not name who is told",
        f"{ROOM}/processing.py",
        "\nname_recipients(recipients_named_by)\n",
        "\n",
        "tests/dpa/passage/test_one_source.py",
    ),
    Breakage(
        "erasure: the passage does not name who is told",
        "dpa/passage/building.py",
        '*([part("passage-recipients")] if passes_on else []),',
        "",
        "tests/dpa/passage/test_one_source.py",
    ),
    Breakage(
        "erasure: what waits for somebody is sent on while they are erased",
        "chatbo/conversation/delivery.py",
        "    return Delivery.objects.filter(",
        "    return True or Delivery.objects.filter(",
        "tests/chatbo/conversation/test_erased_meanwhile.py",
    ),
)
