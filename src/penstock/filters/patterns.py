"""Patterns for LIKE and for regular expressions, in which what was given stands for itself."""

import re

_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})

# Patterns are folded like what they are held against, so no escape may have a letter.
_WORD = "[[:alnum:]_]"
_ANYTHING = "[^[:space:]]*"


def containing(text: str) -> str:
    """For LIKE: anywhere in it."""
    return f"%{text.translate(_LIKE)}%"


def starting(text: str) -> str:
    """For LIKE: at its start."""
    return f"{text.translate(_LIKE)}%"


def ending(text: str) -> str:
    """For LIKE: at its end."""
    return f"%{text.translate(_LIKE)}"


def phrase(text: str) -> str:
    """A regular expression: the text as whole words, with no letter or digit beside them."""
    return _start(text) + re.escape(text) + _end(text)


def beginning(text: str) -> str:
    """A regular expression: the text, where a word begins."""
    return _start(text) + re.escape(text)


def token(text: str) -> str:
    """A regular expression: the text as whole words, in which * is any number of characters."""
    pieces = re.split(r"\*+", text)
    inside = _ANYTHING.join(map(re.escape, pieces))
    return _start(pieces[0]) + inside + _end(pieces[-1])


def _start(text: str) -> str:
    return f"(?<!{_WORD})" if text and _of_a_word(text[0]) else ""


def _end(text: str) -> str:
    return f"(?!{_WORD})" if text and _of_a_word(text[-1]) else ""


def _of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"
