"""An owner lets the business leave, or takes that back; until its day nothing is lost."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.leaving.asking import cancel_ending, end_tenant
from consent.erasure.leaving.errors import NameDiffersError, NotLeavingError
from consent.erasure.leaving.models import GRACE, TenantEnding, TenantExport
from tenants.accounts.models import Tenant
from tenants.bots.bots import answers_everybody, create_bot
from tenants.bots.models import Bot, MenuWatch
from tests.conftest import Business

from .conftest import ask

State = TenantEnding.State


@pytest.fixture
def bot(cafe: Business) -> Bot:
    with cafe.scope():
        made = create_bot(name="Frieda")
        Bot.objects.update(state=Bot.State.LIVE)
        made.refresh_from_db()
    return made


def test_its_bots_fall_silent_and_its_members_are_told(
    cafe: Business, dentist: Business, bot: Bot, queue
) -> None:
    viewer = cafe.member("viewer")

    ending = ask(cafe)

    with cafe.scope():
        bot.refresh_from_db()
        assert (bot.state, answers_everybody(bot)) == (Bot.State.PAUSED, False)
        told = set(OutgoingMail.objects.values_list("recipient_index", flat=True))
        assert told == {cafe.owner.mail_index, viewer.mail_index}
        assert TenantExport.objects.get().state == TenantExport.State.ASKED
        left = Tenant.objects.get(pk=cafe.tenant.pk)
        assert left.leaves_at == ending.ends_at
        assert left.is_closed
    assert abs(ending.ends_at - timezone.now() - GRACE).total_seconds() < 60
    with dentist.scope():
        assert not Tenant.objects.get(pk=dentist.tenant.pk).is_closed


def test_even_a_bot_that_somebody_switched_on_again_is_silent(cafe: Business, bot: Bot) -> None:
    ask(cafe)

    with cafe.scope():
        Bot.objects.update(state=Bot.State.LIVE)
        bot.refresh_from_db()
        assert not answers_everybody(bot)


def test_asking_twice_is_asking_once(cafe: Business, queue) -> None:
    assert ask(cafe) == ask(cafe, TenantEnding.Choice.DELETION)

    with cafe.scope():
        assert TenantEnding.objects.get().choice == TenantEnding.Choice.RETURN


@pytest.mark.parametrize("typed", ["", "Café", "Zahnarzt Linde", "Café Morgenrot" * 1000])
def test_who_does_not_type_the_name_changes_nothing(cafe: Business, bot: Bot, typed: str) -> None:
    with cafe.scope(), pytest.raises(NameDiffersError):
        end_tenant(
            cafe.tenant,
            typed=typed,
            choice=TenantEnding.Choice.RETURN,
            by=cafe.owner,
            language="de",
        )

    with cafe.scope():
        bot.refresh_from_db()
        assert (bot.state, TenantEnding.objects.count()) == (Bot.State.LIVE, 0)


def test_it_can_be_taken_back_until_it_has_begun(cafe: Business, bot: Bot, queue) -> None:
    ask(cafe)

    with cafe.scope():
        cancel_ending(cafe.tenant)

        assert TenantEnding.objects.get().state == State.CANCELLED
        assert Tenant.objects.get(pk=cafe.tenant.pk).leaves_at is None
        assert not TenantExport.objects.exists()
        bot.refresh_from_db()
        assert bot.state == Bot.State.PAUSED, "nobody is answered before somebody says so"
        with pytest.raises(NotLeavingError):
            cancel_ending(cafe.tenant)
    assert ask(cafe).state == State.WAITING


def test_the_neighbour_cannot_take_it_back(cafe: Business, dentist: Business) -> None:
    ask(cafe)

    with dentist.scope(), pytest.raises(NotLeavingError):
        cancel_ending(dentist.tenant)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE erasure_tenantending SET ends_at = now() - interval '1 day'",
        "UPDATE erasure_tenantending SET state = 'under_way'",
        "UPDATE erasure_tenantending SET state = 'done'",
    ],
)
def test_the_database_lets_nobody_shorten_the_grace(cafe: Business, change: str) -> None:
    ask(cafe)

    with (
        cafe.scope(),
        pytest.raises(DatabaseError, match="takes its course"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.parametrize("more", [{"ends_at": timezone.now()}, {"state": State.UNDER_WAY}])
def test_the_database_takes_no_ending_that_is_over_at_once(cafe: Business, more) -> None:
    with cafe.scope(), pytest.raises(DatabaseError, match="thirty days"), transaction.atomic():
        TenantEnding.objects.create(choice="deletion", language="de", **more)


def test_no_menu_is_looked_after_any_more(cafe: Business, bot: Bot, queue) -> None:
    with cafe.scope():
        channel = bot.channels.create(platform="telegram", external_id="1", menu={})
        MenuWatch.objects.create(channel=channel)
    ask(cafe)

    with cafe.scope():
        assert not MenuWatch.objects.exists()
