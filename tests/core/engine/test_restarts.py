"""A server is killed: the next one on its folder goes on with its runs as if nothing had been."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.engine.engine import Engine
from core.engine.worker_pool import WorkerPool
from core.errors import RunElsewhere
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from core.store import RunStore
from core.training import ProgramCache, Trainer
from tests.core.tiny_runs import (
    experiment,
    is_running,
    shown_epoch,
    table,
    until,
    wait,
    wait_for_end,
    wait_for_epoch,
    wait_for_rest,
)
from tests.core.undisturbed import STOPPING, assert_same_run, best_epoch, undisturbed

ROOT = Path(__file__).resolve().parents[3]
MakePool = Callable[..., WorkerPool]
Trained = Callable[[ExperimentConfig], Trainer]

ENDED = experiment(dataset="iris", epochs=12)
RUNNING = experiment(epochs=1000, seed=2)
PAUSED = experiment(dataset="moons", layers="3-tanh,2-tanh", epochs=40)
#: A server without pages and with four kinds of runs. It says how they stand and waits to be killed.
_SERVER = """
import json, sys, threading
from pathlib import Path
from core.experiment.config import ExperimentConfig
from core.engine.engine import Engine
from core.protocol.messages import Edit
from core.store import RunStore

engine = Engine(RunStore(Path(sys.argv[1])), workers=1)
configs = [ExperimentConfig.model_validate(config) for config in json.loads(sys.argv[2])]
ended = engine.train(configs[0], owner="ended")
running = engine.train(configs[1], owner="running", speed=20)
paused = engine.train(configs[2], owner="paused", steps=4)
stopping = engine.train(configs[3], owner="stopping", speed=20)
ended.wait_until(lambda run: run.has_ended, 90)
paused.wait_until(lambda run: run.state == "paused" and run.epoch == 4, 90)
engine.edit_weight(paused.id, Edit(0, 1, 2, 2.5), owner="paused")
paused.wait_until(lambda run: len(run.edits) == 1, 90)
running.wait_until(lambda run: run.epoch >= 5, 90)
engine.set_learning_rate(running.id, 0.05, owner="running")
running.wait_until(lambda run: run.changes and run.epoch >= run.changes[-1][0] + 5, 90)
stopping.wait_until(lambda run: run.epoch >= int(sys.argv[3]), 90)
while engine.predictions(ended.id) is None:
    threading.Event().wait(0.01)
