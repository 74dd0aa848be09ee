"""A job is done by one worker at a time, and by another one when that one dies."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation.jobs.sweep import sweep
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for


@pytest.fixture
def job(cafe):
    with cafe.scope():
        yield Erasure.objects.create(
            policy=policy_for("bots.Subscriber"),
            origin=Erasure.Origin.BOT,
            subject_id=cafe.tenant.pk,
            channel_id=cafe.tenant.pk,
            due_at=timezone.now(),
        )


def test_of_two_workers_one_gets_the_job(job):
    assert Erasure.objects.claim(job.pk) == job
    assert Erasure.objects.claim(job.pk) is None


def test_a_dead_workers_job_goes_to_another_when_its_lease_has_run_out(job):
    Erasure.objects.claim(job.pk)

    with time_machine.travel(timezone.now() + Erasure.LEASE + timedelta(seconds=1)):
        assert Erasure.objects.claim(job.pk).attempts == 2


def test_a_finished_job_is_never_claimed_again(job):
    job.finish()

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert Erasure.objects.claim(job.pk) is None


def test_a_failed_job_waits_longer_each_time(job):
    pauses = []
    for attempt in (1, 2, 3):
        job.attempts = attempt
        pauses.append((job.try_again("Timeout") - timezone.now()).total_seconds())

    assert [round(pause) for pause in pauses] == [2, 4, 8]
    assert Erasure.objects.claim(job.pk) is None


def test_the_sweep_calls_for_every_due_job_of_every_tenant(cafe, dentist, queue):
    for business in (cafe, dentist):
        with business.scope():
            Erasure.objects.create(
                policy=policy_for("bots.Subscriber"),
                origin=Erasure.Origin.BOT,
                subject_id=business.tenant.pk,
                channel_id=business.tenant.pk,
                due_at=timezone.now(),
            )

    sweep()

    woken = {call[1] for call in queue if call[0] == "erasure.carry_out"}
    assert woken == {str(cafe.tenant.pk), str(dentist.tenant.pk)}


def test_a_claim_holds_until_the_next_one_and_not_past_the_end(job):
    claimed = Erasure.objects.claim(job.pk)
    assert Erasure.objects.in_hands_of(claimed).get() == job

    with time_machine.travel(timezone.now() + Erasure.LEASE + timedelta(seconds=1)):
        again = Erasure.objects.claim(job.pk)
    assert not Erasure.objects.in_hands_of(claimed).exists()

    again.finish()
    assert not Erasure.objects.in_hands_of(again).exists()
