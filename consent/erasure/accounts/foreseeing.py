"""The dry run: what the end of an account would delete and keep, and certificates in words."""

from dataclasses import dataclass

from django.apps import apps
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext

from chatbo.foundation.isolation import platform_scope
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.rows import count_what_goes, count_what_stays
from consent.erasure.facts import KeptInWords
from consent.erasure.leaving.words import counted, kind_of_table
from consent.erasure.policy import kept_under, policy_for
from tenants.accounts.models import User


@dataclass(frozen=True)
class Foreseen:
    """In the current language: kinds of rows and their numbers."""

    deleted: list[tuple[str, int]]
    kept: list[KeptInWords]


def foresee_end(user: User) -> Foreseen:
    """What would go and what would stay now, in whichever business it lies. Nothing is done."""
    policy = policy_for(User._meta.label)
    with platform_scope("erasure: foresee the end of an account"):
        goes, stays = count_what_goes(user, policy), count_what_stays(user, policy)
    kept = {model._meta.label: (model, ground) for model, ground in kept_under(policy)}
    return Foreseen(
        counted(goes),
        [
            KeptInWords(
                what=kind_of_table(kept[label][0]),
                count=count,
                ground=str(kept[label][1].ground),
                law=str(kept[label][1].law),
                until=kept[label][1].until.latest(timezone.now()),
            )
            for label, count in stays.items()
        ],
    )


def certified(ending: AccountEnding) -> Foreseen:
    """The same of an account that has ended, as its certificate says."""
    said = (ending.certificate or {})["certificate"]
    return Foreseen(
        counted(said["deleted"]),
        [
            KeptInWords(
                what=kind_of_table(apps.get_model(each["what"])),
                count=each["count"],
                ground=gettext(each["ground"]),
                law=gettext(each["law"]),
                until=parse_date(each["until"]) or timezone.localdate(),
            )
            for each in said["kept"]
        ],
    )
