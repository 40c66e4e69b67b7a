"""What can keep Penstock from running.

Unavailable  DatabaseUnreachable, DatabaseNotReady, ChildFailed
Conflict     PortInUse
Forbidden    PortForbidden
Invalid      HostUnknown, DatabaseUrlInvalid
"""

from penstock.kernel.errors import Conflict, Forbidden, Invalid, Unavailable


class DatabaseUnreachable(Unavailable):
    """The database {database} cannot be reached: {reason}. See that the server runs, and that
    PENSTOCK_DATABASE_URL names it; without that variable the embedded server is used"""


class DatabaseNotReady(Unavailable):
    """The database {database} cannot be brought up to date: {reason}"""


class DatabaseUrlInvalid(Invalid):
    """PENSTOCK_DATABASE_URL is no address of a PostgreSQL database; such a one looks like
    postgresql://user:password@host:5432/name"""


class PortInUse(Conflict):
    """Port {port} of {host} is in use by another program: end that one, or choose another port with
    --port; 0 takes a free one"""


class PortForbidden(Forbidden):
    """Port {port} of {host} may not be used: {reason}. Choose another one with --port; those above
    1023 are free for all"""


class HostUnknown(Invalid):
    """The address {host} cannot be listened at: {reason}. 127.0.0.1 is this machine alone, 0.0.0.0
    every network that it is in"""


class ChildFailed(Unavailable):
    """The {name} process ended before it was ready: {reason}"""
