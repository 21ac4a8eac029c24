"""A table of a million rows: read, trained on, and what others notice of both.

1,000,000 rows of 20 columns are read, kept and described as the page has it done, then trained on (16 units, batches of
1,000), while two runs of others train in two workers. The wait is the slowest of many questions to the engine, in the
server's process; memory is the greatest of the reading process, and of the worker that trains on the table.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import million
from benchmarks.report import table
from core.engine.engine import Engine
from core.engine.run import LiveRun
from core.engine.table_reader import TableReader
from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from core.store import RunStore

#: Seconds over which others' epochs are counted while nothing else happens.
_ALONE = 8.0

_EPOCHS = 5


def run() -> str:
    """Measure everything. Returns Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DESCENT_DATA"] = folder
        engine = Engine(RunStore(Path(folder)), workers=2)
        try:
            while engine.pool.ready_workers < 2:
                time.sleep(0.1)
            rows = _measure(engine, folder)
        finally:
            engine.stop()
    return table(("what", "measured", "to reach"), rows)


def _measure(engine: Engine, folder: str) -> list[tuple[str, str, str]]:
    data = million()
    others = [engine.train(_others(seed), owner=f"trains {seed}") for seed in (2, 3)]
    for each in others:
        each.wait_until(lambda run: run.epoch > 50, 60)
    time.sleep(2)
    alone, _, quiet = _meanwhile(engine, others, lambda: time.sleep(_ALONE))
    memory = _Memory()
    reader = TableReader(folder)
    reading = reader.read(data, "million.csv", owner="benchmark")
    beside_reading, seconds, wait = _meanwhile(engine, others, lambda: memory.watch(reading.wait))
    content = reading.result().content
    config = _on(content)
    trained = engine.train(config, owner="benchmark")
    loading, first, first_wait = _meanwhile(engine, others, lambda: _until(trained, 1))
    beside_training, rest, train_wait = _meanwhile(engine, others, lambda: _until(trained, _EPOCHS))
    return [
        (f"{len(data) / 1e6:.0f} MB of CSV, read, kept and described", f"{seconds:.1f} s", "≤ 12 s"),
        ("of them at work, on one core", f"{memory.worked:.1f} s", "–"),
        ("memory of the process that reads", f"{memory.greatest:,.0f} MB", "≤ 1,200 MB"),
        ("two runs of others, epochs/s in sum: alone", f"{alone:,.0f}", "–"),
        ("the same beside reading", f"{beside_reading:,.0f} ({beside_reading / alone:.0%})", "≥ 50 %"),
        ("the server's slowest answer: alone, beside reading", f"{quiet:.3f} s, {wait:.3f} s", "≤ 0.2 s"),
        ("from Train to the first epoch on it", f"{first:.1f} s", "–"),
        ("two runs of others until then", f"{loading:,.0f} ({loading / alone:.0%})", "–"),
        (f"an epoch of 800,000 rows, {len(config.dataset.feature_names)} inputs", f"{rest / (_EPOCHS - 1):.1f} s", "–"),
        ("two runs of others meanwhile", f"{beside_training:,.0f} ({beside_training / alone:.0%})", "–"),
        ("the server's slowest answer meanwhile", f"{max(first_wait, train_wait):.3f} s", "≤ 0.2 s"),
        ("memory of the worker that trains on it", f"{_greatest_worker():,.0f} MB", "–"),
    ]


def _others(seed: int) -> ExperimentConfig:
    query = {"dataset": "spirals", "samples": "2000", "layers": "32-tanh,32-tanh-d0.1", "batch_size": "16"}
    return from_query({**query, "epochs": "10000", "seed": str(seed)}).config


def _on(content: str) -> ExperimentConfig:
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": content, "target": "ill", "ignored": ["id"]},
            "model": {"hidden_layers": [{"units": 16, "activation": "relu"}]},
            "training": {"epochs": _EPOCHS, "batch_size": 1_000},
        }
    )


def _until(run: LiveRun, epoch: int) -> None:
    assert run.wait_until(lambda run: run.epoch >= epoch or run.has_ended, 600)
    assert run.epoch >= epoch, run.message


def _meanwhile(engine: Engine, others: list[LiveRun], work: Callable[[], object]) -> tuple[float, float, float]:
    """Others' epochs a second while something is done, its seconds, and the server's slowest answer."""
    waits: list[float] = [0.0]
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.01):
            asked = time.perf_counter()
            engine.find(others[0].id).history()
            waits.append(time.perf_counter() - asked)

    asking = threading.Thread(target=ask)
    asking.start()
    before, started = [run.epoch for run in others], time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    done = sum(run.epoch - epoch for run, epoch in zip(others, before, strict=True))
    ended.set()
    asking.join()
    return done / seconds, seconds, max(waits)


class _Memory:
    """The greatest resident memory of a child that reads tables, in MB, and the seconds that a core worked for it."""

    def __init__(self) -> None:
        self.greatest = 0.0
        self.worked = 0.0

    def watch(self, wait: Callable[[float], bool]) -> None:
        """Look at it until `wait` is over."""
        while not wait(0.05):
            for pid in _children():
                if "core.tables.process" in _text(pid, "cmdline"):
                    self.greatest = max(self.greatest, _resident(pid))
                    self.worked = max(self.worked, _worked(pid))


def _greatest_worker() -> float:
    return max(_resident(pid, "VmHWM") for pid in _children() if "worker" in _text(pid, "cmdline"))


def _children() -> list[int]:
    """All processes below this one (Linux)."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        found = [line for line in _text(int(path.name), "status").splitlines() if line.startswith("PPid:")]
        if found:
            parents[int(path.name)] = int(found[0].split()[1])
    below, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in below} - below
        grown = bool(more)
        below |= more
    return sorted(below - {os.getpid()})


def _text(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text().replace("\0", " ")
    except OSError:
        return ""


def _worked(pid: int) -> float:
    fields = _text(pid, "stat").rpartition(")")[2].split()  # what follows the name; it may hold spaces
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if len(fields) > 12 else 0.0


def _resident(pid: int, which: str = "VmRSS") -> float:
    found = [line for line in _text(pid, "status").splitlines() if line.startswith(which)]
    return int(found[0].split()[1]) / 1024 if found else 0.0
