"""The listening socket, and how a browser reaches it."""

import socket

import pytest

from penstock.bootstrap.errors import HostUnknown, PortInUse
from penstock.bootstrap.listening import address, listen


def test_port_0_takes_a_free_port() -> None:
    with listen("127.0.0.1", 0) as one, listen("127.0.0.1", 0) as two:
        assert address(one) != address(two)
        assert address(one).startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_refused() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(PortInUse, match="another port"):
        listen("127.0.0.1", first.getsockname()[1])


def test_a_port_that_has_just_been_used_is_free_again() -> None:
    with listen("127.0.0.1", 0) as listener:
        place = listener.getsockname()
        with socket.create_connection(place), listener.accept()[0]:
            pass
    with listen(*place) as again:
        assert again.getsockname() == place


def test_all_networks_are_reached_at_this_machine() -> None:
    with listen("0.0.0.0", 0) as listener:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_address_of_version_6_stands_in_brackets() -> None:
    with listen("::1", 0) as listener:
        assert address(listener) == f"http://[::1]:{listener.getsockname()[1]}"


@pytest.mark.parametrize("host", ["no such host", "host.invalid", "192.0.2.1", "x" * 300])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(HostUnknown, match="cannot be listened at"):
        listen(host, 0)
