"""What can go wrong with delivery, apart from what becomes of one effect.

NotFound     EffectNotFound, MailNotFound
Conflict     EffectSettled
Invalid      MailServerInvalid, SenderInvalid
Unavailable  NameHeld
"""

from penstock.kernel.errors import Conflict, Invalid, NotFound, Unavailable


class EffectNotFound(NotFound):
    """There is no effect with the id {id}"""

    code = "OBJECT_NOT_FOUND"


class MailNotFound(NotFound):
    """There is no mail with the id {id} in the outbox"""

    code = "OBJECT_NOT_FOUND"


class EffectSettled(Conflict):
    """This is not possible: the effect is {state}"""


class MailServerInvalid(Invalid):
    """PENSTOCK_SMTP_URL is not valid: write smtp://user:password@host:port, or smtps:// for TLS
    from the start; percent-encode what is special in user and password"""


class SenderInvalid(Invalid):
    """PENSTOCK_MAIL_FROM is not valid: write Name <address@example.com>"""


class NameHeld(Unavailable):
    """Another deliverer called {name} is running"""
