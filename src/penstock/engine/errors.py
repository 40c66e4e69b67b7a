"""What can go wrong with the engine's answers to people.

Invalid      CursorInvalid
"""

from penstock.kernel.errors import Invalid


class CursorInvalid(Invalid):
    """The place "{cursor}" is not known in this history: take `after` from the page before"""
