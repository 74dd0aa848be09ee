"""A request that came by letter, on the person on whom something is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import RightsRequest

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
def fresh(cafe: Any) -> Callable[[RightsRequest], RightsRequest]:
    def as_it_is(request: RightsRequest) -> RightsRequest:
        with cafe.scope():
            return RightsRequest.objects.get(pk=request.pk)

    return as_it_is
