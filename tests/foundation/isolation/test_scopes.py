"""Isolation fails closed: what the database shows and accepts, in and out of a scope."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import (
    NoScopeError,
    current_scope,
    platform_scope,
    tenant_scope,
    user_scope,
)
from tenants.accounts.models import Membership, Tenant
from tenants.bots.models import Bot, Rule


def names() -> list[str]:
    """By raw SQL, so that no filter of ours can help."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM bots_bot ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def bots(cafe, dentist):
    with cafe.scope():
        Bot.objects.create(name="café bot")
    with dentist.scope():
        Bot.objects.create(name="dentist bot")


def test_the_tests_run_as_the_application_which_row_level_security_binds(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("chatbo_app", False, False)


def test_raw_sql_without_a_scope_sees_nothing(bots):
    assert names() == []


def test_raw_sql_in_a_scope_sees_that_tenant_only(bots, cafe):
    with cafe.scope():
        assert names() == ["café bot"]


def test_after_a_scope_nothing_is_seen_again(bots, cafe):
    with cafe.scope():
        pass

    assert names() == []


def test_nested_scopes_give_the_outer_one_back(bots, cafe, dentist):
    with cafe.scope():
        with dentist.scope():
            assert names() == ["dentist bot"]
        assert names() == ["café bot"]


def test_an_exception_inside_gives_the_outer_scope_back(bots, cafe, dentist):
    with cafe.scope():
        with pytest.raises(ZeroDivisionError), dentist.scope():
            1 / 0  # noqa: B018 (the exception is what matters)
        assert names() == ["café bot"]
        assert current_scope().tenant_id == cafe.tenant.pk


def test_the_platform_sees_all_and_it_is_noted_why(bots):
    with platform_scope("a test looks at everything"):
        assert names() == ["café bot", "dentist bot"]
        entry = AuditEntry.objects.filter(action="platform_scope.opened").last()

    assert entry is not None
    assert entry.details == {"reason": "a test looks at everything"}


def test_a_tenant_inside_the_platform_scope_is_one_tenant_again(bots, cafe):
    with platform_scope("a test narrows down"):
        with cafe.scope():
            assert names() == ["café bot"]
        assert names() == ["café bot", "dentist bot"]


def test_a_row_without_a_scope_is_not_made(db):
    with pytest.raises(NoScopeError):
        Bot(name="nobody's bot")


def test_a_row_for_another_tenant_is_refused(cafe, dentist):
    with pytest.raises(DatabaseError, match="row-level security"), cafe.scope():
        Bot.objects.create(name="smuggled", tenant_id=dentist.tenant.pk)


def test_a_row_cannot_change_its_tenant(bots, cafe, dentist):
    with pytest.raises(DatabaseError, match="row-level security"), cafe.scope():
        Bot.objects.update(tenant_id=dentist.tenant.pk)


def test_a_row_cannot_point_into_another_tenant(bots, cafe, dentist):
    with dentist.scope():
        theirs = Bot.objects.get()
    with cafe.scope(), connection.cursor() as cursor:
        Rule.objects.create(bot_id=theirs.pk, keywords="hello", answer="hi")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_the_scope_ends_with_the_transaction_on_a_reused_connection(transactional_db, cafe):
    with cafe.scope():
        Bot.objects.create(name="café bot")
    # The same connection, a transaction later: what a pool would hand to the next request.
    with transaction.atomic():
        assert names() == []


def test_the_application_cannot_become_the_owner(db):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SET ROLE chatbo_owner")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE bots_bot DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE bots_bot NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own ON bots_bot",
        "ALTER POLICY own ON bots_bot USING (true)",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER append_only",
        "TRUNCATE bots_bot",
    ],
)
def test_the_application_cannot_take_the_wall_down(db, statement):
    with (
        pytest.raises(DatabaseError, match=r"must be owner|permission denied"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement)


def test_switching_row_security_off_gives_an_error_instead_of_rows(bots):
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            names()


def test_a_user_reads_own_memberships_and_their_tenants_without_a_tenant_scope(cafe, dentist):
    with user_scope(cafe.owner.pk):
        assert [m.tenant_id for m in Membership.objects.all()] == [cafe.tenant.pk]
        assert [t.company for t in Tenant.objects.all()] == ["Café Morgenrot"]


def test_a_user_changes_no_membership_by_the_right_to_read_it(cafe):
    with user_scope(cafe.owner.pk):
        assert Membership.objects.update(role="owner") == 0


def test_audit_entries_are_never_changed(cafe):
    with cafe.scope():
        assert AuditEntry.objects.filter(action="tenant.founded").exists()
    for change in (
        lambda: AuditEntry.objects.update(action="nothing"),
        lambda: AuditEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), cafe.scope():
            change()


def test_the_owner_too_is_refused_a_change_of_the_audit_log(transactional_db, owner_db):
    with tenant_scope("01900000-0000-7000-8000-000000000001"):
        AuditEntry.objects.create(action="test.done", tenant_id=current_scope().tenant_id)

    with pytest.raises(Exception, match="never changed"):
        owner_db.execute("UPDATE audit_auditentry SET action = 'nothing'")
