"""Reading tables: Descent beside pandas, polars and DuckDB, where they are installed, on the files of
`tests/core/tables/bad_files.py`, each reader in a process of its own.

*Right*: the cells of a readable file are what they are (numbers as numbers, text as written), or the file is refused
that is none. *Wrong*: other cells, names or numbers of rows. *Silent*: a file that is no table was read as one.
*Refused*: a readable file was. Descent's own settings for all; pandas with `encoding="utf-8"`, separators found by its
Python engine. Then 1,000,000 rows of 20 columns, read, kept and described as the page has it done.

    python -m benchmarks.data pandas
"""

from __future__ import annotations

import importlib
import io
import json
import math
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import table

_LARGE = "a million rows"

#: Seconds after which a reader of one file is given up.
_CUT_OFF = 8.0

Columns = list[tuple[str, list[Any]]]


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for reader in _READERS:
        answer = subprocess.run([sys.executable, "-m", "benchmarks.data", reader], capture_output=True, text=True)
        if answer.returncode:
            rows.append((reader, "not installed", *[""] * 6))
            continue
        said = json.loads(answer.stdout.splitlines()[-1])
        rows.append(
            (
                reader,
                said["right"],
                said["wrong"],
                said["silent"],
                said["refused"],
                said["hung"],
                said["seconds"],
                f"{said['memory']:.0f} MB",
            )
        )
        print(rows[-1], flush=True)
    files = table(("reader", "right", "wrong", "silent", "refused", "hung", "slowest, s", "peak memory"), rows)
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.data", _LARGE], capture_output=True, text=True, check=True
    )
    return f"{files}\n\n{json.loads(answer.stdout.splitlines()[-1])}"


def _descent(data: bytes, name: str) -> Columns:
    from core import read_table

    read = read_table(data, name)
    return [(column.name, read.frame.iloc[:, index].tolist()) for index, column in enumerate(read.columns)]


def _pandas(data: bytes, name: str) -> Columns:
    import pandas

    frame = pandas.read_csv(io.BytesIO(data), encoding="utf-8", sep=None, engine="python", on_bad_lines="error")
    return [(str(frame.columns[index]), frame.iloc[:, index].tolist()) for index in range(frame.shape[1])]


def _pandas_c(data: bytes, name: str) -> Columns:
    import pandas

    frame = pandas.read_csv(io.BytesIO(data), on_bad_lines="error")
    return [(str(frame.columns[index]), frame.iloc[:, index].tolist()) for index in range(frame.shape[1])]


def _polars(data: bytes, name: str) -> Columns:
    polars = importlib.import_module("polars")
    frame = polars.read_csv(io.BytesIO(data))
    return [(name, frame[name].to_list()) for name in frame.columns]


def _duckdb(data: bytes, name: str) -> Columns:
    duckdb = importlib.import_module("duckdb")
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        relation = duckdb.sql(f"SELECT * FROM read_csv('{file.name}', strict_mode = true)")
        cells = relation.fetchall()
        return [(each, [row[index] for row in cells]) for index, each in enumerate(relation.columns)]


_READERS: dict[str, Callable[[bytes, str], Columns]] = {
    "Descent": _descent,
    "pandas, C engine": _pandas_c,
    "pandas, finding the separator": _pandas,
    "polars": _polars,
    "DuckDB, strict": _duckdb,
}


def _measure(reader: str) -> dict[str, Any]:
    from tests.core.tables.bad_files import READ, REFUSED

    read = _READERS[reader]
    read(b"a,b\n1,2\n3,4\n", "warm.csv")  # raises where it is not installed
    counts = dict.fromkeys(("right", "wrong", "silent", "refused", "hung"), 0)
    slowest = 0.0
    for file in (*READ, *REFUSED):
        started = time.perf_counter()
        found = _within(lambda file=file: read(file.data, "file" + file.ending))  # type: ignore[misc]
        slowest = max(slowest, time.perf_counter() - started)
        if found == "hung":
            counts["hung"] += 1
        elif file.columns is None:
            counts["right" if found is None else "silent"] += 1
        elif found is None:
            counts["refused"] += 1
        else:
            counts["right" if _same(found, file.columns) else "wrong"] += 1
    return {**counts, "seconds": slowest, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _within(read: Callable[[], Columns]) -> Any:
    """The columns; None where they were refused; "hung" where that took too long."""
    found: list[Any] = [None]

    def work() -> None:
        try:
            found[0] = read()
        except BaseException:  # however a library refuses
            found[0] = None

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_CUT_OFF)
    return "hung" if thread.is_alive() else found[0]


def _same(found: Columns, expected: Any) -> bool:
    if len(found) != len(expected):
        return False
    for (name, cells), (own, wanted) in zip(found, expected, strict=True):
        is_numbered = own.startswith("column ") and name != own  # each numbers nameless columns in its own way
        if (name.strip() != own and own and not is_numbered) or len(cells) != len(wanted):
            return False
        if not all(_same_cell(*pair) for pair in zip(cells, wanted, strict=True)):
            return False
    return True


def _same_cell(cell: Any, wanted: Any) -> bool:
    if wanted is None:
        return cell is None or (isinstance(cell, float) and math.isnan(cell)) or cell == ""
    if isinstance(wanted, str):
        # Dates, and yes and no, may come as what they mean.
        return str(cell) == wanted or (not isinstance(cell, (str, int, float)) and str(cell)[:10] == wanted[:10])
    return not isinstance(cell, str) and cell is not None and cell == wanted


def _large() -> str:
    from core.engine.table_reader import TableReader

    data = million()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        TableReader(folder).read(data, "million.csv", owner="benchmark").result()
        seconds = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet")) / 2**20
    time.sleep(0.5)  # until its process is buried
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    header = ("1,000,000 × 20, read, kept and described", "seconds", "peak memory of the process", "kept")
    return table(header, [(f"{len(data) / 1e6:.0f} MB of CSV", seconds, f"{memory:.0f} MB", f"{size:.0f} MB")])


def million() -> bytes:
    """A file of 1,000,000 rows and 20 columns of every kind, the same each time."""
    import pandas

    draw, rows = np.random.default_rng(0), 1_000_000
    columns: dict[str, Any] = {f"x{index}": draw.normal(size=rows).round(6) for index in range(10)}
    columns |= {f"n{index}": draw.integers(0, 10_000, rows) for index in range(4)}
    columns["id"] = np.arange(rows)
    for name, words in (
        ("sex", ["male", "female"]),
        ("smoker", ["yes", "no"]),
        ("site", [f"site {i}" for i in range(40)]),
    ):
        columns[name] = draw.choice(words, rows)
    columns["day"] = draw.choice(
        [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29)], rows
    )
    columns["ill"] = (columns["x0"] > 0).astype(int)
    return pandas.DataFrame(columns).to_csv(index=False).encode()


if __name__ == "__main__":
    print(json.dumps(_large() if sys.argv[1] == _LARGE else _measure(sys.argv[1])))
