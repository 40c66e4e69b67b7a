"""Tells slices below of those above them: who needs a definition of records."""

from typing import TypeVar

from penstock.filters import uses as of_criteria
from penstock.records.definitions import uses

Look = TypeVar("Look")


def wire() -> None:
    """Let the looks of upper slices be asked; again is the same as once."""
    _add(uses.PROPERTY_LOOKS, of_criteria.of_properties)
    _add(uses.TYPE_LOOKS, of_criteria.of_type)
    _add(uses.PIPELINE_LOOKS, of_criteria.of_pipeline)


def _add(looks: list[Look], look: Look) -> None:
    if look not in looks:
        looks.append(look)
