"""Chance that is the same whenever it is asked for."""

import hashlib


def chance(workflow_id: int, step: str, record_id: int, passage: int) -> float:
    """A number from 0 up to 1 for one step of one passage."""
    digest = hashlib.sha256(f"{workflow_id}/{step}/{record_id}/{passage}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
