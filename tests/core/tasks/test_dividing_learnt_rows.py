"""Tasks that divide a run's training rows: what scikit-learn makes of the same folds, and test rows left alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_validate

from core import ExperimentConfig, Trainer
from core.datasets import Dataset
from core.estimator import DescentClassifier, DescentRegressor
from core.evaluation.calibration import Calibration
from core.tables import open_tables, read_table
from core.tasks import KINDS
from core.tasks.learnt_rows import LearntRows
from core.tasks.steps import in_steps


class OfRun:
    """A run as a task sees it."""

    def __init__(self, config: ExperimentConfig, dataset: Dataset | None = None) -> None:
        self.config = config
        self._trainer = Trainer(config, dataset=dataset)
        self._trainer.fit()
        self.epoch = self._trainer.epoch

    def trainer(self, epoch: int) -> Trainer:
        assert epoch == self.epoch
        return self._trainer


CLINIC = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "clinic", "test_fraction": 0.5},
        "model": {"hidden_layers": [{"units": 8, "activation": "tanh"}]},
        "training": {"epochs": 12, "batch_size": 64},
    }
)
NUMBERS = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "diabetes", "test_fraction": 0.4},
        "model": {"hidden_layers": [{"units": 4, "activation": "tanh"}]},
        "training": {"epochs": 10, "batch_size": 64},
    }
)


@pytest.fixture(scope="module")
def clinic() -> OfRun:
    return OfRun(CLINIC)


@pytest.fixture(scope="module")
def numbers() -> OfRun:
    return OfRun(NUMBERS)


def done(run: OfRun, kind: str, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A task's result, and its results on the way; its progress rises from 0 to 1."""
    chosen = KINDS[kind].options.model_validate(options)
    partial: list[dict[str, Any]] = []
    work, before = KINDS[kind].work(run, chosen), 0.0  # type: ignore[arg-type]
    while True:
        try:
            progress = next(work)
        except StopIteration as end:
            return json.loads(end.value), partial
        assert before <= progress.done <= 1
        before = progress.done
        if progress.partial is not None:
            partial.append(json.loads(progress.partial))


@pytest.fixture(scope="module")
def calibrated(clinic: OfRun) -> Mapping[str, Any]:
    return done(clinic, "calibration", folds=3)[0]


def test_the_temperature_is_that_of_scikit_learn_s_own_cross_fitting(
    clinic: OfRun, calibrated: Mapping[str, Any]
) -> None:
    dataset = clinic.trainer(clinic.epoch).dataset
    rows = LearntRows.of(CLINIC, dataset, clinic.epoch)
    network = DescentClassifier(rows.config, rows="raw")
    fitted = CalibratedClassifierCV(network, method="temperature", cv=rows.folds(3, CLINIC.seed), ensemble=False)
    fitted.fit(dataset.raw_train, dataset.y_train)
    (calibrator,) = fitted.calibrated_classifiers_[0].calibrators
    assert calibrated["calibration"]["temperature"] == pytest.approx(1 / calibrator.beta_, rel=1e-6)


def test_calibration_is_judged_by_test_rows_and_not_chosen_by_them(
    clinic: OfRun, calibrated: Mapping[str, Any]
) -> None:
    assert (calibrated["rows"], calibrated["n_rows"], calibrated["calibration"]["rows"]) == ("test", 400, 400)
    dataset = clinic.trainer(clinic.epoch).dataset
    turned = OfRun(CLINIC, replace(dataset, y_test=1 - dataset.y_test))
    found = done(turned, "calibration", folds=3)[0]
    assert found["calibration"] == calibrated["calibration"]
    assert found["after"] != calibrated["after"]
    for each in calibrated["sets"]:
        assert each["coverage"] == pytest.approx(each["level"], abs=0.06)
        assert sum(each["sizes"]) == 400
    assert set(calibrated["before"]["metrics"]) == {"log_loss", "brier_score"}


def test_bands_of_a_number_are_in_its_own_units(numbers: OfRun) -> None:
    found = done(numbers, "calibration", folds=3)[0]
    assert Calibration.from_json(found["calibration"]).temperature is None
    bands = {each["level"]: each for each in found["bands"]}
    assert 80 < bands[0.9]["half_width"] < 180  # of a disease's progression, whose standard deviation is 77
    assert bands[0.9]["coverage"] == pytest.approx(0.9, abs=0.06)


