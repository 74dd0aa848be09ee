"""So that the form cannot be used to flood somebody's mailbox."""

from chatbo.foundation.limits import count
from consent.signup.errors import TooManyRequestsError

AN_HOUR = 3600
PER_ADDRESS = 4
PER_NETWORK = 40


def count_request(network: str) -> None:
    """Count one request of a (shortened) network. Raises ``TooManyRequestsError`` over 40."""
    if network and count("signup-network", network, seconds=AN_HOUR) > PER_NETWORK:
        raise TooManyRequestsError


def may_write_to(address: str) -> bool:
    """Whether this address gets another mail now. The page says the same either way."""
    return count("signup-address", address, seconds=AN_HOUR) <= PER_ADDRESS
