"""Which way a contract may go: the one place. The database's trigger holds the same list."""

from collections.abc import Mapping
from typing import Any

from chatbo.foundation.audit.entries import record
from dpa.contracts.errors import IllegalTransitionError
from dpa.contracts.models import Contract

State = Contract.State

LEGAL: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SIGNED, State.WITHDRAWN}),
    State.SIGNED: frozenset({State.COUNTERSIGNED, State.REJECTED, State.WITHDRAWN}),
    State.COUNTERSIGNED: frozenset({State.COMPLETED}),
    State.COMPLETED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def locked(contract: Contract) -> Contract:
    """The contract as the database has it now; nobody else moves it until the transaction ends."""
    return Contract.objects.select_for_update().get(pk=contract.pk)


def refuse_unless_legal(contract: Contract, state: Contract.State) -> None:
    """Raises ``IllegalTransitionError`` if the contract cannot go there."""
    if state not in LEGAL[contract.state]:
        raise IllegalTransitionError(contract.state, state)


def move(contract: Contract, state: Contract.State, **facts: Any) -> None:
    """Bring a locked contract into a state, with the facts that come with it, and note that.

    Raises ``IllegalTransitionError``: whoever pressed second learns what the first one did.
    """
    refuse_unless_legal(contract, state)
    before, contract.state = contract.state, state
    for name, value in facts.items():
        setattr(contract, name, value)
    contract.save()
    details = {"before": {"state": before}, "after": {"state": state}}
    record(f"contract.{state}", target=contract, details=details)
