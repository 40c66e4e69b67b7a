"""`penstock serve` as a process of its own, as a user starts it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

COMMAND = (sys.executable, "-c", "from penstock.cli import main; main()")


@asynccontextmanager
async def serving(*options: str, url: str | None = None) -> AsyncIterator[int]:
    """Yields the port, once the product says that it is ready; then it is stopped and awaited."""
    environment = {**os.environ, **({"PENSTOCK_DATABASE_URL": url} if url else {})}
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "serve", "--port", "0", *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            ready = re.search(rb"ready at http://127\.0\.0\.1:(\d+)", line)
            if ready:
                yield int(ready[1])
                break
        else:
            raise RuntimeError("penstock serve did not start")
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
