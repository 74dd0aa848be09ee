"""What a check's outcome is called: every one has words, and only what is genuine is called so."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chatbo.dashboard.findings import PROBLEMS, REFUSALS, finding_of, refused
from chatbo.foundation.documents.errors import Refusal
from chatbo.foundation.documents.verify import Problem, SealReport, SignatureReport

PROBLEM_CODES = get_args(Problem)
REFUSAL_CODES = get_args(Refusal)

codes = st.lists(st.sampled_from(PROBLEM_CODES), unique=True).map(tuple)


def signature(*, ours: bool = True, problems: tuple[Problem, ...] = ()) -> SignatureReport:
    return SignatureReport(
        field="controller",
        name="Maria Beispiel",
        reason="",
        place="Leipzig",
        certificate="ChatBo",
        time=datetime(2026, 11, 24, tzinfo=UTC),
        stamped_at=None,
        certifies=True,
        ours=ours,
        intact=not problems,
        covers_whole_file=not problems,
        changes_since="none",
        problems=problems,
    )


def report(
    *problems: Problem, open_fields: tuple[str, ...] = (), signed_by_us: bool = True
) -> SealReport:
    signed = signature(ours=signed_by_us, problems=problems)
    return SealReport("0" * 64, (signed,), open_fields, problems)


WAITING = report(open_fields=("processor",))


@given(problems=codes.filter(bool), ours=st.booleans(), is_open=st.booleans())
def test_whatever_is_wrong_is_never_called_genuine(
    problems: tuple[Problem, ...], ours: bool, is_open: bool
) -> None:
    fields = ("processor",) if is_open else ()
    finding = finding_of(report(*problems, open_fields=fields, signed_by_us=ours))

    assert finding.tone in {"bad", "quiet"}
    for language in ("de", "en"):
        with translation.override(language):
            praise = {str(finding_of(good).title) for good in (report(), WAITING)}
            assert str(finding.title) not in praise
            assert "enuine" not in str(finding.title)
    assert len(finding.details) == len(problems)


def test_what_is_in_order_is_genuine_and_complete_only_with_every_signature() -> None:
    assert finding_of(report()).tone == "good"
    assert finding_of(WAITING).tone == "wait"


@pytest.mark.parametrize("problem", ["changed", "changed_afterwards"])
def test_a_change_is_named_before_anything_else(problem: Problem) -> None:
    """Also where the signer is foreign: that it was changed is what the reader must know."""
    with translation.override("en"):
        title = str(finding_of(report("foreign_signer", problem, signed_by_us=False)).title)

    assert title == "This document has been changed"


def test_an_expired_certificate_is_not_called_a_change() -> None:
    with translation.override("en"):
        finding = finding_of(report("certificate_expired"))
        assert finding.title == "We cannot confirm this document"
    assert finding.details == (PROBLEMS["certificate_expired"],)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("problem", PROBLEM_CODES)
def test_every_problem_has_a_sentence_of_its_own(problem: Problem, language: str) -> None:
    with translation.override(language):
        sentences = [str(sentence) for sentence in PROBLEMS.values()]
        assert str(PROBLEMS[problem]).endswith(".")
        assert len(set(sentences)) == len(sentences) == len(PROBLEM_CODES)


@pytest.mark.parametrize("reason", REFUSAL_CODES)
def test_every_refusal_is_said_in_both_languages(reason: Refusal) -> None:
    said = []
    for language in ("de", "en"):
        with translation.override(language):
            said.append(f"{refused(reason).title} {refused(reason).text}")

    assert said[0] != said[1]
    assert refused(reason).tone in {"bad", "quiet"}


def test_no_refusal_is_left_over() -> None:
    assert set(REFUSALS) == {*REFUSAL_CODES, "no_file"}
