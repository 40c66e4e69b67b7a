"""P10: cold start of `penstock serve` on an existing, cleanly stopped database."""

import statistics
import time
from typing import Final

from bench.client import Line
from bench.harness import Result, folder, size
from bench.serving import serving

STARTS: Final = size("STARTS", 5)


async def measure() -> list[Result]:
    seconds: list[float] = []
    with folder() as place:
        for _ in range(STARTS + 1):
            began = time.monotonic()
            async with serving("--data", str(place / "data")) as port:
                line = await Line.to(port)
                status, _ = await line.ask("GET", "/health")
                seconds.append(time.monotonic() - began)
                assert status == 200
                await line.close()
    # The first one made the database.
    median = statistics.median(seconds[1:])
    name = f"cold start to the first answer, median of {STARTS}"
    return [Result("P10", name, median, "s", goal="< 3 s")]
