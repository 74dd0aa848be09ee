"""An erasure that is killed, or at which several are: one effect, and the person is told."""

from infrastructure.breakages.breaking import Breakage

KILLED = "tests/consent/erasure/test_killed.py"
FORGETTING = "tests/chatbo/conversation/test_forgetting.py"

BREAKAGES = (
    Breakage(
        "erasure: killed: after the deletion nobody is told",
        "consent/erasure/tasks.py",
        "    with tenant_scope(tenant_id):\n        delete_subject(erasure)\n",
        "    with tenant_scope(tenant_id):\n        delete_subject(erasure)\n"
        "        erasure.finished_at = timezone.now()\n"
        '        erasure.save(update_fields=["finished_at"])\n',
        KILLED,
    ),
    Breakage(
        "erasure: killed: the person is told before the deletion is committed",
        "consent/erasure/tasks.py",
        "        if erasure.state == Erasure.State.REQUESTED:\n            _delete_one(",
        "        _tell(tenant_id, erasure)\n"
        "        if erasure.state == Erasure.State.REQUESTED:\n            _delete_one(",
        KILLED,
    ),
    Breakage(
        "erasure: killed: the files of a dead worker stay",
        "consent/erasure/tasks.py",
        "            _delete_one(tenant_id, erasure)\n        _remove_files(erasure)\n",
        "            _delete_one(tenant_id, erasure)\n            _remove_files(erasure)\n",
        KILLED,
    ),
    Breakage(
        "erasure: killed: two at once delete and count twice",
        "consent/erasure/deletion.py",
        "    if locked.state != Erasure.State.REQUESTED:\n",
        "    if locked is None:\n",
        KILLED,
    ),
    Breakage(
        "erasure: killed: nobody looks for what a dead worker left",
        "consent/erasure/tasks.py",
        "sweep_up(Erasure, carry_out)\n",
        "",
        KILLED,
    ),
    Breakage(
        "erasure: killed: another takes up what somebody is at still",
        "chatbo/foundation/jobs/models.py",
        "            Q(lease_until=None) | Q(lease_until__lt=now), not_before__lte=now",
        "            not_before__lte=now",
        KILLED,
    ),
    Breakage(
        "erasure: killed: who lost the lease tells the person once more",
        "consent/erasure/tasks.py",
        "    if _is_held(erasure):\n",
        "    if True:\n",
        KILLED,
    ),
    Breakage(
        "erasure: killed: what was written meanwhile brings the person back",
        "consent/erasure/tasks.py",
        "        end_what_came_late(erasure)\n",
        "",
        KILLED,
    ),
    Breakage(
        "erasure: killed: a late message is answered while the erasure is under way",
        "chatbo/conversation/handling.py",
        "    if erasure is not None or not event.payload:\n",
        "    if not event.payload:\n",
        KILLED,
    ),
    Breakage(
        "erasure: killed: a delivery that is repeated counts again",
        "chatbo/conversation/intake.py",
        'blind_index(f"{channel_id}:{event.event_id}", purpose="event"),',
        'blind_index(f"{new_id()}:{event.event_id}", purpose="event"),',
        KILLED,
    ),
    Breakage(
        "erasure: after a restore somebody comes back by what waits to be answered",
        "consent/erasure/never_back/replaying.py",
        "            drop_what_waits(Erased(forgotten))\n",
        "            pass\n",
        FORGETTING,
    ),
    Breakage(
        "erasure: after a restore who wrote again later is not answered",
        "consent/erasure/never_back/waiting.py",
        "any(before < of_channel[each] for each in digests if each in of_channel)",
        "any(each in of_channel for each in digests)",
        FORGETTING,
    ),
    Breakage(
        "erasure: after a restore a message that was delivered late brings somebody back",
        "chatbo/conversation/forgetting.py",
        "min(event.happened_at, event.created_at)",
        "event.created_at",
        FORGETTING,
    ),
    Breakage(
        "erasure: after a restore what no key opens lets nothing else be found",
        "chatbo/conversation/forgetting.py",
        'text_or(event, "payload", "")',
        "event.payload",
        FORGETTING,
    ),
)
