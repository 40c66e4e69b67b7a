"""The listening socket: opened before anything else starts, and inherited by the web processes."""

import errno
import ipaddress
import socket
import time
from typing import Final

from penstock.bootstrap.errors import HostUnknown, PortForbidden, PortInUse

_BACKLOG: Final = 2048

_PATIENCE: Final = 1.0
"""Seconds for the processes of a supervisor that was killed just now to let go of the port."""

_PAUSE: Final = 0.05


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.

    Raises PortInUse, PortForbidden, HostUnknown.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return _listen(host, port)
        except PortInUse:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE)


def address(listener: socket.socket) -> str:
    """How a browser on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    reached = ipaddress.ip_address(host)
    if reached.is_unspecified:
        reached = ipaddress.ip_address("127.0.0.1" if reached.version == 4 else "::1")
    return f"http://{reached}:{port}" if reached.version == 4 else f"http://[{reached}]:{port}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise HostUnknown(host=host, reason=_reason(error)) from None
    family, kind, protocol, _, place = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        # At once: two that are only bound do not notice each other.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host=host, port=port) from None
        if error.errno == errno.EACCES:
            raise PortForbidden(host=host, port=port, reason=_reason(error)) from None
        raise HostUnknown(host=host, reason=_reason(error)) from None
    return listener


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
