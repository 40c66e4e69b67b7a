"""What the parts of a turn share."""

from dataclasses import dataclass
from datetime import datetime

from penstock.engine.automation import Automation
from penstock.engine.effects import Effects
from penstock.engine.journal import Journal
from penstock.kernel.db import Connection
from penstock.records.schema import Schema


@dataclass
class Turn:
    """One turn of one bucket. `portion` bounds how much of each kind of work it takes."""

    conn: Connection
    bucket: int
    now: datetime
    schema: Schema
    automation: Automation
    journal: Journal
    effects: Effects
    portion: int
