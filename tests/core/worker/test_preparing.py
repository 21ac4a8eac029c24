"""What a worker prepares while nobody trains, so that a class that presses Train together need not wait for XLA."""

from __future__ import annotations

from multiprocessing import Pipe

import pytest

from core.evaluation import View
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Close, Open
from core.training import Trainer
from core.training.paths import CHANGE_AT, fast_from
from core.worker import worker as module
from core.worker.worker import Worker
from tests.core.tiny_runs import experiment


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker in this process that nobody listens to, and that does not wait before it prepares."""
    monkeypatch.setattr(module, "_XLA_AFTER", 0.0)
    ours, theirs = Pipe()
    worker = Worker(theirs)
    monkeypatch.setattr(worker, "_report", lambda message: None)
    ours.close()
    return worker


def long_run(units: int) -> ExperimentConfig:
    config = experiment(layers=f"{units}-tanh", epochs=10_000)
    assert fast_from(config) == CHANGE_AT
    return config


def obey(worker: Worker, *commands: object) -> None:
    worker._commands.extend(commands)
    worker._obey()


def rest(worker: Worker) -> list[int]:
    """Have it do all that it does while nobody trains. Returns how many networks XLA had to compile at each time."""
    unfinished = []
    while (seconds := worker._use_idle_time()) is not None:
        unfinished.append(sum(not future.done() for future in worker._programs._fast.values()))
        worker._arrived.wait(seconds)
    return unfinished


def waits_for_xla(worker: Worker, config: ExperimentConfig) -> bool:
    """Whether a run that reaches the change of paths now would have to wait."""
    trainer = Trainer(config, programs=worker._programs)
    trainer.epoch = CHANGE_AT
    return trainer.is_compiling


def finish_compiling(worker: Worker) -> None:
    worker._programs._compiler.shutdown(wait=True)


def test_xla_compiles_what_every_page_shows_and_not_only_the_last(worker: Worker) -> None:
    shown = [long_run(units) for units in (2, 3, 4)]
    obey(worker, *(Open(f"page {n}", config, View()) for n, config in enumerate(shown)))
    unfinished = rest(worker)
    assert max(unfinished) == 1  # whoever presses Train now waits for no more than that
    finish_compiling(worker)
    assert [waits_for_xla(worker, config) for config in shown] == [False, False, False]


def test_what_a_page_no_longer_shows_is_not_compiled(worker: Worker) -> None:
    first, second, left = long_run(2), long_run(3), long_run(4)
    obey(
        worker,
        Open("changed", first, View()),
        Open("now", second, View(), replaces="changed"),
        Open("left", left, View()),
        Close("left"),
    )
    rest(worker)
    assert len(worker._programs._fast) == 1
    finish_compiling(worker)
    assert not waits_for_xla(worker, second)
