"""Each task is in one queue, and people's taps have theirs to themselves."""

from chatbo.celery import app


def queues_that_get(task: str) -> list[str]:
    """As the broker delivers: to every queue that is bound to the exchange by that key."""
    chosen = app.amqp.router.route({}, task)["queue"]
    address = (chosen.exchange.name, chosen.routing_key)
    return [
        name
        for name, queue in app.amqp.queues.items()
        if (queue.exchange.name, queue.routing_key) == address
    ]


def test_a_tap_waits_behind_nothing_else() -> None:
    assert queues_that_get("conversation.handle_event") == ["taps"]
    assert queues_that_get("erasure.carry_out") == ["taps"]


def test_other_tasks_wait_elsewhere() -> None:
    assert queues_that_get("mail.send") == ["default"]
    assert queues_that_get("contracts.seal") == ["default"]
