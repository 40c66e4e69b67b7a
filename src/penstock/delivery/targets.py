"""Where requests may go: to public addresses over https, and to networks that were allowed.

A name is looked up once, all of its addresses are looked at, and the connection is made to one of
those: a name that means something else a moment later gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host; the port is that of the connection. Raises OSError."""

_EMBEDDING: Final = ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address, and that is where it goes."""

_NOT_PUBLIC: Final = tuple(
    ip_network(network)
    for network in (
        # What the tables of older Pythons call global: IANA's special registries, tunnels that
        # carry an address within, and what has been deprecated for local use.
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "3fff::/20",
        "5f00::/16", "fec0::/10",
    )
)  # fmt: skip


async def look_up(host: str, port: int) -> Sequence[str]:
    """What the system says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: Address) -> bool:
    """Whether everybody can reach it, and it is nobody's own network."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _EMBEDDING:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    special = any(address in network for network in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not special


@dataclass(frozen=True)
class Targets:
    """Who may be written to; `allowed` are networks beside the public ones."""

    allowed: tuple[Network, ...] = ()
    resolve: Resolve = look_up

    async def addresses(self, scheme: str, host: str, port: int) -> list[str] | None:
        """The addresses of a host, if all of them may be written to. Raises OSError."""
        try:
            found = [ip_address(host)]
        except ValueError:
            found = [ip_address(text) for text in await self.resolve(host, port)]
        if not found:
            raise OSError(f"{host} has no address")
        if all(self._permits(scheme, address) for address in found):
            return [str(address) for address in found]
        return None

    def _permits(self, scheme: str, address: Address) -> bool:
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in network for network in self.allowed):
            return True
        return scheme == "https" and is_public(address)
