"""`python -m benchmarks [table …]`: measure and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime
import importlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from benchmarks import report

#: Tables by name, with their heading. Each module's `run()` returns Markdown.
TABLES = {
    "loop": "The loop: epochs a second",
    "maps": "The map: epochs a second, each drawn",
    "latency": "Latency: from a click to what it does",
    "classroom": "Stream and class: many who watch, many who train",
    "growth": "Growth: more rows, units, layers, epochs",
}


def measure(name: str) -> str:
    """One table with its heading and explanation."""
    module = importlib.import_module(f"benchmarks.{name}")
    return f"## {TABLES[name]}\n\n{(module.__doc__ or '').strip()}\n\n{module.run()}\n"


def main() -> None:
    """Run the tables asked for; all of them rewrite the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="which tables; all of them by default")
    wanted = parser.parse_args().tables or list(TABLES)
    today = datetime.datetime.now(datetime.UTC).date()
    parts = [f"# Benchmarks\n\nMade by `python -m benchmarks` on {today}.\n\n{report.machine()}\n"]
    for name in wanted:
        print(f"# {TABLES[name]}", flush=True)
        # Each in a process of its own: what one has loaded is no part of another's memory.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
            parts.append(process.submit(measure, name).result())
    page = "\n".join(parts)
    print(page)
    if wanted == list(TABLES):
        report.PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
