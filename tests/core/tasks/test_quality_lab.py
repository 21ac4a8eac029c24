"""The data-quality lab trains what the Train page would, judges as scikit-learn does, and tells what it has so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from benchmarks.quality_lab import ACCURACY_TOLERANCE, AUC_TOLERANCE, EXPECTED, experiment, measure
from core.datasets import load_dataset
from core.datasets.splits import split_rows
from core.errors import CannotTrain
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.faults import FaultsConfig
from core.faults import SCENARIOS
from core.tables import open_tables, read_table
from core.tasks import Progress
from core.tasks.lab_networks import LabNetworks
from core.tasks.lab_rows import LabRows
from core.tasks.quality_lab import KIND, METRICS, LabOptions, Trial, compare, figures_of, summary_of, try_seed
from core.training import ProgramCache, Trainer

#: Learns enough in a moment.
QUICK = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "clinic"},
        "model": {"hidden_layers": [{"units": 4, "activation": "tanh"}]},
        "training": {"epochs": 4, "batch_size": 64},
        "seed": 3,
    }
)


class Run:
    """A run as a task sees it; the lab asks for its configuration only."""

    def __init__(self, config: ExperimentConfig) -> None:
        self.config = config


def worked(config: ExperimentConfig, options: LabOptions) -> tuple[list[Progress], dict[str, Any]]:
    work = KIND.work(Run(config), options)  # type: ignore[arg-type]
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            return steps, json.loads(end.value)


@pytest.fixture(scope="module")
def networks() -> LabNetworks:
    return LabNetworks(QUICK)


@pytest.mark.parametrize("event", [0, 1, 2])
def test_figures_are_those_of_scikit_learn(event: int) -> None:
    rng = np.random.default_rng(event)
    target, probability = rng.integers(0, 3, 200), rng.uniform(size=200).round(2)
    found = figures_of(target, probability, event)
    is_event, positive = target == event, probability >= 0.5
    assert found == pytest.approx(
        {
            "roc_auc": metrics.roc_auc_score(is_event, probability),
            "accuracy": metrics.accuracy_score(is_event, positive),
            "recall": metrics.recall_score(is_event, positive),
            "positive_predictive_value": metrics.precision_score(is_event, positive),
        }
    )


def test_what_is_not_defined_has_a_reason() -> None:
    nobody = figures_of(np.zeros(5, int), np.full(5, 0.1), 1)
    assert nobody == {"roc_auc": None, "accuracy": 1.0, "recall": None, "positive_predictive_value": None}
    told = summary_of([nobody, nobody])
    assert told["recall"] == {
        "mean": None,
        "spread": None,
        "values": [None, None],
        "reason": "There is no row of the event.",
    }


def test_the_clean_side_is_the_run_of_the_train_page_bit_for_bit(networks: LabNetworks) -> None:
    dataset = load_dataset(QUICK.dataset, seed=QUICK.seed)
    trainer = Trainer(QUICK, dataset=dataset, programs=ProgramCache())
    trainer.fit()
    expected = figures_of(dataset.y_test, trainer.predict(dataset.x_test)[:, 0].astype(float), 1)
    trial = try_seed(LabRows.of(QUICK), networks, FaultsConfig(), QUICK.seed)
    assert trial.held_out == expected


def test_faults_outside_train_no_second_network(monkeypatch: pytest.MonkeyPatch, networks: LabNetworks) -> None:
    trained = []
    original = networks.probabilities

    def count(*given: Any) -> Any:
        trained.append(1)
        return original(*given)

    monkeypatch.setattr(networks, "probabilities", count)
    lab = LabRows.of(QUICK)
    clean, broken = compare(lab, networks, SCENARIOS["units"].faults, 3)
    assert len(trained) == 1
    assert clean.held_out == broken.held_out
    assert clean.external != broken.external
    assert clean == try_seed(lab, networks, FaultsConfig(), 3)


def test_the_task_tells_how_far_it_is_and_what_it_has_after_every_seed() -> None:
    options = LabOptions(faults=SCENARIOS["leak"].faults, seeds=3)
    steps, result = worked(QUICK, options)
    assert [round(step.done, 3) for step in steps] == [0, 0, 0.333, 0.667]
    partial = [json.loads(step.partial) for step in steps if step.partial]
    assert [each["seeds"] for each in partial] == [{"done": 1, "of": 3}, {"done": 2, "of": 3}]
    assert result["seeds"] == {"done": 3, "of": 3}
    for side in ("clean", "broken"):
        for rows in ("held_out", "external"):
            figures = result[side][rows]
            assert tuple(figures) == METRICS
            values = figures["roc_auc"]["values"]
            assert values[:2] == partial[1][side][rows]["roc_auc"]["values"]
            assert figures["roc_auc"]["mean"] == pytest.approx(np.mean(values))
            assert figures["roc_auc"]["spread"] == pytest.approx(np.std(values, ddof=1))
    assert (result["event"], result["external"]) == ("ill", "external")
    assert result["rows"] == {"clean": 800, "broken": 800, "external": 2_000}
    assert [(each["kind"], each["outside"]) for each in result["injected"]] == [("leak", False), ("leak", True)]


def test_same_experiment_same_bits() -> None:
    options = LabOptions(faults=SCENARIOS["wrong_copies"].faults, seeds=1)
    assert worked(QUICK, options)[1] == worked(QUICK, options)[1]


def test_of_a_table_without_external_rows_a_third_is_held_back_before_anything_breaks() -> None:
    config = QUICK.model_copy(update={"dataset": QUICK.dataset.model_copy(update={"name": "breast_cancer"})})
    lab = LabRows.of(config)
    assert (len(lab.source), len(lab.external)) == (379, 190)
    assert not set(lab.source.origin) & set(lab.external.origin)
    assert (lab.event_name, lab.has_external) == ("malignant", False)
    faults = FaultsConfig.model_validate(
        {"missing": {"kind": "missing_by_target"}, "wrong_labels": {"kind": "wrong_labels"}}
    )
    assert lab.outside(faults).rows is lab.external
    _, result = worked(config, LabOptions(faults=faults, seeds=1))
    assert result["external"] == "untouched"


def test_a_regression_is_refused_in_words() -> None:
    config = QUICK.model_copy(update={"dataset": QUICK.dataset.model_copy(update={"name": "diabetes"})})
    with pytest.raises(CannotTrain, match="Choose a data set with classes"):
        LabRows.of(config)


@pytest.fixture(scope="module")
def measured() -> dict[str, list[Trial]]:
    return measure(["clean", "missing", "units"], seeds=2)


@pytest.mark.parametrize("name", ["clean", "missing", "units"])
def test_a_fault_reproduces_its_row(name: str, measured: dict[str, list[Trial]]) -> None:
    """Two seeds of three rows, so with double the tolerance; `python -m benchmarks quality_lab` measures all."""
    trials, expected = measured[name], EXPECTED[name]
    held_out, external = summary_of([each.held_out for each in trials]), summary_of([each.external for each in trials])
    assert held_out["roc_auc"]["mean"] == pytest.approx(expected.held_out_auc, abs=2 * AUC_TOLERANCE)
    assert external["roc_auc"]["mean"] == pytest.approx(expected.external_auc, abs=2 * AUC_TOLERANCE)
    assert held_out["accuracy"]["mean"] == pytest.approx(expected.held_out_accuracy, abs=2 * ACCURACY_TOLERANCE)
    assert external["accuracy"]["mean"] == pytest.approx(expected.external_accuracy, abs=2 * ACCURACY_TOLERANCE)


def test_every_row_of_the_table_has_its_scenario() -> None:
    assert list(EXPECTED) == list(SCENARIOS)
    assert experiment().dataset.name == "clinic"


def test_a_split_by_patient_keeps_copies_on_one_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    rng = np.random.default_rng(0)
    lines = [f"p{row // 2},{rng.normal():.3f},{rng.normal():.3f},{'yes' if row % 3 else 'no'}" for row in range(120)]
    table = read_table("\n".join(["patient,a,b,ill", *lines]).encode(), "patients.csv")
    name = open_tables().add(table, owner="somebody")
    config = ExperimentConfig.model_validate({"dataset": {"name": name, "target": "ill", "group": "patient"}})
    lab = LabRows.of(config)
    rows = lab.broken(SCENARIOS["copies"].faults).rows
    split = lab.split(rows, seed=0)
    patients = [set(rows.origin[side] // 2) for side in (split.train, split.test)]
    assert not patients[0] & patients[1]
    assert not {origin // 2 for origin in lab.external.origin} & (patients[0] | patients[1])
    by_chance = split_rows(DatasetConfig(name="breast_cancer"), rows.target, seed=0)
    assert set(rows.origin[by_chance.train]) & set(rows.origin[by_chance.test]), "or this would prove nothing"


def test_pictures_have_no_columns_to_break() -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": "digits"}})
    with pytest.raises(CannotTrain, match="Choose a data set without pictures"):
        LabRows.of(config)