engine.store.flush()
runs = {"ended": ended, "running": running, "paused": paused, "stopping": stopping}
print(json.dumps({
    "ids": {name: run.id for name, run in runs.items()},
    "epochs": {name: run.epoch for name, run in runs.items()},
    "workers": engine.pool.pids,
}), flush=True)
threading.Event().wait()
"""


@dataclass
class Killed:
    """What a server said before it was killed."""

    folder: Path
    ids: dict[str, str]
    epochs: dict[str, int]
    workers: list[int]


@pytest.fixture(scope="module")
def best(programs: ProgramCache) -> int:
    """The epoch whose weights early stopping goes back to."""
    return best_epoch(undisturbed(STOPPING, programs))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, best: int) -> Killed:
    folder = tmp_path_factory.mktemp("killed")
    configs = [config.model_dump(mode="json") for config in (ENDED, RUNNING, PAUSED, STOPPING)]
    command = [sys.executable, "-c", _SERVER, str(folder), json.dumps(configs), str(best + 10)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = json.loads(server.stdout.readline())
    assert all(is_running(pid) for pid in said["workers"])
    server.kill()
    server.wait()
    return Killed(folder, **said)


@pytest.fixture(scope="module")
def restarted(killed: Killed, make_pool: MakePool) -> Iterator[Engine]:
    """A new server on the folder of the killed one."""
    engine = Engine(RunStore(killed.folder), workers=1, make_pool=make_pool)
    yield engine
    engine.stop()


def test_workers_end_with_a_server_that_was_killed(killed: Killed) -> None:
    assert killed.workers
    until(lambda: not any(is_running(pid) for pid in killed.workers), "a worker outlives its server")


def test_a_run_that_trained_goes_on_by_itself_with_the_rate_it_had(
    killed: Killed, restarted: Engine, programs: ProgramCache
) -> None:
    run = restarted.find(killed.ids["running"])
    assert run.epoch >= killed.epochs["running"]
    assert run.owner == "running"
    assert run.frame is not None, "a browser that comes back sees the last picture at once"
    assert run.note is not None
    assert "The server was started again" in str(run.note)
    restarted.set_speed(run.id, None, owner="running")
    wait_for_end(run)
    wait_for_rest(restarted, run)
    assert (run.state, run.epoch) == ("done", 1000)
    ((changed, rate),) = run.changes
    assert rate == 0.05
    reference = undisturbed(RUNNING, programs, changes=[(changed, rate)])
    assert_same_run(restarted.store.history(run.id), restarted.store.kept(run.id, "checkpoint"), reference)


def test_early_stopping_goes_back_to_weights_from_before_the_restart(
    killed: Killed, restarted: Engine, programs: ProgramCache, best: int
) -> None:
    run = restarted.find(killed.ids["stopping"])
    assert best < killed.epochs["stopping"]
    wait_for_end(run)
    wait_for_rest(restarted, run)
    assert run.epoch == best + 30
    reference = undisturbed(STOPPING, programs)
    assert_same_run(restarted.store.history(run.id), restarted.store.kept(run.id, "checkpoint"), reference)


def test_a_run_that_was_paused_stays_paused_and_keeps_what_was_set_by_hand(
    killed: Killed, restarted: Engine, programs: ProgramCache
) -> None:
    run = restarted.find(killed.ids["paused"])
    assert (run.state, run.epoch, len(run.edits)) == ("paused", 4, 1)
    restarted.step(run.id, owner="paused")
    wait_for_epoch(run, 5)
    assert run.state == "paused"
    restarted.resume(run.id, owner="paused")
    wait_for_end(run)
    wait_for_rest(restarted, run)
    assert dataclasses.replace(run.edits[0], before=0.0) == Edit(0, 1, 2, 2.5, epoch=4)
    reference = undisturbed(PAUSED, programs, edits=run.edits)
    assert_same_run(restarted.store.history(run.id), restarted.store.kept(run.id, "checkpoint"), reference)


def test_a_run_that_had_ended_is_there_with_all_it_had(killed: Killed, restarted: Engine, trained: Trained) -> None:
    run, trainer = restarted.find(killed.ids["ended"]), trained(ENDED)
    assert (run.state, run.epoch, run.message, run.owner) == ("done", 12, None, "ended")
    assert np.array_equal(run.history(), table(trainer))
    assert run.seconds > 0
    assert shown_epoch(run) == 12
    assert run.opened is not None
    assert run.opened.header["info"]["test_rows"] == 30
    columns = restarted.predictions(run.id)
    assert columns is not None
    names = np.array(trainer.dataset.class_names)
    guesses = trainer.predict(trainer.dataset.x_test).argmax(axis=1)
    assert columns["predicted"] == names[guesses].tolist()


def test_a_run_of_before_the_restart_is_drawn_on_another_plane(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    run, petals = restarted.find(killed.ids["ended"]), View("slice", 2, 3)
    before = run.frame
    restarted.set_view(run.id, petals, owner="ended")
    wait(
        run,
        lambda run: (
            run.view is not None
            and run.view.header["view"]["x_label"] == "petal length (cm)"
            and run.frame is not before
        ),
    )
    trainer = trained(ENDED)
    classes = trainer.predict(plane_of(trainer.dataset, petals).grid).argmax(axis=1)
    assert run.frame is not None
    assert np.mean(run.frame.blocks["map_class"].ravel() == classes) > 0.999
    assert run.state == "done"


def test_a_run_of_before_the_restart_is_continued_bit_for_bit(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    run = restarted.find(killed.ids["ended"])
    restarted.extend(run.id, 8, owner="ended")
    wait(run, lambda run: run.epoch == 20 and run.has_ended)
    assert np.array_equal(run.history(), table(trained(experiment(dataset="iris", epochs=20))))
    assert np.array_equal(restarted.store.history(run.id), run.history())
    wait_for_rest(restarted, run)


_NOTHING_BEGUN = """
import json, sys, os, signal
from pathlib import Path
from core.experiment.config import ExperimentConfig
from core.engine.engine import Engine
from core.store import RunStore

