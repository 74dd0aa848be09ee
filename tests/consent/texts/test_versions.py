"""Texts are versions: immutable, and nobody's until a lawyer has approved that very one."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.texts.errors import (
    NotALawyerError,
    NotApprovedError,
    TextChangedError,
    UndeclaredPlaceholderError,
)
from consent.texts.models import Approval, TextVersion
from consent.texts.placeholders import Kind
from consent.texts.versions import decide_on_text, fingerprint, submit_text, text_in_force
from tenants.accounts.models import User
from tests.meanwhile import meanwhile

APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED


def submit(body: str, *, key: str = "house-rules", language: str = "de") -> TextVersion:
    return submit_text(key=key, language=language, title="Rules", body=body, change="For the test")


def test_versions_are_numbered_by_text_and_language(db: None) -> None:
    assert [submit("One").number, submit("Two").number] == [1, 2]
    assert submit("One", language="en").number == 1


def test_the_hash_is_over_all_that_the_reader_sees(db: None) -> None:
    version = submit("Be kind")
    seen = {
        "key": "house-rules",
        "language": "de",
        "number": 1,
        "title": "Rules",
        "body": "Be kind",
        "placeholders": {},
    }

    assert version.sha256 == fingerprint(**seen)
    for other in (
        {"body": "Be kind."},
        {"title": "Rule"},
        {"number": 2},
        {"language": "en"},
        {"placeholders": {"name": "line"}},
    ):
        assert version.sha256 != fingerprint(**seen | other), other


def test_a_version_from_before_the_kinds_keeps_its_hash() -> None:
    """It listed the names of its placeholders, which were no part of the hash."""
    first = {"key": "a", "language": "de", "number": 1, "title": "T", "body": "{{ b }}"}

    assert (
        fingerprint(**first, placeholders=["b"])
        == "849b3c172a5ebdd00f3b3d5255c39af4fb24c514ca1577fdf4b2fe3a6a843614"
    )


def test_the_placeholders_of_a_text_are_declared_with_their_kinds(db: None) -> None:
    rules = {"key": "house-rules", "language": "de", "title": "Rules", "change": "For the test"}
    kinds = {"company": Kind.LINE, "address": Kind.TEXT}
    body = "{{ company }} and {{address}}, {{ company }}"

    version = submit_text(**rules, body=body, placeholders=kinds)
    assert version.placeholders == {"company": "line", "address": "text"}

    for missing_or_idle in ({"company": Kind.LINE}, kinds | {"idle": Kind.LINE}):
        with pytest.raises(UndeclaredPlaceholderError):
            submit_text(**rules, body=body, placeholders=missing_or_idle)


def test_a_version_tells_who_wrote_it_and_why(admin: User) -> None:
    version = submit_text(
        key="house-rules",
        language="de",
        title="Rules",
        body="Be kind",
        change="Shorter",
        reason="Nobody read it",
        author=admin,
    )

    version.refresh_from_db()
    assert (version.author, version.change, version.reason, version.release) == (
        admin,
        "Shorter",
        "Nobody read it",
        "",
    )


def test_a_version_holds_only_from_and_until_its_days(lawyer: User) -> None:
    """One for later can be approved beforehand."""
    now = timezone.now()
    rules = {"key": "house-rules", "language": "de", "title": "Rules", "change": "For the test"}
    today = submit_text(**rules, body="Be kind", valid_until=now + timedelta(days=20))
    later = submit_text(**rules, body="Be kinder", valid_from=now + timedelta(days=10))
    for version in (today, later):
        decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    def in_force(days: int) -> TextVersion:
        return text_in_force("house-rules", "de", at=now + timedelta(days=days))

    assert in_force(0) == today
    assert in_force(9) == today
    assert in_force(10) == later
    decide_on_text(later, lawyer=lawyer, verdict=REJECTED, remark="No.")
    assert in_force(19) == today
    with pytest.raises(NotApprovedError):
        in_force(20)


def test_a_pending_text_is_shown_to_nobody(db: None) -> None:
    submit("Be kind")

    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de")


def test_approval_puts_a_text_in_force(lawyer: User) -> None:
    version = submit("Be kind")
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED, remark="Fine.")

    assert text_in_force("house-rules", "de") == version


def test_the_old_version_stays_in_force_until_the_new_one_is_approved(lawyer: User) -> None:
    first = submit("Be kind")
    decide_on_text(first, lawyer=lawyer, verdict=APPROVED)
    second = submit("Be kinder")
    assert text_in_force("house-rules", "de") == first

    decide_on_text(second, lawyer=lawyer, verdict=APPROVED)
    assert text_in_force("house-rules", "de") == second


def test_a_text_rejected_after_its_approval_is_no_longer_in_force(lawyer: User) -> None:
    first, second = submit("Be kind"), submit("Be kinder")
    for version in (first, second):
        decide_on_text(version, lawyer=lawyer, verdict=APPROVED)
    decide_on_text(second, lawyer=lawyer, verdict=REJECTED, remark="Too kind.")
    assert text_in_force("house-rules", "de") == first

    decide_on_text(first, lawyer=lawyer, verdict=REJECTED, remark="Not kind enough.")
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de")


def test_german_speaks_where_a_language_has_nothing_approved(lawyer: User) -> None:
    german, english = submit("Seien Sie nett"), submit("Be kind", language="en")
    decide_on_text(german, lawyer=lawyer, verdict=APPROVED)
    assert text_in_force("house-rules", "en") == german

    decide_on_text(english, lawyer=lawyer, verdict=APPROVED)
    assert text_in_force("house-rules", "en") == english


def test_nobody_but_a_lawyer_decides(admin: User) -> None:
    version = submit("Be kind")

    with pytest.raises(NotALawyerError):
        decide_on_text(version, lawyer=admin, verdict=APPROVED)
    assert version.last_word() is None


def test_a_decision_is_about_the_hash_and_is_noted_in_the_audit_log(lawyer: User) -> None:
    version = submit("Be kind")
    approval = decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    assert approval.sha256 == version.sha256
    entry = AuditEntry.objects.filter(action="text.approved", target_id=str(version.pk))
    # The audit log is read by the platform alone.
    assert not entry.exists()
    from chatbo.foundation.isolation import platform_scope

    with platform_scope("test: read the audit log"):
        assert entry.get().actor_id == lawyer.pk


def test_pressing_approve_twice_is_one_approval(lawyer: User) -> None:
    version = submit("Be kind")
    first = decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    assert decide_on_text(version, lawyer=lawyer, verdict=APPROVED) == first
    assert version.approvals.count() == 1


def test_the_database_refuses_to_alter_a_submitted_text(db: None) -> None:
    version = submit("Be kind")

    with pytest.raises(Error), transaction.atomic():
        TextVersion.objects.filter(pk=version.pk).update(body="Be rude")
    with pytest.raises(Error), transaction.atomic():
        version.delete()


def test_a_text_that_was_altered_past_the_database_cannot_be_approved(
    lawyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = submit("Be kind")
    altered = TextVersion(
        **{f.name: getattr(version, f.name) for f in TextVersion._meta.fields} | {"body": "Be rude"}
    )
    monkeypatch.setattr(type(TextVersion.objects), "get", lambda self, **_: altered)

    with pytest.raises(TextChangedError):
        decide_on_text(version, lawyer=lawyer, verdict=APPROVED)


def test_what_waits_for_the_lawyer_is_the_newest_undecided_version(lawyer: User) -> None:
    first, second = submit("Be kind"), submit("Be kinder")
    waiting = TextVersion.objects.pending().filter(key="house-rules")
    assert [*waiting.all()] == [second]

    decide_on_text(second, lawyer=lawyer, verdict=REJECTED, remark="No.")
    assert [*waiting.all()] == []
    assert second.previous == first
    assert first.previous is None


def test_the_last_verdict_comes_with_the_list(lawyer: User) -> None:
    version = submit("Be kind")
    listed = TextVersion.objects.with_last_verdict().filter(key="house-rules")
    assert listed.get().verdict is None

    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)
    decide_on_text(version, lawyer=lawyer, verdict=REJECTED, remark="After all.")
    assert listed.get().verdict == REJECTED


def test_the_texts_are_read_without_any_scope(db: None) -> None:
    """They are the platform's own, the same for every tenant; nothing of a tenant is in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        assert not cursor.fetchone()[0]
    assert text_in_force("terms", "de").number == 1


@pytest.mark.django_db(transaction=True)
def test_two_versions_that_are_submitted_at_once_get_a_number_each() -> None:
    meanwhile(lambda: submit("One"), lambda: submit("Two"))

    assert sorted(TextVersion.objects.filter(key="house-rules").values_list("number", "body")) == [
        (1, "One"),
        (2, "Two"),
    ]