def test_cross_validation_is_scikit_learn_s(clinic: OfRun) -> None:
    found, partial = done(clinic, "cross_validation", folds=3, repeats=2)
    rows = LearntRows.of(CLINIC, clinic.trainer(clinic.epoch).dataset, clinic.epoch)
    expected = []
    for repeat in range(2):
        network = DescentClassifier(rows.config, rows="raw", random_state=CLINIC.seed + repeat)
        scored = cross_validate(
            network, rows.raw, rows.target, cv=rows.folds(3, CLINIC.seed + repeat), scoring=["roc_auc", "accuracy"]
        )
        expected += [scored]
    for name in ("roc_auc", "accuracy"):
        values = np.concatenate([each[f"test_{name}"] for each in expected])
        assert found["metrics"][name]["values"] == pytest.approx(values)
        assert found["metrics"][name]["mean"] == pytest.approx(values.mean())
        assert found["metrics"][name]["sd"] == pytest.approx(values.std(ddof=1))
    assert [each["done"] for each in partial] == [1, 2, 3, 4, 5]
    assert found["rows"] == "train"


def test_the_last_point_of_a_learning_curve_is_a_cross_validation_of_all_rows(numbers: OfRun) -> None:
    found, partial = done(numbers, "learning_curve", sizes=2, folds=3)
    rows = LearntRows.of(NUMBERS, numbers.trainer(numbers.epoch).dataset, numbers.epoch)
    first, last = found["points"]
    assert (first["rows"], last["rows"]) == (17, 176)
    assert len(partial) == 5
    learn, judge = rows.folds(3, NUMBERS.seed)[0]
    mixed = np.random.default_rng(NUMBERS.seed).permutation(learn)[:176]
    network = DescentRegressor(rows.config, rows="raw").fit(rows.raw[mixed], rows.target[mixed])
    assert last["held_out"]["r2"]["values"][0] == pytest.approx(network.score(rows.raw[judge], rows.target[judge]))
    assert last["learnt"]["r2"]["values"][0] == pytest.approx(network.score(rows.raw[mixed], rows.target[mixed]))


def test_rows_that_belong_together_are_never_divided(clinic: OfRun) -> None:
    rows = LearntRows.of(CLINIC, clinic.trainer(clinic.epoch).dataset, clinic.epoch)
    families = replace(rows, groups=np.arange(len(rows.target)) // 4)
    for learn, judge in families.folds(5, seed=0):
        assert not set(families.groups[learn]) & set(families.groups[judge])
    judged = np.concatenate([judge for _, judge in families.folds(5, seed=0)])
    assert sorted(judged) == list(range(len(rows.target)))


def test_a_table_is_prepared_anew_for_each_network_and_its_groups_stay_whole() -> None:
    lines = ["who,age,ward,ill", *(f"p{row // 3},{20 + row % 50},{'ABC'[row % 3]},{row // 3 % 2}" for row in range(90))]
    content = open_tables().add(read_table("\n".join(lines).encode(), "wards.csv"), owner="divides")
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "ill", "group": "who"}, "training": {"epochs": 1}}
    )
    run = OfRun(config)
    rows = LearntRows.of(config, run.trainer(1).dataset, 1)
    assert rows.groups.max() + 1 == len(rows.target) / 3
    found, _ = done(run, "cross_validation", folds=2, repeats=1)
    assert len(found["metrics"]["accuracy"]["values"]) == 2


def test_rows_that_were_repeated_to_balance_classes_count_once() -> None:
    config = CLINIC.model_validate(
        {
            **CLINIC.model_dump(mode="json"),
            "dataset": {"name": "clinic", "test_fraction": 0.5, "preparation": {"balance": "oversample"}},
        }
    )
    trainer = Trainer(config)
    rows = LearntRows.of(config, trainer.dataset, 1)
    assert len(trainer.dataset.y_train) > 400
    assert (len(rows.target), rows.groups.max() + 1) == (400, 400)


def test_no_network_has_learnt_what_it_predicts(clinic: OfRun) -> None:
    """Labels that are drawn by lot cannot be predicted by who has not seen them."""
    dataset = clinic.trainer(clinic.epoch).dataset
    lot = np.random.default_rng(0).permutation(dataset.y_train)
    rows = LearntRows.of(CLINIC, replace(dataset, y_train=lot), 60)
    found = np.zeros((len(lot), 2))
    for learn, judge in rows.folds(3, seed=0):
        work = rows.predicted(learn, judge)
        while True:
            try:
                next(work)
            except StopIteration as end:
                (found[judge],) = end.value
                break
    assert roc_auc_score(lot, found[:, 1]) == pytest.approx(0.5, abs=0.1)


def test_steps_tell_how_far_they_are_and_what_went_wrong() -> None:
    def work(tick: Any) -> str:
        for _ in range(4):
            tick(0.25)
        tick(0.0)
        return "done"

    results = []

    def collecting() -> Any:
        results.append((yield from in_steps(work)))

    assert list(collecting()) == [0.25, 0.5, 0.75, 1.0]
    assert results == ["done"]

    def fails(tick: Any) -> None:
        tick(0.5)
        raise ArithmeticError("diverged")

    with pytest.raises(ArithmeticError, match="diverged"):
        list(in_steps(fails))
