"""The queue's application: it wakes workers up; what must happen stands in the database."""

import gc
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, setup_logging, worker_init
from kombu import Queue

import chatbo.foundation.logs.tasks  # noqa: F401 (its receivers: each task gets its line)
from chatbo.foundation.isolation.starting import refuse_without_walls
from chatbo.foundation.logs import log_uncaught_exceptions
from consent.erasure.never_back.starting import replay_before_serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")

app = Celery("chatbo", task_cls="chatbo.foundation.isolation.leftovers:ScopedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A person's tap never waits behind bulk work. Without keys of their own, each would get every task.
app.conf.task_queues = [Queue(name, routing_key=name) for name in ("taps", "default", "bulk")]
app.conf.task_default_queue = "default"
app.conf.task_routes = {
    "conversation.*": "taps",
    "erasure.carry_out": "taps",
    "erasure.*": "bulk",
    "ledger.export": "bulk",
    "ledger.drop_exports": "bulk",
}

SWEEP_EVERY_SECONDS = 20.0
SEAL_EVERY_SECONDS = 60.0

app.conf.beat_schedule = {
    "sweep": {"task": "sweep", "schedule": SWEEP_EVERY_SECONDS, "options": {"expires": 60}},
    "seal-consents": {
        "task": "ledger.seal",
        "schedule": SEAL_EVERY_SECONDS,
        "options": {"expires": 60},
    },
    # After the ledger was verified: what is deleted then can be compared with nothing any more.
    "end-consents": {
        "task": "ledger.end",
        "schedule": crontab(hour="4", minute="37"),
        "options": {"expires": 3600},
    },
    "verify-consents": {
        "task": "ledger.verify",
        "schedule": crontab(hour="3", minute="37"),
        "options": {"expires": 3600, "queue": "bulk"},
    },
    "drop-tombstones": {
        "task": "erasure.drop_tombstones",
        "schedule": crontab(hour="5", minute="7"),
        "options": {"expires": 3600},
    },
    # After the night's deletions; what it looks for is an hour old at least.
    "scan-for-erased": {
        "task": "erasure.scan",
        "schedule": crontab(hour="5", minute="37"),
        "options": {"expires": 3600},
    },
    "drop-copies-of-data": {
        "task": "person_exports.drop",
        "schedule": crontab(minute="53"),
        "options": {"expires": 3600, "queue": "bulk"},
    },
    "drop-exports": {
        "task": "ledger.drop_exports",
        "schedule": crontab(minute="23"),
        "options": {"expires": 3600, "queue": "bulk"},
    },
    "erase-inactive": {
        "task": "erasure.retain",
        "schedule": crontab(hour="2", minute="7"),
        "options": {"expires": 3600},
    },
    "end-kept": {
        "task": "erasure.end_kept",
        "schedule": crontab(hour="4", minute="53"),
        "options": {"expires": 3600},
    },
    "warn-of-due-erasures": {
        "task": "erasure.warn",
        "schedule": crontab(minute="13"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "warn-of-due-requests": {
        "task": "rights.warn",
        "schedule": crontab(minute="33"),
        "options": {"expires": 3600},
    },
    "forget-log-ins": {
        "task": "accounts.forget_old_sessions",
        "schedule": crontab(hour="3", minute="17"),
        "options": {"expires": 3600},
    },
    "keep-signers-known": {
        "task": "texts.keep_signers_known",
        "schedule": crontab(minute="43"),
        "options": {"expires": 3600},
    },
}


def keep_what_is_loaded() -> None:
    """Take what was loaded at the start out of the collector's sight.

    To look at all of it again takes a tenth of a second, in which rows would stay locked; and the
    workers that are forked go on sharing its memory.
    """
    gc.collect()
    gc.freeze()


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Django's settings have set the logging up; Celery must not do it again."""
    log_uncaught_exceptions()


@worker_init.connect
@beat_init.connect
def look_before_serving(**kwargs: object) -> None:
    """Before the worker forks, and before the schedule calls for the first time."""
    refuse_without_walls()
    replay_before_serving()
    keep_what_is_loaded()