engine = Engine(RunStore(Path(sys.argv[1])), workers=1, begin=False)
config = ExperimentConfig.model_validate_json(sys.argv[2])
queued = engine.train(config, owner="queued")
paused = engine.train(config, owner="paused")
engine.pause(paused.id, owner="paused")
faster = engine.train(config, owner="faster")
engine.set_learning_rate(faster.id, 0.5, owner="faster")
stopped = engine.train(config, owner="stopped")
engine.stop_run(stopped.id, owner="stopped")
stepped = engine.train(config, owner="stepped", steps=1)
engine.step(stepped.id, owner="stepped")
engine.store.flush()
print(json.dumps([run.id for run in (queued, paused, faster, stopped, stepped)]), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_runs_that_waited_in_the_queue_wait_again(tmp_path: Path, make_pool: MakePool) -> None:
    command = [sys.executable, "-c", _NOTHING_BEGUN, str(tmp_path), experiment(epochs=5).model_dump_json()]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout
    engine = Engine(RunStore(tmp_path), workers=1, begin=False, make_pool=make_pool)
    queued, paused, faster, stopped, stepped = map(engine.find, json.loads(said))
    assert [run.state for run in (queued, paused, faster, stopped)] == ["queued", "paused", "queued", "stopped"]
    assert faster.changes == [(0, 0.5)]
    engine.begin()
    wait_for_end(queued)
    wait_for_end(faster)
    assert (faster.learning_rate, paused.epoch) == (0.5, 0)
    wait(stepped, lambda run: run.epoch == 2)
    assert stepped.state == "paused"
    engine.resume(paused.id, owner="paused")
    wait_for_end(paused)
    assert np.array_equal(paused.history(), queued.history())
    engine.stop()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_ends_in_order_leaves_no_process_and_its_runs_go_on_in_the_next(
    tmp_path: Path, programs: ProgramCache, make_pool: MakePool
) -> None:
    config = experiment(epochs=200, seed=2)
    engine = Engine(RunStore(tmp_path), workers=1)
    run = engine.train(config, owner="me", speed=20)
    wait_for_epoch(run, 25)
    workers = engine.pool.pids
    beside = Engine(RunStore(tmp_path), workers=1, begin=False)
    with pytest.raises(RunElsewhere):
        beside.stop_run(run.id, owner="me")  # it trains in the other server, which lives
    beside.stop()
    engine.stop()
    assert not any(is_running(pid) for pid in workers)
    again = Engine(RunStore(tmp_path), workers=1, make_pool=make_pool)
    run = again.find(run.id)
    assert run.epoch >= 25
    again.set_speed(run.id, None, owner="me")
    wait_for_end(run)
    assert np.array_equal(run.history(), table(undisturbed(config, programs)))
    again.stop()


def test_a_run_of_a_server_that_dies_later_is_taken_over_when_somebody_asks_for_it(
    tmp_path: Path, make_pool: MakePool
) -> None:
    config = experiment(epochs=5).model_dump_json()
    beside = Engine(RunStore(tmp_path), workers=1, begin=False, make_pool=make_pool)
    command = [sys.executable, "-c", _NOTHING_BEGUN, str(tmp_path), config]
    queued, *_ = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout)
    run = beside.find(queued)
    assert (run.state, run.is_elsewhere) == ("queued", False)
    beside.begin()
    wait_for_end(run)
    assert run.state == "done"
    beside.stop()


def test_a_kill_between_two_writes_leaves_no_state_that_is_newer_than_the_record(killed: Killed) -> None:
    """Else its epochs could neither be shown nor compared."""
    from core.training import TrainingState

    store = RunStore(killed.folder)
    for id in killed.ids.values():
        run, kept = store.get(id), store.kept(id, "checkpoint")
        assert run is not None
        assert kept is not None
        assert TrainingState.from_bytes(kept).epoch <= run.epoch == len(store.history(id))
    store.close()


def test_the_signal_of_a_terminal_is_the_servers(restarted: Engine) -> None:
    """Ctrl-C reaches every process of a terminal; workers leave it to their server."""
    (worker,) = restarted.pool.pids
    os.kill(worker, signal.SIGINT)
    run = restarted.train(experiment(epochs=3), owner="after the signal")
    wait_for_end(run)
    assert restarted.pool.pids == [worker]
