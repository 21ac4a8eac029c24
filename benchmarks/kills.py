"""Nothing is lost: workers and servers are killed at random moments, and every run ends as one that nobody disturbed.

Runs of nine kinds: the graph path, XLA, dropout, batch normalisation, early stopping that goes back to its best
weights, a weight set by hand, another rate midway, single steps, and a branch. (Layers that convolve cannot be
configured yet.) A worker is killed with `SIGKILL` at a random moment of a run of one to three seconds; a server with
all of these runs at once, and its workers with it. Equal means: the same history and the same final weights, optimizer
and random state, bit for bit, as a run of the same engine that was left alone. "Trains on" is the time from the kill,
or from the start of the next server, to the first epoch that was not recorded before.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import table
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.engine.run import LiveRun
from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from core.store import RunStore
from core.training.state import TrainingState

WORKERS_KILLED = 100
SERVERS_KILLED = 20

_ROOT = Path(__file__).resolve().parents[1]
_SEED = 11
_PATIENCE = 120.0


@dataclass(frozen=True)
class Kind:
    """A kind of run, and what its owner does while it is paused.

    Attributes:
        query: the experiment as in a link.
        speed: epochs a second, so that it lasts a second or three.
        steps: epochs after which it pauses first, None for a run without pauses.
        act: called while it is paused; does the next thing, and is called again where a kill undid it.
        best: early stopping goes back to its best weights.
        branches: it goes on from epoch 17 of another run, with another rate.
    """

    query: str
    speed: float | None = None
    steps: int | None = None
    act: Callable[[Engine, LiveRun], None] = lambda engine, run: engine.resume(run.id, owner=run.owner)
    best: bool = False
    branches: bool = False


def _edit(engine: Engine, run: LiveRun) -> None:
    if run.edits:
        engine.resume(run.id, owner=run.owner)
    else:
        engine.edit_weight(run.id, Edit(0, 1, 2, 2.5), owner=run.owner)


def _change_rate(engine: Engine, run: LiveRun) -> None:
    if run.changes:
        engine.resume(run.id, owner=run.owner)
    else:
        engine.set_learning_rate(run.id, 0.2, owner=run.owner)


def _step(engine: Engine, run: LiveRun) -> None:
    if run.epoch < 12:
        engine.step(run.id, owner=run.owner)
    else:
        engine.resume(run.id, owner=run.owner)


_TINY = "dataset=blobs&samples=50&layers=3-tanh"
KINDS = {
    "graph path": Kind(f"{_TINY}&epochs=200", speed=100),
    "XLA": Kind(f"{_TINY}&epochs=10000"),
    "dropout": Kind(f"{_TINY}&layers=6-relu-d0.3&epochs=200&optimizer=nadam", speed=100),
    "batch normalisation": Kind(f"{_TINY}&layers=6-relu-bn,4-tanh-bn&epochs=200", speed=100),
    "early stopping, best weights": Kind(
        "dataset=moons&samples=50&noise=1&test_fraction=0.5&layers=8-tanh&learning_rate=0.1&epochs=3000"
        "&early_stopping=60",
        speed=40,
        best=True,
    ),
    "edited": Kind("dataset=moons&samples=50&layers=3-tanh,2-tanh&epochs=150", speed=80, steps=4, act=_edit),
    "rate changed": Kind(f"{_TINY}&epochs=150&seed=3", speed=80, steps=10, act=_change_rate),
    "stepped": Kind(f"{_TINY}&epochs=80&seed=4", speed=60, steps=1, act=_step),
    "branched": Kind(f"{_TINY}&epochs=150&seed=5&learning_rate=0.2", speed=80, branches=True),
}


def run() -> str:
    """Kill workers, then servers. Returns Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        workers = _kill_workers(Path(folder), WORKERS_KILLED)
    with tempfile.TemporaryDirectory() as folder:
        servers = _kill_servers(Path(folder), SERVERS_KILLED)
    header = ("killed", "times", "runs", "equal to undisturbed", "trains on: median", "slowest", "to reach")
    rows = [
        ("a worker", *workers.cells(), f"{WORKERS_KILLED} of {WORKERS_KILLED}, ≤ 3 s"),
        ("the server and all its workers", *servers.cells(), "all, ≤ 10 s"),
    ]
    return table(header, rows)


