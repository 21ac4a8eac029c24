"""`python -m benchmarks [table …]`: measure and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from benchmarks import report
from benchmarks.tables import TABLES, measure


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
