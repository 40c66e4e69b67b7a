"""Running imports: progress, the end, crashes, several workers."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from penstock.imports import running, store
from penstock.imports.errors import ImportBusy, ImportEnded, ImportUnknown
from penstock.imports.model import Choice, Counts, Import, Position, State
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from penstock.records.schema import Schemas
from tests.conftest import NOW
from tests.imports.conftest import Desk
from tests.imports.files import people_file

BATCH = 1_000


async def test_progress_is_told_after_every_batch_and_at_the_end(desk: Desk) -> None:
    begun = await desk.begin(people_file(2_500))
    told: list[Import] = []
    done = await desk.run(begun.id, told.append)
    assert [progress.counts.rows_read for progress in told] == [1_000, 2_000, 2_500, 2_500]
    assert [progress.state for progress in told] == [State.RUNNING] * 3 + [State.FINISHED]
    assert [progress.position.offset for progress in told] == sorted(
        progress.position.offset for progress in told
    )
    assert told[-1] == done
    assert done.position.offset == done.bytes_total
    assert done.finished_at == NOW
    assert await desk.query("SELECT FROM import_chunks") == []


async def test_the_oldest_import_comes_first_and_then_there_is_none(desk: Desk) -> None:
    first = await desk.begin("E-mail,First name\nada@x.example,Ada\n")
    second = await desk.begin("E-mail,First name\nada@x.example,Augusta\n")
    assert await desk.run_next()
    async with desk.database.unit() as conn:
        assert (await store.get(conn, first.id)).state is State.FINISHED
        assert (await store.get(conn, second.id)).state is State.WAITING
    assert await desk.run_next()
    assert not await desk.run_next()
    assert [record["firstname"] for record in await desk.records()] == ["Augusta"]


async def test_what_has_ended_or_does_not_exist_cannot_be_run(desk: Desk) -> None:
    done = await desk.take_in("E-mail\nada@x.example\n")
    with pytest.raises(ImportEnded):
        await desk.run(done.id)
    with pytest.raises(ImportUnknown):
        await desk.run(done.id + 1)


@contextmanager
def child(url: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.imports.running_child", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


async def rows_told(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(await asyncio.to_thread(process.stdout.readline))


async def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


OUR_LOCKS = (
    "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE a.datname = current_database()"
)


async def until_released(desk: Desk) -> None:
    """Until the server has noticed that the dead process is gone."""
    while await desk.query(f"{OUR_LOCKS} AND locktype = 'advisory'"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def until_waiting(desk: Desk, count: int = 1) -> None:
    """Until so many sessions wait for somebody else's lock."""
    while len(await desk.query(f"{OUR_LOCKS} AND NOT granted")) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_after_a_kill_between_batches_another_worker_goes_on_with_nothing_lost_or_twice(
    desk: Desk, url: str
) -> None:
    begun = await desk.begin(people_file(3_500))
    with child(url) as process:
        assert await rows_told(process) == BATCH
        await go_on(process)
        assert await rows_told(process) == 2 * BATCH
        process.kill()
        process.wait()
    await until_released(desk)
    async with desk.database.unit() as conn:
        left = await store.get(conn, begun.id)
    assert (left.state, left.counts.created) == (State.RUNNING, 2 * BATCH)
    assert await desk.run_next()
    async with desk.database.unit() as conn:
        done = await store.get(conn, begun.id)
    assert done.state is State.FINISHED
    assert done.counts == Counts(rows_read=3_500, created=3_500)
    addresses = {record["email"] for record in await desk.records()}
    assert len(addresses) == 3_500
    assert await desk.query("SELECT count(*) AS n FROM changes") == [(3_500,)]
    assert await desk.query("SELECT count(*) AS n FROM property_history") == [(3_500,)]


async def test_after_a_kill_within_a_batch_the_batch_is_written_once(desk: Desk, url: str) -> None:
    begun = await desk.begin(people_file(1_500))
    # A stranger holds an address of the second batch, so that the child waits in its middle.
    held = people_file(1_500).splitlines()[1_201].split("@")[0].split(",")[-1]
    address = next(cell for cell in people_file(1_500).split(",") if cell.startswith(f"{held}@"))
    with psycopg.connect(url) as stranger, child(url) as process:
        assert await rows_told(process) == BATCH
        stranger.execute(
            "INSERT INTO unique_values (type, property, value, record_id)"
            " VALUES ('0-1', 'email', %s, 64)",
            (address,),
        )
        await go_on(process)
        await until_waiting(desk)
        process.kill()
        process.wait()
        stranger.rollback()
    await until_released(desk)
    done = await desk.run(begun.id)
    assert done.counts == Counts(rows_read=1_500, created=1_500)
    assert await desk.query("SELECT count(*) AS n FROM changes") == [(1_500,)]


