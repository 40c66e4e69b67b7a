"""The context of an enrollment: what its steps put out, by step, and what it began with.

What belongs to the enrollment as a whole stands under the empty id, which no step can have.
"""

from collections.abc import Mapping
from typing import Any, Final

from penstock.engine.walkers import ENGINE
from penstock.kernel.db import dumps

LARGEST: Final = 8_192
"""Bytes of an event's properties that an enrollment keeps; the largest values are left out."""

_EVENT: Final = "event"


def outputs(context: Mapping[str, Any], step: str) -> Mapping[str, Any]:
    """What a step has put out."""
    found: Mapping[str, Any] = context.get(step, {}) if step != ENGINE else {}
    return found


def event(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of the event that enrolled the record."""
    found: Mapping[str, Any] = context.get(ENGINE, {}).get(_EVENT, {})
    return found


def with_event(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The context of an enrollment that an event began."""
    kept = _bounded(properties) if properties else {}
    return {ENGINE: {_EVENT: kept}} if kept else {}


def _bounded(properties: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {name: len(dumps([name, value])) for name, value in properties.items()}
    left = LARGEST
    kept: set[str] = set()
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        left -= sizes[name]
        if left < 0:
            break
        kept.add(name)
    return {name: value for name, value in properties.items() if name in kept}
