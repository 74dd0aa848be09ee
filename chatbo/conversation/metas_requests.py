"""Taking in what Meta tells ChatBo of a person. Carrying it out: ``passing_on``."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from chatbo.conversation.signatures import SignedRequest
from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import blind_index, blind_indexes
from chatbo.foundation.turns import wait_for_turn
from consent.erasure.policy import policy_for
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import one_month_after
from tenants.bots.models import Subscriber

Origin = ErasureRequest.Origin
ALIKE = {
    Origin.DELETION: (Origin.DELETION, Origin.IMPORTED),
    Origin.IMPORTED: (Origin.DELETION, Origin.IMPORTED),
    Origin.DEAUTHORIZATION: (Origin.DEAUTHORIZATION,),
}
"""What asks for the same."""


@transaction.atomic
def take_in_callback(said: SignedRequest, *, origin: ErasureRequest.Origin) -> ErasureRequest:
    """Record what Meta has signed, and start once that is certain.

    The very same words are one request for ever: whoever sends them again gets its code, and
    nobody who came back meanwhile is erased by an old letter. Other words on a person about whom
    one is being carried out are that one.
    """
    _one_at_a_time(said.user_id)
    same = ErasureRequest.objects.filter(
        origin=origin, signed_index__in=blind_indexes(said.words, purpose="signed-request")
    ).first()
    if known := same or _under_way(said.user_id, origin):
        return known
    signed_index = blind_index(said.words, purpose="signed-request")
    request = _recorded(said.user_id, origin, signed_index=signed_index)
    _wake([request])
    return request


@transaction.atomic
def take_in_numbers(app_scoped_ids: Collection[str]) -> int:
    """Record what Meta's list of missed requests names, all or none; says how many are new."""
    new = []
    # In one order, so that two lists at once never wait for each other.
    for app_scoped_id in sorted(set(app_scoped_ids)):
        _one_at_a_time(app_scoped_id)
        if _under_way(app_scoped_id, Origin.IMPORTED) is None:
            new.append(_recorded(app_scoped_id, Origin.IMPORTED))
    _wake(new)
    return len(new)


@transaction.atomic
def hurry_request(request: ErasureRequest) -> None:
    """Have a request that waits for its next try be tried now. One that is done stays so."""
    waiting = ErasureRequest.objects.unfinished().filter(pk=request.pk)
    if waiting.update(not_before=timezone.now(), failed_at=None):
        record("erasure_request.hurried", target=request)
        _wake([request])


@transaction.atomic
def close_request(request: ErasureRequest) -> bool:
    """End a request whose number Meta does not know; whether there was one to end.

    For a person to decide: Meta answers the same where it only forbids us to ask.
    """
    waiting = ErasureRequest.objects.failing().filter(pk=request.pk).select_for_update().first()
    if waiting is None:
        return False
    waiting.state = ErasureRequest.State.CLOSED
    waiting.app_scoped_id = ""
    waiting.finish()
    record("erasure_request.closed", target=waiting)
    return True


def _one_at_a_time(app_scoped_id: str) -> None:
    wait_for_turn("request through Meta", blind_index(app_scoped_id, purpose="meta-person"))


def _under_way(app_scoped_id: str, origin: ErasureRequest.Origin) -> ErasureRequest | None:
    return ErasureRequest.objects.about(app_scoped_id).filter(origin__in=ALIKE[origin]).first()


def _recorded(
    app_scoped_id: str, origin: ErasureRequest.Origin, *, signed_index: str = ""
) -> ErasureRequest:
    request = ErasureRequest.objects.create(
        origin=origin,
        app_scoped_id=app_scoped_id,
        signed_index=signed_index,
        policy=policy_for(Subscriber._meta.label),
        due_at=one_month_after(timezone.now()),
    )
    record("erasure_request.taken_in", target=request, details={"origin": origin})
    return request


def _wake(requests: Collection[ErasureRequest]) -> None:
    """The first call that fails ends it: a dead Redis costs one time-out, not five hundred."""
    from chatbo.conversation.tasks import carry_out_request

    def call() -> None:
        tenant_id = ""  # No tenant's: Meta asked ChatBo.
        for request in requests:
            carry_out_request.delay(tenant_id, str(request.pk))

    # Robust: the rows are the promise. With Redis away, the sweep finds them.
    transaction.on_commit(call, robust=True)
