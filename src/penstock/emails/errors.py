"""What can go wrong with mails.

NotFound     EmailNotFound
Invalid      ContentInvalid, RenderFailed
"""

from penstock.kernel.errors import Invalid, NotFound


class EmailNotFound(NotFound):
    """There is no e-mail with the id {id}"""

    code = "OBJECT_NOT_FOUND"


class ContentInvalid(Invalid):
    """The content of this e-mail is not valid"""


class RenderFailed(Invalid):
    """The e-mail cannot be rendered: {reason}"""