async def test_a_report_resumes_with_its_import(desk: Desk, url: str) -> None:
    good = "".join(f"p{number}@x.example,x\n" for number in range(1_500))
    text = f'E-mail,Name\nbad,x\n{good}"open,x\nq@x.example,x\nworse,x\n'
    columns = [Choice(column="E-mail", property="email")]
    begun = await desk.begin(text, columns=columns)
    with child(url) as process:
        assert await rows_told(process) == BATCH
        process.kill()
        process.wait()
    await until_released(desk)
    done = await desk.run(begun.id)
    assert done.counts == Counts(rows_read=1_504, created=1_501, rejected=3)
    assert await desk.told(done.id) == [
        (2, "E-mail", "INVALID_EMAIL"),
        (1_503, None, "QUOTES_BROKEN"),
        (1_505, "E-mail", "INVALID_EMAIL"),
    ]


async def test_a_process_that_only_seems_dead_writes_nothing_once_another_has_gone_on(
    desk: Desk,
) -> None:
    begun = await desk.begin(people_file(2_000))
    others: list[int] = []

    def lose_the_lock(progress: Import) -> None:
        if others or progress.ended:
            return
        # As if the server had let go of this session's lock, and another process had gone on.
        with psycopg.connect(desk.database.url, autocommit=True) as conn:
            others.append(
                conn.execute(
                    "UPDATE imports SET bytes_done = bytes_total, rows_read = 2000, created = 2000"
                    " WHERE id = %s",
                    (begun.id,),
                ).rowcount
            )

    left = await desk.run(begun.id, lose_the_lock)
    assert others == [1]
    assert len(await desk.records()) == BATCH
    # Ending it is up to the one that has gone on.
    assert left.state is State.RUNNING
    assert await desk.query("SELECT count(*) AS n FROM import_chunks") == [(2,)]


async def test_one_import_is_run_by_one_process_at_a_time(desk: Desk) -> None:
    begun = await desk.begin(people_file(2_000))
    refused: list[BaseException] = []
    taken: list[bool] = []

    async def others() -> None:
        async with Database(desk.database.url) as database:
            clock = VirtualClock(NOW)
            taken.append(await running.run_next(database, Schemas(), clock))
            try:
                await running.run(database, Schemas(), clock, begun.id)
            except ImportBusy as busy:
                refused.append(busy)

    async with desk.database.autocommit() as session:
        assert await running._take(session, begun.id)
        await others()
    assert taken == [False]
    assert len(refused) == 1
    done = await desk.run(begun.id)
    assert done.counts.created == 2_000


async def test_four_workers_share_the_imports_and_each_is_run_once(desk: Desk) -> None:
    ids = [(await desk.begin(people_file(300, seed))).id for seed in range(6)]

    async def work() -> int:
        async with Database(desk.database.url, size=2) as database:
            schemas, clock = Schemas(), VirtualClock(NOW)
            count = 0
            while await running.run_next(database, schemas, clock):
                count += 1
            return count

    counts = await asyncio.gather(*(work() for _ in range(4)))
    assert sum(counts) == 6
    async with desk.database.unit() as conn:
        ended = [await store.get(conn, id) for id in ids]
    assert {item.state for item in ended} == {State.FINISHED}
    assert [item.counts.rows_read for item in ended] == [300] * 6
    made = sum(item.counts.created for item in ended)
    assert made == len(await desk.records()) == 300


async def test_a_running_import_is_cancelled_between_two_batches(desk: Desk) -> None:
    begun = await desk.begin(people_file(3_000))

    def cancel(progress: Import) -> None:
        if progress.counts.rows_read == BATCH and not progress.ended:
            with psycopg.connect(desk.database.url, autocommit=True) as conn:
                conn.execute(
                    "UPDATE imports SET state = 'cancelled', finished_at = now() WHERE id = %s",
                    (begun.id,),
                )
                conn.execute("DELETE FROM import_chunks")

    done = await desk.run(begun.id, cancel)
    assert done.state is State.CANCELLED
    assert done.counts == Counts(rows_read=BATCH, created=BATCH)
    assert len(await desk.records()) == BATCH
    assert not await desk.run_next()


