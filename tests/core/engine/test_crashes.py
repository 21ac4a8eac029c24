"""What is left when a worker, or the whole server, is killed: everything that was reported, and no process.

One server is killed, its folder opened again, and then the new server's worker killed: starting them takes time.
"""

from __future__ import annotations

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
from tiny_runs import (
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

from core.config import ExperimentConfig
from core.engine.channel import Channel
from core.engine.engine import Engine
from core.errors import RunNotKept
from core.evaluation import View, plane_of
from core.store import RunStore
from core.training import Trainer

ROOT = Path(__file__).resolve().parents[3]
Trained = Callable[[ExperimentConfig], Trainer]

ENDED = experiment(dataset="iris", epochs=12)
CUT_OFF = experiment(epochs=10_000, seed=2)

#: A server without pages: two runs, one of which ends. It says how they stand and waits to be killed.
_SERVER = """
import json, sys, threading
from pathlib import Path
from core.config import ExperimentConfig
from core.engine.engine import Engine
from core.store import RunStore
engine = Engine(RunStore(Path(sys.argv[1])), workers=1)
ended = engine.train(ExperimentConfig.model_validate_json(sys.argv[2]), owner="first")
cut_off = engine.train(ExperimentConfig.model_validate_json(sys.argv[3]), owner="second", speed=20)
ended.wait_until(lambda channel: channel.has_ended, 90)
cut_off.wait_until(lambda channel: channel.epoch >= 5, 90)
while engine.store.kept(ended.id, "predictions") is None:
    threading.Event().wait(0.01)
print(json.dumps({
    "ended": ended.id, "cut_off": cut_off.id, "epoch": cut_off.epoch,
    "workers": engine.crew.pids,
}), flush=True)
threading.Event().wait()
"""


@dataclass
class Killed:
    """What a server said before it was killed."""

    folder: Path
    ended: str
    cut_off: str
    epoch: int
    workers: list[int]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-c", _SERVER, str(folder), ENDED.model_dump_json(), CUT_OFF.model_dump_json()]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = json.loads(server.stdout.readline())
    assert all(is_running(pid) for pid in said["workers"])
    server.kill()
    server.wait()
    return Killed(folder, **said)


@pytest.fixture(scope="module")
def restarted(killed: Killed) -> Iterator[Engine]:
    """A new server on the folder of the killed one."""
    engine = Engine(RunStore(killed.folder), workers=1)
    yield engine
    engine.stop()


def test_workers_end_with_a_server_that_was_killed(killed: Killed) -> None:
    assert killed.workers
    until(lambda: not any(is_running(pid) for pid in killed.workers), "a worker outlives its server")


def test_a_run_that_was_cut_off_says_so_and_keeps_what_it_had(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    channel = restarted.find(killed.cut_off)
    assert channel.state == "failed"
    assert channel.epoch >= killed.epoch
    assert channel.message == (
        f"The server stopped while this run was training. Everything up to epoch {channel.epoch} is kept."
    )
    reference = Trainer(CUT_OFF)
    reference.advance(channel.epoch)
    assert np.array_equal(channel.history(), table(reference))
    assert channel.opened is not None
    assert channel.frame is not None


def test_a_run_that_had_ended_is_there_after_a_restart_with_all_it_had(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    channel, trainer = restarted.find(killed.ended), trained(ENDED)
    assert (channel.state, channel.epoch, channel.message, channel.owner) == ("done", 12, None, "first")
    assert np.array_equal(channel.history(), table(trainer))
    assert channel.seconds > 0
    assert shown_epoch(channel) == 12
    assert channel.opened is not None
    assert channel.opened.header["info"]["test_rows"] == 30
    kept = restarted.store.kept(channel.id, "predictions")
    assert kept is not None
    names = np.array(trainer.dataset.class_names)
    guesses = trainer.predict(trainer.dataset.x_test).argmax(axis=1)
    assert json.loads(kept)["columns"]["predicted"] == names[guesses].tolist()


def test_a_run_of_before_the_restart_is_drawn_on_another_plane(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    channel, petals = restarted.find(killed.ended), View("slice", 2, 3)
    before = channel.frame
    restarted.set_view(channel.id, petals, owner="first")

    def is_drawn(channel: Channel) -> bool:
        shows_petals = channel.view is not None and channel.view.header["view"]["x_label"] == "petal length (cm)"
        return shows_petals and channel.frame is not before

    wait(channel, is_drawn)
    trainer = trained(ENDED)
    classes = trainer.predict(plane_of(trainer.dataset, petals).grid).argmax(axis=1)
    assert channel.frame is not None
    assert np.mean(channel.frame.blocks["map_class"].ravel() == classes) > 0.999
    assert (channel.state, channel.epoch) == ("done", 12)


def test_a_run_of_before_the_restart_is_continued_bit_for_bit(
    killed: Killed, restarted: Engine, trained: Trained
) -> None:
    channel = restarted.find(killed.ended)
    restarted.extend(channel.id, 8, owner="first")
    wait(channel, lambda channel: channel.epoch == 20 and channel.has_ended)
    assert np.array_equal(channel.history(), table(trained(experiment(dataset="iris", epochs=20))))
    assert np.array_equal(restarted.store.history(channel.id), channel.history())
    wait_for_rest(restarted, channel)


@pytest.fixture(scope="module")
def lost(restarted: Engine) -> Channel:
    """A run that was paused after one epoch, went on, and then lost its worker."""
    channel = restarted.train(CUT_OFF, owner="third", speed=20, steps=1)
    wait_for_epoch(channel, 1)
    wait_for_rest(restarted, channel)
    restarted.resume(channel.id, owner="third")
    wait(channel, lambda channel: shown_epoch(channel) >= 5)
    (worker,) = restarted.crew.pids
    os.kill(worker, signal.SIGKILL)
    wait_for_end(channel)
    return channel


def test_a_run_that_lost_its_worker_says_so_and_keeps_what_it_had(restarted: Engine, lost: Channel) -> None:
    assert lost.state == "failed"
    assert lost.message == (
        f"The training process ended unexpectedly after epoch {lost.epoch}. Everything up to there is kept. "
        "Press Train to start again."
    )
    reference = Trainer(CUT_OFF)
    reference.advance(lost.epoch)
    assert np.array_equal(lost.history(), table(reference))
    assert np.array_equal(restarted.store.history(lost.id), lost.history())
    run = restarted.store.get(lost.id)
    assert run is not None
    assert (run.state, run.message) == ("failed", lost.message)


def test_after_a_worker_was_killed_the_next_run_trains(restarted: Engine, lost: Channel, trained: Trained) -> None:
    config = experiment(seed=4)
    again = restarted.train(config, owner="third")
    wait_for_end(again)
    assert again.state == "done"
    assert np.array_equal(again.history(), table(trained(config)))


def test_a_run_that_the_killed_worker_had_at_hand_comes_back_from_its_checkpoint(
    killed: Killed, restarted: Engine, lost: Channel
) -> None:
    ended = restarted.find(killed.ended)
    restarted.extend(ended.id, 1, owner="first")
    wait(ended, lambda channel: channel.epoch == 21 and channel.has_ended)


def test_another_plane_of_a_run_that_lost_its_worker_does_not_show_older_weights(
    restarted: Engine, lost: Channel
) -> None:
    shown, frame = shown_epoch(lost), lost.frame
    assert shown > 1, "nothing newer than the checkpoint had been shown: this test would show nothing"
    with pytest.raises(RunNotKept):
        restarted.set_view(lost.id, View("slice", 1, 0), owner="third")
    assert lost.frame is frame
    assert shown_epoch(lost) == shown


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_full_disk_does_not_leave_a_run_training_for_ever_unseen(restarted: Engine) -> None:
    channel = restarted.train(CUT_OFF, owner="fourth")
    wait_for_epoch(channel, 5)
    database = restarted.store._database
    try:
        with restarted.store._lock:
            (pages,) = database.execute("PRAGMA page_count").fetchone()
            database.execute(f"PRAGMA max_page_count = {pages}")
        assert channel.wait_until(lambda channel: channel.has_ended, 10), (
            f"still '{channel.state}' at epoch {channel.epoch}, and nobody listens to its worker"
        )
    finally:
        with restarted.store._lock:
            database.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_ends_in_order_leaves_no_process_and_says_what_became_of_its_runs(tmp_path: Path) -> None:
    engine = Engine(RunStore(tmp_path), workers=1)
    channel = engine.train(CUT_OFF, owner="me")
    wait_for_epoch(channel, 5)
    workers = engine.crew.pids
    engine.stop()
    assert not any(is_running(pid) for pid in workers)
    store = RunStore(tmp_path)
    run, history = store.get(channel.id), store.history(channel.id)
    assert run is not None
    assert run.state == "failed"
    assert run.message is not None
    assert "server stopped while this run was training" in run.message
    assert f"up to {run.epoch} " in run.message.replace("epoch ", "")
    assert len(history) == run.epoch >= 5
    reference = Trainer(CUT_OFF)
    reference.advance(run.epoch)
    assert np.array_equal(history, table(reference))
