"""Tasks: what others notice of long work.

Two runs train in two workers, alone and beside tasks, one after the other without a pause. Stop is measured from the
call to the answer of the worker, twenty times beside a task.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import table
from core.engine.engine import Engine
from core.engine.run import LiveRun
from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from core.store import RunStore

_SECONDS = 8.0
_STOPS = 20


def run() -> str:
    """Measure everything. Returns Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(RunStore(Path(folder)), workers=2)
        try:
            while engine.pool.ready_workers < 2:
                time.sleep(0.1)
            rows = _measure(engine)
        finally:
            engine.stop()
    return table(("what", "measured", "to reach"), rows)


def _measure(engine: Engine) -> list[tuple[str, str, str]]:
    filmed = engine.train(_experiment(epochs=9_000, seed=1), owner="film")
    filmed.wait_until(lambda run: run.has_ended, 120)
    started = time.perf_counter()
    task = engine.begin_task(filmed.id, "film", {"form": "gif"}, owner="film")
    task.wait(120)
    first = time.perf_counter() - started
    runs = [engine.train(_experiment(seed=seed), owner=f"trains {seed}") for seed in (2, 3)]
    for each in runs:
        each.wait_until(lambda run: run.epoch > 50, 60)
    time.sleep(3)
    alone, beside = [], []
    for _ in range(3):
        alone.append(_epochs_per_second(runs))
        with _working(engine, filmed):
            beside.append(_epochs_per_second(runs))
    engine.stop_run(runs[0].id, owner="trains 2")
    with _working(engine, filmed):
        stops = [_stop(engine, seed) for seed in range(_STOPS)]
    share = statistics.median(beside) / statistics.median(alone)
    pictures = len(filmed.snapshots)
    return [
        (f"the first film, {min(pictures, 120)} pictures, from asking to the GIF", f"{first:.1f} s", "–"),
        ("two runs, epochs/s in sum: alone", f"{statistics.median(alone):,.0f}", "–"),
        ("the same beside a task", f"{statistics.median(beside):,.0f} ({share:.0%})", "≥ 70 %"),
        (f"Stop beside a task and another run, slowest of {_STOPS}", f"{max(stops):.3f} s", "≤ 0.2 s"),
    ]


def _experiment(*, seed: int, epochs: int = 10_000) -> ExperimentConfig:
    """Small batches of many points: an epoch on the graph path for as long as is measured."""
    query = {"dataset": "spirals", "samples": "2000", "layers": "32-tanh,32-tanh-d0.1", "batch_size": "16"}
    small = {"samples": "100", "layers": "8-tanh"} if epochs < 10_000 else {}
    return from_query({**query, **small, "epochs": str(epochs), "seed": str(seed)}).config


def _epochs_per_second(runs: list[LiveRun]) -> float:
    before, started = [run.epoch for run in runs], time.perf_counter()
    time.sleep(_SECONDS)
    done = sum(run.epoch - epoch for run, epoch in zip(runs, before, strict=True))
    return done / (time.perf_counter() - started)


_EPOCHS: Iterator[int] = itertools.count(1)


@contextmanager
def _working(engine: Engine, filmed: LiveRun) -> Iterator[None]:
    """There is always a task: several wait, each of another epoch, so that none is answered from the store."""
    recorded = sorted(filmed.snapshots, reverse=True)
    tasks = [
        engine.begin_task(filmed.id, "film", {"form": "gif"}, owner="film", epoch=recorded[next(_EPOCHS)])
        for _ in range(8)
    ]
    while tasks[0].done == 0:
        time.sleep(0.01)
    yield
    assert any(not task.state.has_ended for task in tasks), "the tasks were over before the measurement"
    for task in tasks:
        engine.cancel_task(task.id, owner="film")


def _stop(engine: Engine, seed: int) -> float:
    run = engine.train(_experiment(seed=100 + seed), owner="stops")
    run.wait_until(lambda run: run.epoch > 0, 30)
    started = time.perf_counter()
    engine.stop_run(run.id, owner="stops")
    taken = time.perf_counter() - started
    assert run.has_ended
    return taken
