"""A session by itself: what it reports, and what it keeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.datasets import load_dataset
from core.evaluation import View
from core.protocol.messages import Control, Open, Progress
from core.protocol.run_state import RunState
from core.training import ProgramCache, Trainer
from core.worker.session import Session
from tests.core.tiny_runs import experiment, table


def test_every_epoch_is_reported_once_and_then_forgotten(programs: ProgramCache) -> None:
    config = experiment(epochs=400)
    reports: list[Any] = []
    command = Open("run", config, View(), state=RunState.RUNNING)
    session = Session(command, load_dataset(config.dataset, seed=config.seed), programs, reports.append)
    while session.wants_to_train:
        session.train(0.01)
        assert len(session.trainer.history) <= 1
    logs = np.concatenate([report.logs for report in reports if isinstance(report, Progress)])
    alone = Trainer(config, programs=programs)
    alone.fit()
    np.testing.assert_array_equal(logs, table(alone))


def test_a_step_is_one_report_with_its_epoch(programs: ProgramCache) -> None:
    """Viewers get at most 20 messages a second: one without the epoch would make them wait for the epoch."""
    config = experiment(epochs=400)
    reports: list[Any] = []
    command = Open("run", config, View(), state=RunState.PAUSED)
    session = Session(command, load_dataset(config.dataset, seed=config.seed), programs, reports.append)
    reports.clear()
    session.control(Control("run", "step", 1, number=1))
    assert not reports
    session.train(0.01)
    (report,) = reports
    assert isinstance(report, Progress)
    assert (report.obeyed, report.state, len(report.logs)) == (1, "paused", 1)
