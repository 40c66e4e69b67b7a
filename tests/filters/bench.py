"""Records that live for one question, judged over a plain connection."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from hypothesis import HealthCheck, settings

from penstock.filters.compile import Criterion, Slots, select_verdicts
from penstock.kernel.db import dumps
from penstock.records.schema import Schema

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def examples(count: int) -> settings:
    """So many random examples, however slow; PENSTOCK_TEST_EXAMPLES times as many."""
    count *= int(os.environ.get("PENSTOCK_TEST_EXAMPLES", "1"))
    return settings(max_examples=count, deadline=None, suppress_health_check=QUIET)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not name.startswith("$")}


@dataclass
class Bench:
    """A connection outside transactions, and the schema of its database."""

    conn: psycopg.Connection[Any]
    schema: Schema

    def place(self, values: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
        """Contacts with these canonical values and no others; their ids.

        `$history` is what was written before: pairs of the instant and the values.
        """
        ids = [64 * (number + 1) + number % 64 for number in range(len(values))]
        rows = [
            (id & 63, id, dumps(_plain(each)).decode(), now, now)
            for id, each in zip(ids, values, strict=True)
        ]
        history = [
            (id & 63, id, at, dumps(changed).decode())
            for id, each in zip(ids, values, strict=True)
            for at, changed in each.get("$history", ())
        ]
        with self.conn.transaction(), self.conn.cursor() as cursor:
            cursor.execute("DELETE FROM property_history")
            cursor.execute("DELETE FROM records")
            cursor.executemany(
                "INSERT INTO records (bucket, id, type, properties, created_at, updated_at)"
                " VALUES (%s, %s, '0-1', %s, %s, %s)",
                rows,
            )
            cursor.executemany(
                "INSERT INTO property_history (bucket, record_id, at, changed, source)"
                " VALUES (%s, %s, %s, %s, 'test')",
                history,
            )
        return ids

    def judge(
        self, criteria: Mapping[int, Criterion], ids: list[int], now: datetime, zone: str
    ) -> dict[tuple[int, int], tuple[bool, datetime | None]]:
        """Verdict and flip, by record and criterion."""
        statement = select_verdicts(criteria, self.schema, Slots(zone, now))
        parameters = {**statement.parameters, "candidates": ids}
        rows = self.conn.execute(statement.sql.encode(), parameters).fetchall()
        return {
            (record, criterion): (verdict, flip and flip.astimezone(UTC))
            for record, criterion, verdict, flip in rows
        }