@dataclass
class Tally:
    """What came of killing."""

    kills: int = 0
    runs: int = 0
    equal: int = 0
    waits: tuple[float, ...] = ()

    def cells(self) -> tuple[str, str, str, str, str]:
        """Cells of the table."""
        median, slowest = statistics.median(self.waits or (0.0,)), max(self.waits, default=0.0)
        return str(self.kills), str(self.runs), f"{self.equal} of {self.runs}", f"{median:.1f} s", f"{slowest:.1f} s"


def begin(engine: Engine, name: str) -> LiveRun:
    """Start a run of a kind, under its name as its owner."""
    kind, config = KINDS[name], configuration(name)
    if not kind.branches:
        return engine.train(config, owner=name, speed=kind.speed, steps=kind.steps)
    training = config.training.model_copy(update={"learning_rate": 0.01})
    trunk = engine.train(config.model_copy(update={"training": training}), owner=f"{name}, trunk", steps=17)
    _wait(trunk, lambda run: run.epoch == 17 and 17 in run.snapshots)
    return engine.branch(trunk.id, 17, owner=name, config=config, speed=kind.speed)


def configuration(name: str) -> ExperimentConfig:
    """The experiment of a kind."""
    config = from_query(dict(pair.split("=") for pair in KINDS[name].query.split("&"))).config
    stopping = config.training.early_stopping
    if not KINDS[name].best or stopping is None:
        return config
    best = stopping.model_copy(update={"restore_best_weights": True})
    return config.model_copy(update={"training": config.training.model_copy(update={"early_stopping": best})})


def drive(engine: Engine, run: LiveRun, name: str) -> None:
    """Do what a run's owner does, until it has ended and its last state is kept."""
    end = time.monotonic() + _PATIENCE
    while not run.has_ended:
        before = _standing(run)
        if run.state == "paused" and not run.steps:
            KINDS[name].act(engine, run)
        run.wait_until(_moved_on(before), 0.25)
        assert time.monotonic() < end, f"{name}: {run.state} at epoch {run.epoch}: {run.message}"
    while run.state_at_rest(engine.store) is None:
        time.sleep(0.01)
        assert time.monotonic() < end, f"{name}: no state after the last epoch"


def _standing(run: RunFeed) -> tuple[object, ...]:
    return run.epoch, len(run.edits), len(run.changes), run.state


def _moved_on(before: tuple[object, ...]) -> Callable[[RunFeed], bool]:
    return lambda run: _standing(run) != before


def digest(engine: Engine, run: LiveRun) -> str:
    """Of a run's record and its last state."""
    found = hashlib.sha256(engine.store.history(run.id).tobytes())
    state = run.state_at_rest(engine.store)
    assert state is not None
    for variable in TrainingState.from_bytes(state).variables:
        found.update(variable.tobytes())
    return f"{run.state} {run.epoch} {found.hexdigest()[:16]}"


def _kill_workers(folder: Path, times: int) -> Tally:
    chance, tally = random.Random(_SEED), Tally()
    waits: list[float] = []
    engine = Engine(RunStore(folder), workers=2)
    try:
        while engine.pool.ready_workers < 2:
            time.sleep(0.05)
        undisturbed, seconds = {}, {}
        for name in KINDS:
            started = time.monotonic()
            left_alone = begin(engine, name)
            drive(engine, left_alone, name)
            undisturbed[name], seconds[name] = digest(engine, left_alone), time.monotonic() - started
        while tally.kills < times:
            name = list(KINDS)[tally.kills % len(KINDS)]
            disturbed = begin(engine, name)
            killer = threading.Thread(
                target=_kill_once, args=(engine, disturbed, chance.uniform(0.02, 0.9) * seconds[name], waits)
            )
            killer.start()
            drive(engine, disturbed, name)
            killer.join()
            if disturbed.attempt < 2:
                continue  # it had ended before
            tally.kills += 1
            tally.runs += 1
            same = digest(engine, disturbed) == undisturbed[name]
            tally.equal += same
            if not same:
                print(f"NOT EQUAL: {name} after a killed worker: {digest(engine, disturbed)}", flush=True)
    finally:
        engine.stop()
    tally.waits = tuple(waits)
    return tally


