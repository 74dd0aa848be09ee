"""An owner asks for the end of the business, or takes that back."""

from django.db import transaction

from chatbo.foundation.audit.entries import record
from consent.erasure.leaving.errors import NameDiffersError, NotLeavingError
from consent.erasure.leaving.exporting import ask_for_export, drop_export
from consent.erasure.leaving.models import TenantEnding, TenantExport
from consent.erasure.leaving.telling import tell_asked, tell_cancelled
from tenants.accounts.models import Tenant, User
from tenants.bots.bots import pause_bot
from tenants.bots.channels import want_menu
from tenants.bots.models import Bot, Channel, MenuWatch
from tenants.bots.platforms import Menu

State = TenantEnding.State


@transaction.atomic
def end_tenant(
    tenant: Tenant, *, typed: str, choice: TenantEnding.Choice, by: User, language: str
) -> TenantEnding:
    """Let a business leave, in its scope: at once its bots are silent and only looking is allowed;
    after ``GRACE`` everything goes but what law keeps.

    Until then an owner may take it back (``cancel_ending``) and fetch the file with everything,
    which is made whatever the choice. Asking twice is asking once. Raises ``NameDiffersError``
    where ``typed`` is not the company's name.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if (open_ending := TenantEnding.objects.unfinished().first()) is not None:
        return open_ending
    if _plain(typed) != _plain(tenant.company):
        raise NameDiffersError
    ending = TenantEnding.objects.create(choice=choice, asked_by_id=by.pk, language=language)
    silence(tenant, ending)
    ask_for_export(language=language)
    record("tenant.ending_asked", target=tenant, details={"choice": choice.value})
    tell_asked(tenant, ending)
    wake(ending)
    return ending


@transaction.atomic
def cancel_ending(tenant: Tenant) -> None:
    """Let the business stay, in its scope. Its menus come back; its bots stay paused until somebody
    switches them on again. Raises ``NotLeavingError`` once nothing can be taken back.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    ending = TenantEnding.objects.unfinished().select_for_update().first()
    if ending is None or not ending.may_be_taken_back:
        raise NotLeavingError
    ending.state = State.CANCELLED
    ending.failed_at = None
    ending.finish()
    tenant.leaves_at = None
    tenant.save(update_fields=["leaves_at"])
    for channel in Channel.objects.exclude(state=Channel.State.DISCONNECTED).exclude(menu={}):
        want_menu(channel, Menu(**channel.menu))
    for export in TenantExport.objects.all():
        drop_export(export)
    record("tenant.ending_cancelled", target=tenant)
    tell_cancelled(tenant, ending)


def silence(tenant: Tenant, ending: TenantEnding) -> None:
    """In the tenant's scope: its bots are silent, and only looking is allowed from here on."""
    tenant.leaves_at = ending.ends_at
    tenant.save(update_fields=["leaves_at"])
    for bot in Bot.objects.all():
        pause_bot(bot)
    # Nobody looks after the menus any more: they are taken away (``carrying_out.leave_channels``).
    MenuWatch.objects.all().delete()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def wake(ending: TenantEnding) -> None:
    """Tell the queue, once it is certain. Lost, the sweep finds it."""
    from consent.erasure.leaving.tasks import carry_out

    transaction.on_commit(
        lambda: carry_out.delay(str(ending.tenant_id), str(ending.pk)), robust=True
    )
