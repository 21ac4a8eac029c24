"""What the data-quality lab trains, and what it is not for."""

from __future__ import annotations

import pytest

from benchmarks.quality_lab import experiment
from core.errors import CannotTrain
from core.experiment.dataset import DatasetConfig
from core.tasks import lab_experiment as module
from core.tasks.lab_experiment import lab_experiment


def test_the_network_is_the_one_that_was_measured() -> None:
    assert lab_experiment(DatasetConfig(name="clinic")).canonical() == experiment().canonical()


def test_what_it_is_not_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotTrain, match="compares classes"):
        lab_experiment(DatasetConfig(name="diabetes"))
    with pytest.raises(CannotTrain, match="without pictures"):
        lab_experiment(DatasetConfig(name="digits"))
    monkeypatch.setattr(module, "MOST_ROWS", 799)
    with pytest.raises(CannotTrain, match="at most 799 rows; here are 800"):
        lab_experiment(DatasetConfig(name="clinic"))
