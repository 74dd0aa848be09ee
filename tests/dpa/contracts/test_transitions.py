"""A contract goes only the ways it may, in Python and in the database alike."""

import itertools
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dpa.contracts.errors import IllegalTransitionError
from dpa.contracts.models import Contract, Signature
from dpa.contracts.transitions import LEGAL, move

pytestmark = pytest.mark.django_db

FACTS = {
    "completed_at": timezone.now(),
    "finished_at": timezone.now(),
    "sealed_file": "a",
    "sealed_sha256": "b",
    "rejection": "c",
}
ROUTES = {
    "draft": [],
    "signed": ["signed"],
    "countersigned": ["signed", "countersigned"],
    "completed": ["signed", "countersigned", "completed"],
    "rejected": ["signed", "rejected"],
    "withdrawn": ["withdrawn"],
}


def test_python_and_the_database_allow_the_same(drafted: Any, cafe: Any) -> None:
    for start, end in itertools.permutations(Contract.State.values, 2):
        with cafe.scope(), transaction.atomic():
            for state in ROUTES[start]:
                Contract.objects.filter(pk=drafted.pk).update(state=state, **FACTS)
            contract = Contract.objects.get(pk=drafted.pk)
            assert database_allows(contract, end) == python_allows(contract, end), (start, end)
            assert python_allows(contract, end) == (end in LEGAL[start])
            transaction.set_rollback(True)


def database_allows(contract: Contract, state: str) -> bool:
    try:
        with transaction.atomic():
            Contract.objects.filter(pk=contract.pk).update(state=state, **FACTS)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def python_allows(contract: Contract, state: str) -> bool:
    contract = Contract.objects.get(pk=contract.pk)
    try:
        with transaction.atomic():
            move(contract, Contract.State(state), **FACTS)
            transaction.set_rollback(True)
    except IllegalTransitionError:
        return False
    return True


def test_a_contract_cannot_begin_signed(drafted: Any, cafe: Any) -> None:
    with cafe.scope():
        drafted.pk = None
        drafted.id = Contract().id
        drafted.state = "signed"
        with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
            drafted.save(force_insert=True)


def test_what_was_signed_is_never_changed(signed: Any, cafe: Any) -> None:
    for change in ({"data": {}}, {"draft_sha256": "0" * 64}, {"language": "en"}):
        with (
            cafe.scope(),
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
        ):
            Contract.objects.filter(pk=signed.pk).update(**change)


def test_a_signature_is_never_changed(signed: Any, cafe: Any) -> None:
    with (
        cafe.scope(),
        pytest.raises(Exception, match=r"permission denied|never changed"),
        transaction.atomic(),
    ):
        Signature.objects.update(name="Somebody Else")


def test_completed_without_file_and_hash_is_refused(countersigned: Any, cafe: Any) -> None:
    with (
        cafe.scope(),
        pytest.raises(IntegrityError, match="contract_completed_is_whole"),
        transaction.atomic(),
    ):
        Contract.objects.filter(pk=countersigned.pk).update(state="completed")


def test_without_a_scope_there_are_no_contracts(signed: Any) -> None:
    with connection.cursor() as cursor:
        for table in ("contracts_contract", "contracts_signature"):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (0,)


def test_a_neighbour_sees_none_of_them(signed: Any, dentist: Any) -> None:
    with dentist.scope():
        assert not Contract.objects.exists()
        assert not Signature.objects.exists()
