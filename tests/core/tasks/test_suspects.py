"""Suspected wrong labels: every row judged once, by a network that has not learnt it or a copy of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from core.experiment.config import ExperimentConfig
from core.experiment.faults import FaultsConfig
from core.faults import break_source
from core.tasks.lab_networks import LabNetworks
from core.tasks.lab_rows import LabRows
from core.tasks.suspects import KIND, SuspectsOptions, folds_of, out_of_fold
from tests.core.faults.rows_to_break import rows_to_break
from tests.core.tasks.test_quality_lab import Run

CANCER = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "breast_cancer"},
        "model": {"hidden_layers": [{"units": 8, "activation": "relu"}]},
        "training": {"epochs": 12, "batch_size": 32, "learning_rate": 0.005},
    }
)
WRONG = {"wrong_labels": {"kind": "wrong_labels", "share": 0.1}}


def test_folds_hold_as_many_of_each_class_as_scikit_learn_s() -> None:
    rows = rows_to_break(53, 31)
    fold = folds_of(rows, 5, seed=0)
    ours = sorted(tuple(np.bincount(rows.target[fold == each])) for each in range(5))
    theirs = sorted(
        tuple(np.bincount(rows.target[test])) for _, test in StratifiedKFold(5).split(rows.values, rows.target)
    )
    assert ours == theirs


def test_copies_of_a_row_lie_in_one_fold() -> None:
    copied = break_source(rows_to_break(30, 20), FaultsConfig.model_validate({"duplicates": {}}), event=1).rows
    fold = folds_of(copied, 4, seed=1)
    for origin in np.unique(copied.origin):
        assert len(set(fold[copied.origin == origin])) == 1


def test_a_row_is_judged_by_networks_that_have_not_learnt_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that remembers its rows and nothing else would say that none it is asked about is among them."""
    networks, seen = LabNetworks(CANCER), []

    def remember(dataset: Any, seed: int, *rows: np.ndarray) -> tuple[np.ndarray, ...]:
        learnt = {row.tobytes() for row in dataset.x_train}
        seen.append([row.tobytes() in learnt for row in rows[0]])
        return (np.full((len(rows[0]), 2), 0.5),)

    monkeypatch.setattr(networks, "probabilities", remember)
    lab = LabRows.of(CANCER)
    judging = out_of_fold(lab.source, lab, networks, FaultsConfig(), folds=4, seed=0)
    assert list(judging) == [0, 1, 2, 3]
    assert sum(map(len, seen)) == len(lab.source)
    assert not any(map(any, seen))


def test_injected_wrong_labels_of_breast_cancer_are_found() -> None:
    options = SuspectsOptions(faults=FaultsConfig.model_validate(WRONG), folds=3)
    work = KIND.work(Run(CANCER), options)  # type: ignore[arg-type]
    steps = []
    while True:
        try:
            steps.append(next(work).done)
        except StopIteration as end:
            result = json.loads(end.value)
            break
    assert steps == [0, 0, 1 / 3, 2 / 3]
    assert result["rows"] == 379
    assert result["injected"] == 38
    assert result["precision"] > 0.6
    first = result["suspects"][: result["injected"]]
    assert np.mean([each["injected"] for each in first]) == pytest.approx(result["precision"])
    assert [each["quality"] for each in first] == sorted(each["quality"] for each in first)
    assert len(first[0]["values"]) == len(result["columns"]) == 30