async def test_cancelling_waits_for_the_batch_that_is_being_written(desk: Desk, url: str) -> None:
    begun = await desk.begin(people_file(1_500))
    with psycopg.connect(url) as stranger, child(url) as process:
        # The child waits in the middle of its first batch.
        stranger.execute("LOCK TABLE unique_values IN SHARE MODE")
        await until_waiting(desk)

        async def cancel() -> Import:
            async with desk.database.unit() as conn:
                return await store.cancel(conn, begun.id, NOW)

        cancelling = asyncio.create_task(cancel())
        await until_waiting(desk, 2)
        stranger.rollback()
        cancelled = await cancelling
        assert cancelled.counts == Counts(rows_read=BATCH, created=BATCH)
        assert await rows_told(process) == BATCH
        await go_on(process)
        assert await rows_told(process) == BATCH
        await go_on(process)
        assert process.wait() == 0
    assert len(await desk.records()) == BATCH


async def test_a_row_that_the_database_refuses_is_set_aside_and_the_others_are_written(
    desk: Desk,
) -> None:
    await desk.query(
        "ALTER TABLE records ADD CHECK (properties ->> 'firstname' IS DISTINCT FROM 'Poison')"
    )
    rows = [f"p{number}@x.example,Good" for number in range(500)]
    rows[123] = "p123@x.example,Poison"
    rows[124] = "no address,Good"
    done = await desk.take_in("E-mail,First name\n" + "\n".join(rows))
    assert done.state is State.FINISHED
    assert done.counts == Counts(rows_read=500, created=498, rejected=2)
    assert await desk.told(done.id) == [
        (125, None, "NOT_WRITTEN"),
        (126, "E-mail", "INVALID_EMAIL"),
    ]
    assert await desk.query("SELECT count(*) AS n FROM changes") == [(498,)]


async def test_a_value_too_large_for_an_index_is_the_rows_problem(desk: Desk) -> None:
    address = "x" * 5_000 + "@x.example"
    done = await desk.take_in(f"E-mail\n{address}\nada@x.example\n")
    assert done.counts == Counts(rows_read=2, created=1, rejected=1)
    (problem,) = await desk.problems(done.id)
    assert (problem.code, len(problem.value or "")) == ("VALUE_TOO_LONG", 200)


async def test_what_no_row_is_to_blame_for_fails_the_import_with_its_reason(desk: Desk) -> None:
    await desk.query("ALTER TABLE records ADD CHECK (false)")
    done = await desk.take_in("E-mail\nada@x.example\nkim@x.example\n")
    assert done.state is State.FAILED
    assert done.counts == Counts()
    assert str(done.failure).startswith("the rows cannot be written: new row for relation")
    assert await desk.query("SELECT FROM import_chunks") == []


async def test_a_property_that_is_gone_when_the_import_runs_fails_it(desk: Desk) -> None:
    await desk.define("shoe_size")
    begun = await desk.begin("E-mail,shoe_size\nada@x.example,38\n")
    await desk.query("DELETE FROM properties WHERE name = 'shoe_size'")
    await desk.query("UPDATE schema_state SET version = version + 1")
    done = await desk.run(begun.id)
    assert done.state is State.FAILED
    assert str(done.failure) == 'Property "shoe_size" does not exist'


async def test_a_property_that_goes_while_the_import_runs_ends_it_there(desk: Desk) -> None:
    await desk.define("shoe_size")
    rows = "".join(f"p{number}@x.example,38\n" for number in range(1_500))
    begun = await desk.begin("E-mail,shoe_size\n" + rows)

    def remove(progress: Import) -> None:
        with psycopg.connect(desk.database.url, autocommit=True) as conn:
            conn.execute("DELETE FROM properties WHERE name = 'shoe_size'")
            conn.execute("UPDATE schema_state SET version = version + 1")

    done = await desk.run(begun.id, remove)
    assert (done.state, done.counts.created) == (State.FAILED, BATCH)


