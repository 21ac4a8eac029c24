"""Who is harmed when a kind of data is missing, against scikit-learn on inputs prepared by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

from core import ExperimentConfig, Trainer
from core.evaluation import Circumstance, event_of, groups_of, missing_kinds
from core.experiment.catalogue import CATALOG

CONFIG = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "patients"},
        "training": {"epochs": 10, "batch_size": 32, "learning_rate": 0.003},
    }
)
PIXELS = 256


@pytest.fixture(scope="module")
def trained() -> Trainer:
    trainer = Trainer(CONFIG)
    trainer.fit()
    return trainer


@pytest.fixture(scope="module")
def found(trained: Trainer) -> dict[str | None, Circumstance]:
    return {each.missing: each for each in missing_kinds(CONFIG, trained.dataset, trained.predict)}


@pytest.mark.parametrize("missing", [None, "scan", "table"])
def test_figures_are_scikit_learn_s(
    trained: Trainer, found: dict[str | None, Circumstance], missing: str | None
) -> None:
    data = trained.dataset
    inputs = np.array(data.x_test)
    columns = {None: [], "scan": range(PIXELS), "table": range(PIXELS, 261)}[missing]
    for column in columns:
        inputs[:, column] = np.mean(data.x_train[:, column], dtype=np.float64)
    probability = trained.model.predict(inputs, verbose=0)[:, 0]
    old = data.raw_test[:, PIXELS] >= 65
    for figures, rows in zip(found[missing].figures, (old | True, ~old, old), strict=True):
        ill = data.y_test[rows]
        assert figures.rows == rows.sum()
        assert figures.roc_auc == pytest.approx(roc_auc_score(ill, probability[rows]), abs=1e-4)
        assert figures.accuracy == pytest.approx(accuracy_score(ill, probability[rows] > 0.5), abs=0.005)
        assert figures.recall == pytest.approx(recall_score(ill, probability[rows] > 0.5), abs=0.01)


def test_without_the_scan_the_young_are_harmed_and_the_old_are_not(found: dict[str | None, Circumstance]) -> None:
    _, young, old = found[None].figures
    _, young_without, old_without = found["scan"].figures
    assert young.roc_auc is not None
    assert young.recall is not None
    assert old.roc_auc is not None
    assert (young_without.roc_auc or 1) < young.roc_auc - 0.1
    assert (young_without.recall or 1) < young.recall - 0.1
    assert (old_without.roc_auc or 0) > old.roc_auc - 0.05


def test_groups_are_those_of_the_entry_and_the_event_is_the_illness(trained: Trainer) -> None:
    titles = [str(title) for title, _ in groups_of(CONFIG, trained.dataset)]
    assert titles == ["all", "under 65", "65 and older"]
    assert trained.dataset.class_names[event_of(CONFIG)] == "ill"
    assert event_of(ExperimentConfig.model_validate({"dataset": {"name": "breast_cancer"}})) == 0
    assert event_of(ExperimentConfig.model_validate({"dataset": {"name": "moons"}})) == 1


def test_every_event_is_a_class_and_every_group_a_column() -> None:
    for info in CATALOG.values():
        assert info.event is None or info.event in (info.class_names or ())
        assert info.groups is None or info.groups.column in info.feature_names


def test_what_is_not_defined_is_none(trained: Trainer) -> None:
    from dataclasses import replace

    healthy = replace(trained.dataset, y_test=np.zeros_like(trained.dataset.y_test))
    everybody = missing_kinds(CONFIG, healthy, trained.predict)[0].figures[0]
    assert everybody.roc_auc is None
    assert everybody.recall is None
    assert everybody.accuracy is not None
    broken = missing_kinds(CONFIG, trained.dataset, lambda x: np.full((len(x), 1), np.nan))
    assert {(each.roc_auc, each.accuracy, each.recall) for each in broken[1].figures} == {(None, None, None)}


def test_of_one_kind_nothing_can_be_missing(trained: Trainer) -> None:
    alone = ExperimentConfig.model_validate({"dataset": {"name": "patients", "blocks": ["table"]}})
    other = Trainer(alone)
    assert missing_kinds(alone, other.dataset, other.predict) == ()
