"""One training watched by many, and many training at once.

The engine, its workers, the store and the WebSocket route are the real ones. Viewers are sockets in another process on
the same machine; users start their runs by `Engine.train`, after their page has shown the experiment
(`Engine.preview`): 10,000 epochs at full speed, or 1,000 at 20 a second. Their epochs a second are those of the ten
seconds after the last one's first point; at full speed that includes compiling XLA. Memory is the proportional set
size (PSS) of this process, all workers and what they are forked from: shared pages count once. It includes neither the
Streamlit sessions nor the browsers.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from benchmarks import work
from benchmarks.report import table
from core.engine import service
from core.engine.engine import Engine, default_workers
from core.engine.feed import RunFeed
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.store import RunStore
from core.training.paths import CHANGE_AT
from pages.server.app import routes

_PORT = 8651
_SECONDS = 5.0


def run() -> str:
    """Measure everything. Returns Markdown."""
    return "\n\n".join([_watched(), _viewers(), _users()])


def _watched() -> str:
    """Whole runs of 10,000 epochs, in turns."""
    rates: dict[int, list[float]] = {0: [], 1: []}
    with _engine() as engine:
        _finish(engine, work.article())  # compiles
        for _ in range(3):
            for viewers, found in rates.items():
                feed = engine.train(work.article(), owner="teacher")
                with _watching(feed, viewers):
                    feed.wait_until(lambda feed: feed.has_ended, 120)
                found.append(feed.epoch / feed.seconds)
    alone, watched = (statistics.median(found) for found in rates.values())
    header = ("article's example, 10,000 epochs", "unwatched, epochs/s", "watched, epochs/s", "ratio", "to reach")
    return table(header, [("one user, one viewer", alone, watched, f"{watched / alone:.2f}", "≥ 0.9")])


def _viewers() -> str:
    """A run of 20 epochs a second, watched by several."""
    rows = []
    with _engine() as engine:
        feed = engine.train(_user(0, 1), owner="teacher", speed=20)
        feed.wait_until(lambda feed: feed.epoch > 0, 60)
        idle = _server_share()
        for count in (1, 5, 30):
            with _watching(feed, count) as watching:
                share = _server_share()
                updates = watching()
            rows.append((f"{count} viewers", statistics.median(updates), min(updates), f"{(share - idle) / count:.2%}"))
    return table(("one run at 20 epochs/s", "updates/s, median", "slowest", "server CPU a viewer, of one core"), rows)


def _users() -> str:
    rows = []
    cases: list[tuple[int, int, int | None]] = [
        (1, 1, None),
        (10, 1, None),
        (10, 10, None),
        (30, 1, None),
        (30, 10, None),
        (30, 1, 20),
        (30, 10, 20),
    ]
    for users, architectures, speed in cases:
        with _engine() as engine:
            rows.append(_class(engine, users, architectures, speed))
        print(rows[-1], flush=True)
    header = (
        "users at once",
        "first point: median",
        "slowest",
        "past the change to XLA, slowest",
        "epochs/s: median",
        "slowest",
        "slowest / median",
        "memory of all",
    )
    return table(header, rows)


def _class(engine: Engine, users: int, architectures: int, speed: int | None) -> Sequence[object]:
    epochs = 10_000 if speed is None else 50 * speed
    configs = [_user(index, architectures, epochs) for index in range(users)]
    for config in configs:
        preview = engine.preview(config, View())
        preview.wait_until(lambda feed: feed.frame is not None, 60)
    time.sleep(3)  # the class reads what to do
    feeds, firsts, changes = [], [], []
    for index, config in enumerate(configs):
        started = time.perf_counter()
        feed = engine.train(config, owner=f"student {index}", speed=speed)
        feeds.append(feed)
        firsts.append(_Reached(feed, 1, started))
        changes.append(_Reached(feed, CHANGE_AT + 1, started))
    waits = [first.wait() for first in firsts]
    before = [feed.epoch for feed in feeds]
    time.sleep(2 * _SECONDS)
    rates = [_pace(feed, epoch, 2 * _SECONDS) for feed, epoch in zip(feeds, before, strict=True)]
    same = "the same architecture" if architectures == 1 else f"{architectures} architectures"
    pace = "full speed" if speed is None else f"{speed} epochs/s wanted"
    return (
        f"{users}, {same}, {pace}",
        f"{statistics.median(waits):.2f} s",
        f"{max(waits):.2f} s",
        f"{max(change.wait() for change in changes):.2f} s" if speed is None else "–",
        statistics.median(rates),
        min(rates),
        f"{min(rates) / statistics.median(rates):.2f}",
        _memory(engine),
    )


def _pace(feed: RunFeed, before: int, seconds: float) -> float:
    """Epochs a second of the last seconds; of the whole run, where it has ended meanwhile."""
    return feed.epoch / feed.seconds if feed.has_ended else (feed.epoch - before) / seconds


class _Reached:
    """Notes when a run has completed so many epochs."""

    def __init__(self, feed: RunFeed, epoch: int, started: float) -> None:
        self._feed = feed
        self._epoch = epoch
        self._started = started
        self._seconds = 0.0
        self._there = threading.Event()
        self._unlisten = feed.listen(self._look)
        self._look()

    def wait(self) -> float:
        """Seconds from the start until then."""
        if not self._there.wait(60):
            raise TimeoutError(f"Not at epoch {self._epoch} after a minute: {self._feed.state}")
        self._unlisten()
        return self._seconds

    def _look(self) -> None:
        if self._feed.epoch >= self._epoch and not self._there.is_set():
            self._seconds = time.perf_counter() - self._started
            self._there.set()


def _user(index: int, architectures: int, epochs: int = 10_000) -> ExperimentConfig:
    """Spirals on a small network; seeds differ from user to user."""
    units = 4 + index % architectures
    data = {"name": "spirals", "samples": 300}
    hidden = [{"units": units, "activation": "tanh"}] * 2
    return ExperimentConfig.model_validate(
        {"dataset": data, "model": {"hidden_layers": hidden}, "training": {"epochs": epochs}, "seed": index}
    )


def _finish(engine: Engine, config: ExperimentConfig) -> None:
    feed = engine.train(config, owner="teacher")
    feed.wait_until(lambda feed: feed.has_ended, 120)


@contextmanager
def _engine() -> Iterator[Engine]:
    """A warm engine of its own behind the real routes."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(RunStore(Path(folder)))
        service._engine = engine
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes()), port=_PORT, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while engine.pool.ready_workers < default_workers() or not server.started:
                time.sleep(0.05)
            yield engine
        finally:
            server.should_exit = True
            thread.join()
            service.stop_engine()


@contextmanager
def _watching(feed: RunFeed, count: int) -> Iterator[Any]:
    """Viewers on a run. Gives a function that waits for their updates a second."""
    if not count:
        yield list
        return
    address = f"ws://127.0.0.1:{_PORT}/descent/live/{feed.id}"
    command = [sys.executable, "-m", "benchmarks.viewers", address, str(count), str(_SECONDS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout
    try:
        output.readline()
        yield lambda: json.loads(output.readline())
    finally:
        process.kill()
        process.wait()


def _server_share() -> float:
    """The share of a core that this process takes, over some seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    time.sleep(_SECONDS - 1)
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def _memory(engine: Engine) -> str:
    try:
        kilobytes = sum(_proportional(pid) for pid in (os.getpid(), *engine.pool.pids, *engine.pool.fork_server_pids))
    except OSError:  # no /proc
        return "–"
    return f"{kilobytes / 1024:,.0f} MB"


def _proportional(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
