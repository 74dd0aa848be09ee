"""From the tap that says "yes, erase me" to the last message, with everything deleted between.

Baseline: a message to its answer, for the same person, just before. Both go through webhook,
queue, worker and platform, so what differs is the erasure.
"""

import uuid

from benchmarks.figures import Figure
from benchmarks.running import Demo
from tenants.bots import payloads

TIMES = 40
QUESTION = "Gibt es am Sonntag Kuchen?"


def measure(demo: Demo) -> Figure:
    ours, theirs = [], []
    for number in range(TIMES):
        person = demo.someone(f"Gast {number} des Vergleichs")
        person.write(QUESTION)
        person.wait_for(2)  # the notice and the answer
        theirs.append(person.seconds_until_told({"message": _message(QUESTION)}))
        person.seconds_until_told({"postback": _tap(payloads.UNSUBSCRIBE)})
        ours.append(person.seconds_until_told({"postback": _tap(payloads.ERASE)}))
    return Figure("tap to told", ours, "a message to its answer", theirs)


def _message(text: str) -> dict[str, str]:
    return {"mid": f"m-{uuid.uuid4()}", "text": text}


def _tap(payload: str) -> dict[str, str]:
    return {"mid": f"m-{uuid.uuid4()}", "title": "Tap", "payload": payload}