def _kill_once(engine: Engine, run: LiveRun, after: float, waits: list[float]) -> None:
    """Kill the worker of a run, and note how long it takes until a new epoch comes."""
    run.wait_until(lambda run: run.has_ended, after)
    pid = engine.pool.host_pid(run.id)
    if pid is None or run.has_ended:
        return
    killed, trained, was_training = time.monotonic(), run.epoch, run.state.is_training
    os.kill(pid, signal.SIGKILL)
    run.wait_until(lambda run: run.epoch > trained or run.has_ended, 60)
    if was_training and run.epoch > trained:
        waits.append(time.monotonic() - killed)


def _kill_servers(folder: Path, times: int) -> Tally:
    chance, tally = random.Random(_SEED), Tally()
    waits: list[float] = []
    undisturbed = _serve(folder / "undisturbed", None)["digests"]
    for number in range(times):
        data = folder / str(number)
        _serve(data, chance.uniform(0.5, 4.0))
        said = _serve(data, None)
        tally.kills += 1
        waits += said["waits"]
        for name, found in said["digests"].items():
            tally.runs += 1
            tally.equal += found == undisturbed[name]
            if found != undisturbed[name]:
                print(f"NOT EQUAL: {name} after killed server {number}: {found}", flush=True)
    tally.waits = tuple(waits)
    return tally


def _serve(folder: Path, kill_after: float | None) -> dict[str, Any]:
    """Run a server until its runs have ended, or for so many seconds after they have begun."""
    command = [sys.executable, "-m", "benchmarks.kills", str(folder), str(time.time())]
    server = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    if kill_after is None:
        said: dict[str, Any] = json.loads(server.communicate()[0].splitlines()[-1])
        return said
    server.stdout.readline()
    time.sleep(kill_after)
    server.kill()
    server.wait()
    return {}


def _be_server(folder: Path, started: float) -> None:
    """Begin the runs of every kind, or go on with them; say what came of them.

    Args:
        started: when this process was, as Unix time.
    """
    engine = Engine(RunStore(folder), workers=2)
    names, waits = folder / "runs.json", []
    if names.exists():
        runs = {name: engine.find(id) for name, id in json.loads(names.read_text()).items()}
    else:
        runs = {name: begin(engine, name) for name in KINDS}
        engine.store.flush()
        names.write_text(json.dumps({name: run.id for name, run in runs.items()}))
        while any(run.state == "queued" for run in runs.values()):
            time.sleep(0.01)
    print("begun", flush=True)

    def watch(run: LiveRun, trained: int) -> None:
        run.wait_until(lambda run: run.epoch > trained, _PATIENCE)
        waits.append(time.time() - started)

    going_on = [run for run in runs.values() if run.state.is_training]
    threads = [threading.Thread(target=watch, args=(run, run.epoch)) for run in going_on]
    threads += [threading.Thread(target=drive, args=(engine, run, name)) for name, run in runs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digests = {name: digest(engine, run) for name, run in runs.items()}
    print(json.dumps({"digests": digests, "waits": waits}), flush=True)
    engine.stop()


def _wait(run: LiveRun, condition: Callable[[Any], bool]) -> None:
    assert run.wait_until(condition, _PATIENCE), f"{run.state} at epoch {run.epoch}: {run.message}"


if __name__ == "__main__":
    _be_server(Path(sys.argv[1]), float(sys.argv[2]))
