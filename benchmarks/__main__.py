"""`python -m benchmarks [table …]`: measure and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime

from benchmarks import report

#: Tables by name, with their heading. Each module's `run()` returns Markdown.
TABLES = {
    "loop": "The loop: epochs a second",
    "maps": "The map: epochs a second, each drawn",
    "latency": "Latency: from a click to what it does",
    "classroom": "Stream and class: many who watch, many who train",
    "growth": "Growth: more rows, units, layers, epochs",
}


def main() -> None:
    """Run the tables asked for; all of them rewrite the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="which tables; all of them by default")
    wanted = parser.parse_args().tables or list(TABLES)
    today = datetime.datetime.now(datetime.UTC).date()
    parts = [f"# Benchmarks\n\nMade by `python -m benchmarks` on {today}.\n\n{report.machine()}\n"]
    for name in wanted:
        module = __import__(f"benchmarks.{name}", fromlist=["run"])
        print(f"# {TABLES[name]}", flush=True)
        parts.append(f"## {TABLES[name]}\n\n{(module.__doc__ or '').strip()}\n\n{module.run()}\n")
    page = "\n".join(parts)
    print(page)
    if wanted == list(TABLES):
        report.PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
