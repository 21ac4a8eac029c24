"""Ten seeds are ten trainings of their own, and a copy that learns on is judged by rows that it has not learnt."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from core.errors import CannotTrain, WrongValue
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.prediction import Members
from core.prediction.people import People
from core.tables import open_tables, read_table
from core.tasks import ensemble, fine_tune
from core.tasks.ensemble import EnsembleOptions
from core.tasks.fine_tune import FineTuneOptions, Unseen, figures_of, in_group
from core.training import ProgramCache, Trainer
from tests.core.prediction.wards import wards_csv

CLINIC = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "clinic", "test_fraction": 0.4},
        "model": {"hidden_layers": [{"units": 8, "activation": "tanh"}]},
        "training": {"optimizer": "adam", "learning_rate": 0.01, "epochs": 12, "batch_size": 32},
    }
)


class Context:
    """A run that has trained eight of twelve epochs."""

    def __init__(self) -> None:
        self.config, self.epoch, self.epochs = CLINIC, 8, (8,)
        self._trainer = Trainer(CLINIC, programs=ProgramCache())
        self._trainer.advance(8)
        self._state = self._trainer.state()

    def trainer(self, _: int) -> Trainer:
        self._trainer.restore(self._state)
        return self._trainer


def result_of(work: Any) -> tuple[bytes, list[Any]]:
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            return end.value, told


@pytest.fixture(scope="module")
def context() -> Context:
    return Context()


def test_each_seed_is_the_training_with_that_seed_on_the_same_rows(context: Context) -> None:
    data, told = result_of(ensemble.KIND.work(context, EnsembleOptions(seeds=2)))  # type: ignore[arg-type]
    members = Members.from_bytes(data)
    assert members.seeds == (1, 2)
    assert [round(each.done, 2) for each in told] == [0.0, 0.0, 0.5]
    run = context.trainer(8)
    rows = run.dataset.x_test[:20]
    before = run.predict(rows)
    outputs = members.outputs(run, rows)
    np.testing.assert_array_equal(run.predict(rows), before, "the run's own network stays as it is")
    for seed, ours in zip(members.seeds, outputs, strict=True):
        alone = Trainer(CLINIC.model_copy(update={"seed": seed}), dataset=run.dataset)
        alone.advance(8)
        np.testing.assert_allclose(ours, alone.predict(rows), atol=1e-6)
    people = People.of(CLINIC, run.dataset)
    (person,) = people.predictions(run, [people.row("test", 0)["values"]], members)
    assert person["spread"] == pytest.approx(np.std(person["seeds"], ddof=1))
    assert len(person["seeds"]) == 2


def test_networks_too_large_to_be_kept_are_refused() -> None:
    large = CLINIC.model_copy(
        update={"model": ExperimentConfig.model_validate({"model": {"hidden_layers": [{"units": 512}] * 4}}).model}
    )
    with pytest.raises(CannotTrain, match="Use fewer units"):
        ensemble._check_size(large, 10)


def fine_tuned(context: Context, **options: Any) -> dict[str, Any]:
    data, _ = result_of(fine_tune.KIND.work(context, FineTuneOptions(**options)))  # type: ignore[arg-type]
    told: dict[str, Any] = json.loads(data)
    return told


def test_before_is_the_run_on_rows_that_the_copy_does_not_learn(context: Context) -> None:
    told = fine_tuned(context, column="smoker", level="yes", epochs=3)
    run = context.trainer(8)
    data = run.dataset
    assert data.numbers is not None
    order = np.argsort(data.numbers.test)
    smokes = data.raw_test[order][:, 2] == 1
    x, y = data.x_test[order], data.y_test[order]
    group = np.flatnonzero(smokes)
    judged = group[round(len(group) / 2) :]
    assert told["rows"] == {
        "learnt": len(group) - len(judged), "group": len(judged), "others": int((~smokes).sum()),
    }  # fmt: skip
    for name, rows in (("group", judged), ("others", np.flatnonzero(~smokes))):
        chances = class_probabilities(run.predict(x[rows]), CLINIC.output)
        before = told["history"][0][name]
        assert before["accuracy"] == pytest.approx(accuracy_score(y[rows], chances.argmax(axis=1)))
        assert before["log_loss"] == pytest.approx(log_loss(y[rows], chances, labels=[0, 1]), rel=1e-4)
    assert len(told["history"]) == 4
    assert told["history"][3]["group"] != told["history"][0]["group"]


def test_a_copy_that_learns_a_group_s_contrary_rule_forgets_everybody_else(context: Context) -> None:
    """Of the old everybody is called ill: that spoils its answers for the young, unless it rehearses."""
    run = context.trainer(8)
    labels = run.dataset.y_test.copy()
    old = run.dataset.raw_test[:, 0] >= 60
    run.dataset.y_test[old] = 1
    try:
        forgets = fine_tuned(context, column="age (years)", low=60, epochs=15, rate=3)
        rehearses = fine_tuned(context, column="age (years)", low=60, epochs=15, rate=3, rehearsal=True)
    finally:
        run.dataset.y_test[:] = labels
    first, last = forgets["history"][0], forgets["history"][-1]
    assert last["group"]["accuracy"] > first["group"]["accuracy"]
    assert last["others"]["accuracy"] < first["others"]["accuracy"] - 0.05
    assert rehearses["history"][-1]["others"]["accuracy"] > last["others"]["accuracy"]
    assert context.trainer(8).epoch == 8


def test_a_group_too_small_or_unknown_is_refused(context: Context) -> None:
    with pytest.raises(CannotTrain, match="0 of the 320 rows"):
        fine_tuned(context, column="age (years)", low=200)
    with pytest.raises(WrongValue, match="no column 'hospital'"):
        fine_tuned(context, column="hospital", level="B")
    with pytest.raises(ValueError, match="Say whom"):
        FineTuneOptions(column="smoker")


def test_a_group_is_told_by_a_column_that_is_no_input(programs: ProgramCache) -> None:
    wards = open_tables().add(read_table(wards_csv(), "wards.csv"), owner="somebody")
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": wards, "target": "ill", "ignored": ["ward"]}, "training": {"epochs": 1}}
    )
    trainer = Trainer(config, programs=programs)
    rows = Unseen.of(trainer.dataset)
    assert "ward" not in trainer.dataset.raw_feature_names
    found = in_group(config, trainer.dataset, rows, FineTuneOptions(column="ward", level="B"))
    assert found.tolist() == (rows.numbers % 3 == 1).tolist()


def test_of_a_regression_figures_stand_in_the_target_s_units() -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": "diabetes"}})
    trainer = Trainer(config)
    data = trainer.dataset
    outputs = np.full((len(data.y_test), 1), (100 - data.target_mean) / data.target_scale)
    figures = figures_of(outputs, data.y_test, data, config)
    errors = 100 - data.in_own_units(data.y_test)
    assert figures["mean_absolute_error"] == pytest.approx(np.abs(errors).mean())
    assert figures["root_mean_squared_error"] == pytest.approx(np.sqrt((errors**2).mean()))
    assert figures_of(outputs[:0], data.y_test[:0], data, config)["mean_absolute_error"] is None
