"""A worker that has seen many architectures is replaced, and its runs go on as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from core.engine.engine import Engine
from core.engine.worker_pool import WorkerPool
from core.experiment.config import ExperimentConfig
from core.store import RunStore
from core.training import Trainer
from tests.core.tiny_runs import experiment, table, until, wait, wait_for_end, wait_for_epoch, wait_for_rest


def test_runs_go_on_in_the_successor_of_a_worker_that_has_grown(
    tmp_path: Path, trained: Callable[[ExperimentConfig], Trainer], make_pool: Callable[..., WorkerPool]
) -> None:
    config = experiment(epochs=12)
    engine = Engine(RunStore(tmp_path), workers=1, make_pool=partial(make_pool, grown=2))
    try:
        paused = engine.train(config, owner="one", steps=5)
        wait_for_epoch(paused, 5)
        wait_for_rest(engine, paused)
        (grown,) = engine.pool.pids
        ended = engine.train(experiment(layers="5-relu", epochs=3), owner="two")
        wait_for_end(ended)
        until(lambda: engine.pool.pids not in ([grown], []) and len(engine.pool.pids) == 1, "it was not replaced")
        engine.resume(paused.id, owner="one")
        wait_for_end(paused)
        engine.extend(ended.id, 2, owner="two")
        wait(ended, lambda feed: feed.epoch == 5)
        assert paused.state == "done"
        np.testing.assert_array_equal(engine.store.history(paused.id), table(trained(config)))
    finally:
        engine.stop()
