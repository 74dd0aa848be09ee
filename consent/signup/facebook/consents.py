"""The consent to storage at Facebook, of somebody who has an account."""

import uuid
from datetime import datetime

from django.db import transaction

from chatbo.foundation.isolation import tenant_scope, user_scope
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.ledger.standing import standing_now
from consent.signup.shown import as_label, behind
from consent.texts.models import TextVersion
from tenants.accounts.models import Membership, User


@transaction.atomic
def keep_third_party_consent(
    user: User, *, text_id: uuid.UUID, shown_at: datetime, network: str
) -> None:
    """Record what was ticked before this log-in, unless the same consent stands already."""
    with user_scope(user.pk):
        membership = Membership.objects.filter(user=user).order_by("created_at").first()
    if membership is None:
        return  # Facebook is linked at sign-up only, and that makes a business.
    with tenant_scope(membership.tenant_id):
        stands = any(
            standing.purpose == ConsentRecord.Purpose.THIRD_PARTY
            and standing.decision == ConsentRecord.Decision.GRANTED
            and standing.text_version_id == text_id
            for standing in standing_now(user.pk)
        )
        if not stands:
            text = TextVersion.objects.get(pk=text_id)
            record_consent(
                text,
                purpose=ConsentRecord.Purpose.THIRD_PARTY,
                decision=ConsentRecord.Decision.GRANTED,
                source=ConsentRecord.Source.SIGNUP,
                controller=ConsentRecord.Controller.PLATFORM,
                way=ConsentRecord.Way.TICK,
                form=as_label(text, behind([text], then=shown_at)),
                place="/accounts/facebook/login/",
                person_id=user.pk,
                identifier=user.email,
                network=network,
                shown_at=shown_at,
            )
