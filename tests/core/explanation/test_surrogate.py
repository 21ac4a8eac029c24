"""A surrogate tree against scikit-learn's own scores, by walking the nodes that are told."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, r2_score

from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.explanation.surrogate import Surrogate, surrogate_of
from core.tasks import KINDS
from core.training import Trainer


def trained(name: str) -> Trainer:
    trainer = Trainer(
        ExperimentConfig.model_validate(
            {
                "dataset": {"name": name},
                "model": {"hidden_layers": [{"units": 6, "activation": "tanh"}]},
                "training": {"epochs": 4, "learning_rate": 0.02},
            }
        )
    )
    trainer.fit()
    return trainer


@pytest.fixture(scope="module")
def clinic() -> Trainer:
    return trained("clinic")


def walked(found: Surrogate, row: np.ndarray) -> tuple[float, ...]:
    node = found.nodes[0]
    while node.column is not None:
        threshold = node.threshold
        assert threshold is not None
        value = row[node.column]
        goes_left = node.missing_left if np.isnan(value) else bool(np.float32(value) <= threshold)
        place = node.left if goes_left else node.right
        assert place is not None
        node = found.nodes[place]
    return node.value


def test_fidelity_is_how_often_the_tree_s_rules_give_the_network_s_answer(clinic: Trainer) -> None:
    dataset, output = clinic.dataset, clinic.config.output
    found = surrogate_of(dataset, output, clinic.predict, depth=3)
    network = class_probabilities(clinic.predict(dataset.x_test), output).argmax(axis=1)
    tree = np.array([np.argmax(walked(found, row)) for row in dataset.raw_test])
    assert found.test.rows == len(tree) == 160
    assert found.test.agreement == pytest.approx(accuracy_score(network, tree))
    assert found.tree_score == pytest.approx(accuracy_score(dataset.y_test, tree))
    assert found.network_score == pytest.approx(accuracy_score(dataset.y_test, network))
    assert found.test.constant == pytest.approx(max(np.mean(network == 0), np.mean(network == 1)))
    assert found.nodes[0].rows == len(dataset.x_train)
    assert all(node.rows == found.nodes[node.left].rows + found.nodes[node.right].rows for node in found.nodes
               if node.left is not None and node.right is not None)  # fmt: skip
    assert all(sum(node.value) == pytest.approx(1) for node in found.nodes)


def test_of_a_regression_fidelity_is_r_squared_in_the_target_s_own_units() -> None:
    trainer = trained("diabetes")
    dataset = trainer.dataset
    found = surrogate_of(dataset, trainer.config.output, trainer.predict, depth=2)
    network = dataset.in_own_units(trainer.predict(dataset.x_test)[:, 0])
    tree = np.array([walked(found, row)[0] for row in dataset.raw_test])
    assert found.test.agreement == pytest.approx(r2_score(network, tree))
    assert found.network_score == pytest.approx(r2_score(dataset.in_own_units(dataset.y_test), network))
    assert found.test.constant == 0.0
    assert found.nodes[0].value[0] == pytest.approx(dataset.in_own_units(trainer.predict(dataset.x_train)[:, 0]).mean())


def test_a_network_that_always_answers_the_same_is_a_leaf(clinic: Trainer) -> None:
    found = surrogate_of(
        clinic.dataset, clinic.config.output, lambda rows: np.zeros((len(rows), 1), np.float32), depth=3
    )
    assert [node.column for node in found.nodes] == [None]
    assert found.nodes[0].value == (1.0, 0.0)
    assert (found.test.agreement, found.test.constant) == (1.0, 1.0)


def test_without_test_rows_there_is_no_fidelity_of_them(clinic: Trainer) -> None:
    from dataclasses import replace

    dataset = clinic.dataset
    empty = replace(dataset, x_test=dataset.x_test[:0], y_test=dataset.y_test[:0], raw_test=dataset.raw_test[:0])
    found = surrogate_of(empty, clinic.config.output, clinic.predict, depth=1)
    assert (found.test.rows, found.test.agreement, found.tree_score, found.network_score) == (0, None, None, None)
    assert found.train.agreement is not None


def test_the_task_tells_names_and_levels(clinic: Trainer) -> None:
    class Run:
        config, epoch = clinic.config, clinic.epoch

        def trainer(self, epoch: int) -> Trainer:
            assert epoch == clinic.epoch
            return clinic

    kind = KINDS["surrogate"]
    work = kind.work(Run(), kind.options.model_validate({"depth": 2}))  # type: ignore[arg-type]
    told: dict[str, Any] = {}
    while not told:
        try:
            next(work)
        except StopIteration as end:
            told = json.loads(end.value)
    assert (told["epoch"], told["depth"], told["task"]) == (4, 2, "classification")
    assert told["classes"] == ["healthy", "ill"]
    assert told["levels"]["sex"] == ["female", "male"]
    assert told["nodes"][0]["left"] == 1
    assert told["test"]["rows"] == 160
