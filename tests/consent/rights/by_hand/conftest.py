"""A request that came by letter, on the person on whom something is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from consent.erasure.models import PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import Restriction, RightsRequest
from consent.rights.rectifying import add_statement
from consent.rights.restricting import restrict
from tests.visitors import visitor

Enter = Callable[..., RightsRequest]


@pytest.fixture
def enter(cafe: Any, person: Any) -> Enter:
    """Enter one on the person, or on whom is said; ``checked``: it is known who asked."""

    def entering(*, checked: bool = False, **more: Any) -> RightsRequest:
        wish = {
            "kind": RightsRequest.Kind.ERASURE,
            "way": RightsRequest.Way.LETTER,
            "received_on": timezone.localdate(),
            "subscriber_id": person.subscriber.pk,
            "asked": "Please delete me",
            "contact": "Rosenweg 4",
        }
        with cafe.scope():
            request = enter_request(**{**wish, **more})
            if checked:
                request = check_identity(
                    request,
                    identity=RightsRequest.Identity.CALLED_BACK,
                    on=timezone.localdate(),
                    by=cafe.owner,
                    note="knew the order",
                )
        return request

    return entering


@pytest.fixture
def carry_out(cafe: Any, person: Any, queue: Any) -> Callable[[RightsRequest.Kind], None]:
    """Do on the person what a request of this kind asks for, where ChatBo has it done."""
    page = f"/app/{cafe.tenant.slug}/erasures/people/{person.subscriber.pk}/"

    def doing(kind: RightsRequest.Kind) -> None:
        if kind == RightsRequest.Kind.ACCESS:
            with cafe.scope():
                copy = ask_for_data_of(
                    person.subscriber, way=PersonExport.Way.DOWNLOAD, user=cafe.owner
                )
            make_and_tell(str(cafe.tenant.pk), str(copy.pk))
            answer = visitor(cafe.owner).get(f"{page}copies/copy.zip")
            assert b"".join(answer.streaming_content)
            return
        with cafe.scope():
            if kind == RightsRequest.Kind.RECTIFICATION:
                add_statement(person.subscriber, "I was never there", by=cafe.owner)
            else:
                restrict(person.subscriber, ground=Restriction.Ground.OBJECTION, by=cafe.owner)

    return doing


@pytest.fixture
def fresh(cafe: Any) -> Callable[[RightsRequest], RightsRequest]:
    def as_it_is(request: RightsRequest) -> RightsRequest:
        with cafe.scope():
            return RightsRequest.objects.get(pk=request.pk)

    return as_it_is
