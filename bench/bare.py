"""The floor of the API: a bare FastAPI route that runs the same SQL as the product's."""

import os
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from psycopg.types.json import Jsonb

from penstock.accounts import keys
from penstock.kernel.db import Database, dumps
from penstock.kernel.queries import load

_records, _api = load("penstock.records"), load("penstock.api")
_database = Database(os.environ.get("PENSTOCK_BENCH_URL", ""))
_digest = keys.digest(os.environ.get("PENSTOCK_BENCH_KEY", ""))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> Any:
    async with _database:
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/{id}")
async def read(id: int) -> dict[str, Any]:
    async with _database.reading() as conn:
        await _api.one(conn, "preamble", key=_digest, session=None)
        row = await _records.one(conn, "read", ids=[id])
        assert row is not None
        return {"id": str(row.id), "properties": {"city": row.properties.get("city")}}


@app.patch("/{id}")
async def update(id: int, body: dict[str, Any]) -> dict[str, Any]:
    async with _database.unit() as conn:
        told = await _api.one(conn, "preamble", key=_digest, session=None)
        assert told is not None
        row = await _records.one(conn, "lock", ids=[id])
        assert row is not None
        await _records.rows(
            conn,
            "write",
            ids=[id],
            sets=dumps([body["properties"]]).decode(),
            adds="[null]",
            appends="[null]",
            stamps="[null]",
            source="API/bench",
            now=told.told,
            lane=0,
            depth=0,
        )
        await conn.execute(
            "INSERT INTO audit (at, actor, operation, target, details) VALUES (%s, %s, %s, %s, %s)",
            (told.told, "bench", "update", str(id), Jsonb({})),
        )
        return {"id": str(id), "properties": body["properties"]}
