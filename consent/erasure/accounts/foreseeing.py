"""The dry run: what the end of an account would delete and keep."""

from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from consent.erasure.accounts.rows import count_what_goes, count_what_stays
from consent.erasure.policy import kept_under, policy_for
from consent.erasure.words import WhatGoes, counted, kept_by_ground
from tenants.accounts.models import User


def foresee_end(user: User) -> WhatGoes:
    """What would go and what would stay now, in whichever business it lies. Nothing is done."""
    policy = policy_for(User._meta.label)
    with platform_scope("erasure: foresee the end of an account"):
        goes, stays = count_what_goes(user, policy), count_what_stays(user, policy)
    grounds = {model._meta.label: kept for model, kept in kept_under(policy)}
    return WhatGoes(counted(goes), kept_by_ground(stays, grounds, timezone.now()))
