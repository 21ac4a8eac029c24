"""What the tests of `core` share: compiled functions, one engine with a real worker, and trainings to compare with."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest

from core.engine.engine import Engine
from core.engine.fork_server import ForkServer
from core.engine.worker_pool import WorkerPool
from core.experiment.config import ExperimentConfig
from core.store import RunStore
from core.training import ProgramCache, Trainer
from tests.core.tiny_runs import experiment


@pytest.fixture(scope="session")
def programs() -> ProgramCache:
    """Compiled functions that the trainings of this process share: saves a trace per test. Tests that compare with
    `model.fit` make their own graph instead.
    """
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
def fork_server() -> Iterator[ForkServer]:
    """Forks the workers of all engines: loading Keras for each would take four seconds of the processor."""
    fork_server = ForkServer()
    yield fork_server
    fork_server.stop()


@pytest.fixture(scope="session")
def make_pool(fork_server: ForkServer) -> Callable[..., WorkerPool]:
    """For `Engine`, of tests that do not kill what workers are forked from."""
    return functools.partial(WorkerPool, fork_server=fork_server)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, make_pool: Callable[..., WorkerPool]) -> Iterator[Engine]:
    """An engine with one worker. Every test takes an owner of its own, and leaves no run in training."""
    engine = Engine(RunStore(tmp_path_factory.mktemp("engine")), workers=1, make_pool=make_pool)
    yield engine
    engine.stop()


@pytest.fixture
def owner(request: pytest.FixtureRequest, engine: Engine) -> Iterator[str]:
    """The browser of this test; its run is stopped at the end."""
    name = request.node.name
    yield name
    last = engine.train(experiment(epochs=1), owner=name)  # a newer run stops the older
    engine.stop_run(last.id, owner=name)
