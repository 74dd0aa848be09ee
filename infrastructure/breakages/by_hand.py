"""Requests by hand: nothing goes out or away unchecked, in time, and nobody is named after it."""

from infrastructure.breakages.breaking import Breakage

ROOM = "consent/rights/by_hand"
TESTS = "tests/consent/rights/by_hand"
MIGRATION = "consent/rights/migrations/0001_by_hand.py"

BREAKAGES = (
    Breakage(
        "erasure: by hand: unchecked it is carried out",
        f"{ROOM}/carrying_out.py",
        "    if request.state != State.IN_PROGRESS:\n        raise NotCheckedError\n",
        "",
        f"{TESTS}/test_identity.py",
    ),
    Breakage(
        "erasure: by hand: unchecked the person's page is shown",
        f"{ROOM}/carrying_out.py",
        "    if request.state != State.IN_PROGRESS or person is None",
        "    if person is None",
        f"{TESTS}/test_identity.py",
    ),
    Breakage(
        "erasure: by hand: the database lets somebody begin unchecked",
        MIGRATION,
        '                            ("erasure_id", None),\n',
        '                            ("erasure_id__isnull", False),\n'
        '                            ("erasure_id", None),\n',
        f"{TESTS}/test_identity.py",
    ),
    Breakage(
        "erasure: by hand: a check is noted anew",
        MIGRATION,
        "            OR OLD.identity <> '' AND ROW",
        "            OR OLD.identity = 'none' AND ROW",
        f"{TESTS}/test_identity.py",
    ),
    Breakage(
        "erasure: by hand: a request of another kind erases",
        f"{ROOM}/carrying_out.py",
        "    if request.kind != kind:\n        raise OtherKindError\n",
        "",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: by hand: its erasure begins a month of its own",
        f"{ROOM}/carrying_out.py",
        ", due_at=timezone.make_aware(last_day)",
        "",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: by hand: the notes stay when the person goes",
        f"{ROOM}/models.py",
        "        end=Deleted(),\n",
        '        end=Blanked(fields={"subscriber_id": None}, reason="x"),\n',
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: by hand: an erasure is answered before it is done",
        f"{ROOM}/closing.py",
        "    if request.kind == Kind.ERASURE and person_of(request) is not None:\n"
        "        raise NotCarriedOutError\n",
        "",
        f"{TESTS}/test_closing.py",
    ),
    Breakage(
        "erasure: by hand: what was asked outlives the answer",
        f"{ROOM}/closing.py",
        '    request.particulars.update(asked="")\n',
        "",
        f"{TESTS}/test_closing.py",
    ),
    Breakage(
        "erasure: by hand: whoever is known is refused as unknown",
        f"{ROOM}/closing.py",
        "    if ground == RightsRequest.Ground.UNIDENTIFIED and request.identity:\n"
        "        raise IdentifiedError\n",
        "",
        f"{TESTS}/test_closing.py",
    ),
    Breakage(
        "erasure: by hand: a refusal needs no reason",
        f"{ROOM}/closing.py",
        "    reason = text_of(reason, demanded=True)\n",
        "    reason = text_of(reason)\n",
        f"{TESTS}/test_closing.py",
    ),
    Breakage(
        "erasure: by hand: the database lets a request go any way",
        MIGRATION,
        "            ('open', 'in_progress'), ('open', 'answered')",
        "            ('in_progress', 'open'), ('open', 'in_progress'), ('open', 'answered')",
        f"{TESTS}/test_states.py",
    ),
    Breakage(
        "erasure: by hand: a closed request is changed",
        MIGRATION,
        "            IF NEW IS DISTINCT FROM OLD THEN\n",
        "            IF NEW IS NULL THEN\n",
        f"{TESTS}/test_states.py",
    ),
    Breakage(
        "erasure: by hand: the time is extended twice, or too late",
        f"{ROOM}/models.py",
        "not self.is_closed and self.extended_on is None and self.days_left >= 0",
        "not self.is_closed",
        f"{TESTS}/test_longer.py",
    ),
    Breakage(
        "erasure: by hand: the database lets the time be stretched",
        MIGRATION,
        "                OR NEW.due_on > (OLD.due_on + interval '2 months')::date)\n",
        "                )\n",
        f"{TESTS}/test_longer.py",
    ),
    Breakage(
        "erasure: by hand: the month runs from the day it was entered",
        f"{ROOM}/entering.py",
        "due_on=due_after(received_on)",
        "due_on=due_after(timezone.localdate())",
        f"{TESTS}/test_entering.py",
    ),
    Breakage(
        "erasure: by hand: a day ahead is taken",
        f"{ROOM}/entering.py",
        "    if not since <= day <= timezone.localdate():\n",
        "    if not since <= day:\n",
        f"{TESTS}/test_entering.py",
    ),
    Breakage(
        "erasure: by hand: the business is told each hour",
        f"{ROOM}/warning.py",
        "    request.warned_at = timezone.now()\n",
        "",
        f"{TESTS}/test_due_soon.py",
    ),
    Breakage(
        "erasure: by hand: the proof goes before what the certificate says",
        f"{ROOM}/models.py",
        "        return super().latest(extended_moment(moment))\n",
        "        return super().latest(moment)\n",
        f"{TESTS}/test_kept_as_proof.py",
    ),
    Breakage(
        "erasure: by hand: requests are read unseen",
        f"{ROOM}/views.py",
        '    record("rights_request.read", target=wish)\n',
        "",
        f"{TESTS}/test_request_pages.py",
    ),
    Breakage(
        "erasure: by hand: a locked business answers nobody",
        "tenants/accounts/roles.py",
        '    "requests:erase": use(*PROTECTORS, fresh=True, when_locked=True),',
        '    "requests:erase": use(*PROTECTORS, fresh=True),',
        f"{TESTS}/test_request_pages.py",
    ),
    Breakage(
        "erasure: by hand: a refusal tells nobody how to complain",
        f"{ROOM}/letter.py",
        "        yield shown.refusal_reason\n    yield _complaint()\n",
        "        yield shown.refusal_reason\n",
        f"{TESTS}/test_letters.py",
    ),
)
