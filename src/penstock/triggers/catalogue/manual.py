"""Enrol by hand."""

from penstock.triggers.base import Trigger


class Manual(Trigger, type_id="MANUAL", label="Manually"):
    """Enrol only the records that somebody, or another workflow, chooses."""