async def test_an_import_that_the_database_cannot_serve_does_not_hold_up_the_next(
    desk: Desk,
) -> None:
    stuck = await desk.begin("E-mail\nstuck@x.example\n")
    other = await desk.begin("E-mail\nada@x.example\n")
    await desk.query(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.properties ->> 'email' = 'stuck@x.example' THEN RAISE SQLSTATE '53100'; END IF;"
        " RETURN NEW; END $$"
    )
    await desk.query(
        "CREATE TRIGGER refuse BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    assert await desk.run_next()
    async with desk.database.unit() as conn:
        assert (await store.get(conn, other.id)).state is State.FINISHED
        assert (await store.get(conn, stuck.id)).state is State.RUNNING
    with pytest.raises(psycopg.errors.DiskFull):
        await desk.run_next()
    await desk.query("DROP TRIGGER refuse ON records")
    assert await desk.run_next()
    assert len(await desk.records()) == 2


async def test_a_file_that_lost_a_part_fails_its_import(desk: Desk) -> None:
    begun = await desk.begin(people_file(4_000))
    await desk.query("DELETE FROM import_chunks WHERE part = 1")
    done = await desk.run(begun.id)
    assert done.state is State.FAILED
    assert str(done.failure) == ("Part 1 of the file is no longer there; import the file again")
    assert done.counts.rows_read % BATCH == 0


async def test_an_error_of_the_listener_is_the_callers_and_leaves_the_import_to_be_resumed(
    desk: Desk,
) -> None:
    begun = await desk.begin(people_file(1_500))

    def stumble(progress: Import) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await desk.run(begun.id, stumble)
    done = await desk.run(begun.id)
    assert (done.state, done.counts.created) == (State.FINISHED, 1_500)


async def test_a_database_that_goes_away_is_told_and_the_import_can_be_resumed(desk: Desk) -> None:
    begun = await desk.begin(people_file(2_500))

    def cut(progress: Import) -> None:
        if progress.counts.rows_read == BATCH:
            with psycopg.connect(desk.database.url, autocommit=True) as conn:
                conn.execute(
                    f"SELECT pg_terminate_backend(pid) FROM ({OUR_LOCKS}"
                    " AND locktype = 'advisory') l"
                )

    with pytest.raises(psycopg.OperationalError):
        await desk.run(begun.id, cut)
    done = await desk.run(begun.id)
    assert done.counts == Counts(rows_read=2_500, created=2_500)
    assert await desk.query("SELECT count(*) AS n FROM changes") == [(2_500,)]


async def test_a_deadlock_is_got_over(desk: Desk) -> None:
    begun = await desk.begin("E-mail\nada@x.example\n")
    await desk.query(
        "CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('stumbles') < 3 THEN RAISE SQLSTATE '40P01'; END IF; RETURN NEW; END $$"
    )
    await desk.query("CREATE SEQUENCE stumbles")
    await desk.query(
        "CREATE TRIGGER stumble BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION stumble()"
    )
    done = await desk.run(begun.id)
    assert done.counts == Counts(rows_read=1, created=1)


async def test_an_import_without_rows_left_finishes_at_once(desk: Desk) -> None:
    begun = await desk.begin("E-mail\nada@x.example\n\n\n,\n")
    await desk.query("UPDATE imports SET bytes_done = bytes_total WHERE id = %s", begun.id)
    done = await desk.run(begun.id)
    assert done.state is State.FINISHED
    assert done.position == Position(done.bytes_total, begun.position.line)


async def test_the_records_that_a_file_brought_are_its_members_unchanged_ones_too(
    desk: Desk,
) -> None:
    first = await desk.take_in("E-mail,First name\nada@x.example,Ada\nbob@x.example,Bob\n")
    second = await desk.take_in(
        "E-mail,First name\nada@x.example,Ada\nbob@x.example,Robert\nada@x.example,Ada\n"
        "eva@x.example,Eva\nnobody,No\n"
    )
    rows = await desk.query(
        "SELECT m.import_id, r.properties ->> 'firstname' AS name FROM import_members m"
        " JOIN records r ON r.bucket = m.bucket AND r.id = m.record_id ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [
        (first.id, "Ada"),
        (first.id, "Robert"),
        (second.id, "Ada"),
        (second.id, "Eva"),
        (second.id, "Robert"),
    ]


async def test_who_was_there_before_a_file_brought_them_leaves_a_change(desk: Desk) -> None:
    await desk.take_in("E-mail\nada@x.example\n")
    await desk.query("DELETE FROM changes")
    second = await desk.take_in("E-mail\nada@x.example\neva@x.example\n")
    rows = await desk.query("SELECT kind, details, lane FROM changes WHERE kind <> 'created'")
    assert [tuple(row) for row in rows] == [("imported", {"import": second.id}, 1)]
