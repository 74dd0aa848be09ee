"""Connections: the last wall, whatever an address's form has let through."""

from collections.abc import Callable

import httpcore
import pytest

from chatbo.foundation.outbound.connecting import CheckedBackend, Deadline, ask_dns
from chatbo.foundation.outbound.errors import FetchError, Reason
from tests.foundation.outbound.conftest import Internet


def backend(internet: Internet, *, seconds: float = 2) -> CheckedBackend:
    return CheckedBackend(
        Deadline(seconds), resolve=ask_dns, network=internet, stand_ins=("127.0.0.1", 8200)
    )


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 8201),
        ("127.0.0.1", 443),
        ("localhost", 8200),
        ("localhost", 443),
        ("127.1", 8200),
        ("2130706433", 443),
        ("0x7f.1", 443),
        ("0177.0.0.1", 443),
        ("::1", 443),
        ("::ffff:127.0.0.1", 443),
        ("0.0.0.0", 8200),
        ("169.254.169.254", 443),
    ],
)
def test_no_way_to_write_this_host_gets_through_the_machine_s_own_resolver(
    internet: Internet, host: str, port: int
) -> None:
    """The real resolver, which understands all of these."""
    with pytest.raises(FetchError) as refusal:
        backend(internet).connect_tcp(host, port)
    assert refusal.value.reason in {Reason.NOT_PUBLIC, Reason.UNKNOWN}
    assert internet.dialled == []


def test_only_the_stand_ins_are_reached_on_this_host(internet: Internet) -> None:
    internet.sites["127.0.0.1"] = internet.add("stand-ins.example", is_tls=False)
    backend(internet).connect_tcp("127.0.0.1", 8200).close()
    assert internet.dialled == [("127.0.0.1", 8200)]


def test_a_socket_in_the_file_system_is_no_website(internet: Internet) -> None:
    with pytest.raises(FetchError):
        backend(internet).connect_unix_socket("/run/postgresql/.s.PGSQL.5432")


def test_after_the_deadline_nothing_is_begun(internet: Internet) -> None:
    late = backend(internet, seconds=0)
    steps: list[Callable[[], httpcore.NetworkStream]] = [
        lambda: late.connect_tcp("cafe-morgenrot.example", 443),
        lambda: late.connect_tcp("127.0.0.1", 8200),
    ]
    for step in steps:
        with pytest.raises(FetchError) as refusal:
            step()
        assert refusal.value.reason is Reason.SLOW
    assert internet.dialled == []
