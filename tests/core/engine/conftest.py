"""One engine with one real worker for the tests of this folder, and the trainings they compare it with."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import ExperimentConfig
from core.engine.channel import Channel
from core.engine.engine import Engine
from core.link import from_query
from core.store import RunStore
from core.training import ProgramCache, Trainer

#: Generous: a worker takes 6 s to start, and 30 on a busy machine.
SECONDS = 90.0

_TINY = {"dataset": "blobs", "samples": "50", "layers": "3-tanh", "epochs": "40"}


def experiment(**parameters: object) -> ExperimentConfig:
    """A network that trains a thousand epochs in a second or so, with changes as in a link.

    >>> experiment(epochs=5, learning_rate=0.1).training.epochs
    5
    """
    link = from_query({**_TINY, **{name: str(value) for name, value in parameters.items()}})
    assert not link.problems, link.problems
    return link.config


def table(trainer: Trainer) -> np.ndarray:
    """A trainer's history as the engine keeps it: (epochs, logs) float32."""
    rows = [[logs[name] for name in trainer.log_names] for logs in trainer.history]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(trainer.log_names))


def wait(channel: Channel, condition: Callable[[Channel], bool]) -> None:
    """Wait until a channel is as expected, or say how it is instead."""
    done = channel.wait_until(condition, SECONDS)
    assert done, f"still {channel.state} at epoch {channel.epoch} of {channel.epochs}: {channel.message}"


def wait_for_end(channel: Channel) -> None:
    wait(channel, lambda channel: channel.has_ended)


def wait_for_epoch(channel: Channel, epoch: int) -> None:
    wait(channel, lambda channel: channel.epoch >= epoch)


def wait_for_rest(engine: Engine, channel: Channel) -> None:
    """Wait until what is kept of an ended or paused run has arrived: its last picture comes just before it."""
    wait(channel, lambda channel: channel.frame is not None and shown_epoch(channel) == channel.epoch)
    wait(channel, lambda channel: engine.store.kept(channel.id, "predictions") is not None)


def shown_epoch(channel: Channel) -> int:
    """The epoch of the picture on screen."""
    return -1 if channel.frame is None else channel.frame.header["frame"]["epoch"]


@pytest.fixture(scope="session")
def programs() -> ProgramCache:
    return ProgramCache()


@pytest.fixture(scope="session")
def trained(programs: ProgramCache) -> Callable[[ExperimentConfig], Trainer]:
    """Trains an experiment to its end in this process, as the worker has to in its own."""

    @functools.cache
    def train(config: ExperimentConfig) -> Trainer:
        trainer = Trainer(config, programs=programs)
        trainer.fit()
        return trainer

    return train


@pytest.fixture(scope="session")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="session")
def engine(engine_folder: Path) -> Iterator[Engine]:
    """An engine with one worker. Every test takes an owner of its own, and leaves no run in training."""
    engine = Engine(RunStore(engine_folder), workers=1)
    yield engine
    engine.stop()


@pytest.fixture
def owner(request: pytest.FixtureRequest, engine: Engine) -> Iterator[str]:
    """The browser of this test; its run is stopped at the end."""
    name = request.node.name
    yield name
    active = engine.active_run_of(name)
    if active is not None:
        engine.stop_run(active.id, owner=name)
