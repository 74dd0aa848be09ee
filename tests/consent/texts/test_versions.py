"""Texts are versions: immutable, and nobody's until a lawyer has approved that very one."""

import pytest
from django.db import Error, connection, transaction

from chatbo.foundation.audit.models import AuditEntry
from consent.texts.errors import (
    MissingPlaceholderError,
    NotALawyerError,
    NotApprovedError,
    TextChangedError,
)
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import decide_on_text, filled, fingerprint, submit_text, text_in_force
from tenants.accounts.models import User

APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED


def submit(body: str, *, key: str = "house-rules", language: str = "de") -> TextVersion:
    return submit_text(key=key, language=language, title="Rules", body=body, change="For the test")


def test_versions_are_numbered_by_text_and_language(db: None) -> None:
    assert [submit("One").number, submit("Two").number] == [1, 2]
    assert submit("One", language="en").number == 1


def test_the_hash_is_over_all_that_the_reader_sees(db: None) -> None:
    version = submit("Be kind")
    seen = {"key": "house-rules", "language": "de", "number": 1}

    assert version.sha256 == fingerprint(**seen, title="Rules", body="Be kind")
    assert version.sha256 != fingerprint(**seen, title="Rules", body="Be kind.")
    assert version.sha256 != fingerprint(**seen, title="Rule", body="Be kind")
    assert version.sha256 != fingerprint(**seen | {"number": 2}, title="Rules", body="Be kind")


def test_the_placeholders_of_a_text_are_known(db: None) -> None:
    assert submit("{{ company }} and {{address}}, {{ company }}").placeholders == [
        "address",
        "company",
    ]


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


def test_filling_in_leaves_no_gap(db: None) -> None:
    version = submit("Write to {{ email }} or {{ address }}")

    with pytest.raises(MissingPlaceholderError) as missing:
        filled(version, {"email": "a@b.example"})
    assert missing.value.name == "address"
    assert filled(version, {"email": "a@b.example", "address": "Here 1"}) == (
        "Write to a@b.example or Here 1"
    )


def test_a_value_inside_markdown_stays_a_value(db: None) -> None:
    version = submit("For {{ company }}")

    text = filled(version, {"company": "<b>*Evil* [Co](x)"}, markdown=True)

    from consent.texts.rendering import as_html

    assert as_html(text) == "<p>For &lt;b&gt;*Evil* [Co](x)</p>\n"


def test_the_texts_are_read_without_any_scope(db: None) -> None:
    """They are the platform's own, the same for every tenant; nothing of a tenant is in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        assert not cursor.fetchone()[0]
    assert text_in_force("terms", "de").number == 1
