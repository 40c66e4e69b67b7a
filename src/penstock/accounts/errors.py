"""What can go wrong with those who ask.

NotFound     KeyNotFound
Invalid      ScopeUnknown
Forbidden    NotAuthenticated, ScopesMissing, LinkUnusable
"""

from penstock.kernel.errors import Forbidden, Invalid, NotFound


class KeyNotFound(NotFound):
    """There is no API key with the id {id}"""


class ScopeUnknown(Invalid):
    """There is no scope "{scope}"; the fixed ones are: {known}"""


class NotAuthenticated(Forbidden):
    """Authentication credentials not found or not valid: send a key of this installation as
    "Authorization: Bearer <key>\""""


class ScopesMissing(Forbidden):
    """This key lacks the scope {scope}, which this operation requires"""

    code = "MISSING_SCOPES"


class LinkUnusable(Forbidden):
    """This sign-in link is no longer valid: each works once, and for an hour"""

    code = "LINK_UNUSABLE"
