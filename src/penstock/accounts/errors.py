"""What can go wrong with those who ask.

NotFound     KeyNotFound, AppNotFound, TokenNotFound, SecretNotFound
Invalid      ScopeUnknown, ScopesNotTheApps, ClientUnknown, CodeUnusable, RefreshTokenUnusable,
             GrantTypeUnknown, SecretNameInvalid, SecretInvalid, SecretKeyMissing, KeyFileExposed,
             SecretUnreadable
Forbidden    NotAuthenticated (TokenExpired), ScopesMissing, LinkUnusable
"""

from penstock.kernel.errors import Forbidden, Invalid, NotFound


class KeyNotFound(NotFound):
    """There is no API key with the id {id}"""


class AppNotFound(NotFound):
    """There is no app with the id {id}, or it was revoked"""


class TokenNotFound(NotFound):
    """There is no such token, or it is no longer valid"""


class ScopeUnknown(Invalid):
    """There is no scope "{scope}"; the fixed ones are: {known}"""


class ScopesNotTheApps(Invalid):
    """This app cannot be allowed more than it was registered for: {scopes}"""


class ClientUnknown(Invalid):
    """missing or invalid client id or client secret"""

    code = "BAD_CLIENT_ID"


class CodeUnusable(Invalid):
    """missing or invalid auth code: each works once, for ten minutes, and with
    the app's own redirect address"""

    code = "BAD_AUTH_CODE"


class RefreshTokenUnusable(Invalid):
    """missing or invalid refresh token"""

    code = "BAD_REFRESH_TOKEN"


class GrantTypeUnknown(Invalid):
    """grant_type must be authorization_code or refresh_token, not "{given}\""""

    code = "BAD_GRANT_TYPE"


class NotAuthenticated(Forbidden):
    """Authentication credentials not found or not valid: send a key of this installation as
    "Authorization: Bearer <key>\""""


class TokenExpired(NotAuthenticated):
    """This access token has expired: get another with the refresh token"""


class ScopesMissing(Forbidden):
    """This key lacks the scope {scope}, which this operation requires"""

    code = "MISSING_SCOPES"


class LinkUnusable(Forbidden):
    """This sign-in link is no longer valid: each works once, and for an hour"""

    code = "LINK_UNUSABLE"


class SecretNotFound(NotFound):
    """There is no secret "{name}\""""

    code = "OBJECT_NOT_FOUND"


class SecretNameInvalid(Invalid):
    """No secret can be called "{name}": use up to 100 letters, digits, "_", "-" and ".", with a
    letter or digit first"""


class SecretInvalid(Invalid):
    """A secret has between 1 and {limit} characters"""


class SecretKeyMissing(Invalid):
    """Secrets need a key: set PENSTOCK_SECRET_KEY to at least 32 random characters, the same for
    all processes that use this database"""


class KeyFileExposed(Invalid):
    """{file} may be read by others: take the right from them (chmod 600), and change the secrets"""


class SecretUnreadable(Invalid):
    """The secret "{name}" was kept with another key: put back the key, or set the secret anew"""
