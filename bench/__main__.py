"""`python -m bench [P1 P6 …]`: measures, prints a table, and writes bench/results.json.

PENSTOCK_BENCH_CONTACTS, _ROWS, _RECORDS, _CHANGED, _COLLEAGUES, _SLEEPERS and _SECONDS make a run
short.
"""

import asyncio
import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

import bench
from bench.harness import Result

RESULTS: Final = Path(__file__).parent / "results.json"


def main(wanted: list[str]) -> int:
    known = {
        f"P{int(module.name[1:3])}": module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if module.name[:1] == "p" and module.name[1:3].isdigit()
    }
    chosen = [word.upper() for word in wanted] or list(known)
    strange = [word for word in chosen if word not in known]
    if strange:
        print(f"There is no {', '.join(strange)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for id in chosen:
        module = importlib.import_module(f"bench.{known[id]}")
        print(
            f"{id}: {(module.__doc__ or '').partition(': ')[2].strip()}",
            file=sys.stderr,
            flush=True,
        )
        results += asyncio.run(module.measure())
    show(results)
    shown = [asdict(result) for result in results]
    RESULTS.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def show(results: list[Result]) -> None:
    table = Table("", "What", title_justify="left")
    for heading in ("Value", "Unit", "Floor", "× floor's time"):
        table.add_column(heading, justify="left" if heading == "Unit" else "right", no_wrap=True)
    table.add_column("Goal")
    for result in results:
        table.add_row(
            result.id,
            result.name,
            figure(result.value),
            result.unit,
            figure(result.floor),
            "" if result.ratio is None else f"{result.ratio:.2f}",
            result.goal,
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
