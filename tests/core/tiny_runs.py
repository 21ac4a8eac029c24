"""Experiments that train in a moment, and how to wait for what an engine does with them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from core.training import Trainer, TrainingState

#: Generous: a worker takes 6 s to start, and at its low priority minutes where others keep all cores busy.
SECONDS = 240.0

Feed = TypeVar("Feed", bound=RunFeed)

_TINY = {"dataset": "blobs", "samples": "50", "layers": "3-tanh", "epochs": "40"}


def experiment(**parameters: object) -> ExperimentConfig:
    """A network that trains a thousand epochs in a second or so, with changes as in a link.

    >>> experiment(epochs=5, learning_rate=0.1).training.epochs
    5
    """
    link = from_query({**_TINY, **{name: str(value) for name, value in parameters.items()}})
    assert not link.problems, link.problems
    return link.config


#: Trains at full speed for a minute, so that it does not end while a test looks at it. 10,000 epochs of a tiny network
#: end half a second after they have changed to XLA.
ENDLESS = experiment(epochs=10_000, samples=5000, layers="64-tanh,64-tanh", batch_size=50)


def table(trainer: Trainer) -> np.ndarray:
    """A trainer's history as the engine keeps it: (epochs, logs) float32."""
    rows = [[logs[name] for name in trainer.log_names] for logs in trainer.history]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(trainer.log_names))


def wait(feed: Feed, condition: Callable[[Feed], bool]) -> None:
    """Wait until a feed is as expected, or say how it is instead."""
    done = feed.wait_until(lambda _: condition(feed), SECONDS)
    assert done, f"still {feed.state} at epoch {feed.epoch} of {feed.epochs}: {feed.message}"


def wait_for_end(feed: RunFeed) -> None:
    """Wait until a run is done, stopped or failed."""
    wait(feed, lambda feed: feed.has_ended)


def wait_for_epoch(feed: RunFeed, epoch: int) -> None:
    """Wait until so many epochs have arrived."""
    wait(feed, lambda feed: feed.epoch >= epoch)


def wait_for_rest(engine: Engine, feed: RunFeed) -> None:
    """Wait until the last picture and the checkpoint of a run that ended or paused are there.

    What was asked for comes first: a report from before a Pause may still be on its way, with both.
    """
    run = engine.find(feed.id)
    until(lambda: not run.has_unobeyed_controls, "the worker has not done what it was told")
    wait(feed, lambda feed: shown_epoch(feed) == feed.epoch)
    until(lambda: _checkpoint_epoch(engine, feed) == feed.epoch, "no checkpoint of the last epoch")


def until(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait for what nobody announces."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


def shown_epoch(feed: RunFeed) -> int:
    """The epoch of the picture on screen; -1 for none."""
    return -1 if feed.frame is None else int(feed.frame.header["frame"]["epoch"])


def _checkpoint_epoch(engine: Engine, feed: RunFeed) -> int:
    kept = engine.store.kept(feed.id, "checkpoint")
    return -1 if kept is None else TrainingState.from_bytes(kept).epoch


def is_running(pid: int) -> bool:
    """Whether a process exists and is not merely waiting to be buried."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(") ")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
