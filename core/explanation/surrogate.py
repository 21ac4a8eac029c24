"""A shallow tree that imitates a network, and how well it does: its fidelity.

The tree learns what the network predicts for the training rows, not what is true of them. It splits on the columns as
the source has them, so that its rules can be read. What it says holds for the network only as far as the two agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.evaluation import class_probabilities, predicted_classes
from core.experiment.outputs import Output

#: Fewest training rows of a leaf: a rule for single rows explains nothing.
_LEAF = 5


@dataclass(frozen=True)
class Node:
    """A question of the tree, or an answer.

    Attributes:
        rows: training rows that come here.
        value: the share of each class among the network's predictions for these rows; of a regression one number, the
            mean prediction in the target's own units.
        column: the raw column that is asked about; None in a leaf.
        threshold: rows whose value is at most this go to `left`, others to `right`, in the column's own units.
        missing_left: whether rows without a value go left.
        left, right: places among the nodes.
    """

    rows: int
    value: tuple[float, ...]
    column: int | None = None
    threshold: float | None = None
    missing_left: bool = False
    left: int | None = None
    right: int | None = None


@dataclass(frozen=True)
class Fidelity:
    """How well a tree imitates a network on some rows.

    Attributes:
        rows: how many.
        agreement: the share of rows for which both predict the same class; of a regression R² of the tree's values
            against the network's. None where it is not defined.
        constant: the same of what always answers what the network answers most often. 0 by definition for R².
    """

    rows: int
    agreement: float | None
    constant: float | None


@dataclass(frozen=True)
class Surrogate:
    """The tree.

    Attributes:
        nodes: the first is the root.
        train, test: fidelity.
        tree_score, network_score: how often each is right about the test rows (accuracy, or R²); None without rows.
    """

    nodes: tuple[Node, ...]
    train: Fidelity
    test: Fidelity
    tree_score: float | None
    network_score: float | None


def surrogate_of(
    dataset: Dataset, output: Output, predict: Callable[[np.ndarray], np.ndarray], *, depth: int
) -> Surrogate:
    """Grow the tree.

    Args:
        predict: what the network's output layer gives, (rows, features) -> (rows, units).
        depth: most questions from the root to a leaf.
    """
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    is_class = dataset.task == "classification"
    columns = columns_used(dataset)
    # Levels, dates and numbers as they are; the tree takes NaN for a missing value.
    train, test = dataset.raw_train[:, columns], dataset.raw_test[:, columns]
    of_train, of_test = (_answers(dataset, output, predict(each)) for each in (dataset.x_train, dataset.x_test))
    kind = DecisionTreeClassifier if is_class else DecisionTreeRegressor
    leaf = min(_LEAF, max(1, len(train) // 10))
    tree = kind(max_depth=depth, min_samples_leaf=leaf, random_state=0).fit(train, of_train)
    actual = dataset.y_test if is_class else dataset.in_own_units(dataset.y_test)
    imitated = tree.predict(test) if len(test) else of_test
    usual = _usual(of_train, is_class)
    return Surrogate(
        nodes=tuple(_nodes(tree, columns, dataset.n_classes)),
        train=_fidelity(of_train, tree.predict(train), usual, is_class),
        test=_fidelity(of_test, imitated, usual, is_class),
        tree_score=_score(actual, imitated, is_class),
        network_score=_score(actual, of_test, is_class),
    )


def columns_used(dataset: Dataset) -> list[int]:
    """The raw columns that the network's inputs are made of."""
    used = dataset.inputs.columns
    return list(range(len(dataset.raw_feature_names)) if used is None else used)


def _answers(dataset: Dataset, output: Output, outputs: np.ndarray) -> np.ndarray:
    """The predicted class of each row, or its value in the target's own units."""
    if dataset.task == "classification":
        return predicted_classes(class_probabilities(outputs, output))
    return dataset.in_own_units(np.asarray(outputs, np.float64)[:, 0])


def _usual(answers: np.ndarray, is_class: bool) -> float:
    return float(np.bincount(answers).argmax() if is_class else answers.mean())


def _fidelity(network: np.ndarray, tree: np.ndarray, usual: float, is_class: bool) -> Fidelity:
    constant = _score(network, np.full(len(network), usual), True) if is_class else 0.0
    return Fidelity(len(network), _score(network, tree, is_class), constant if len(network) else None)


def _score(actual: np.ndarray, predicted: np.ndarray, is_class: bool) -> float | None:
    """Share of equal classes, or R²; None where there are no rows or, for R², all are equal."""
    if not len(actual):
        return None
    if is_class:
        return float(np.mean(actual == predicted))
    spread = float(((actual - actual.mean()) ** 2).sum())
    return 1.0 - float(((actual - predicted) ** 2).sum()) / spread if spread > 0 and len(actual) > 1 else None


def _nodes(tree: Any, columns: list[int], n_classes: int) -> list[Node]:
    grown, classes = tree.tree_, getattr(tree, "classes_", None)
    nodes = []
    for place in range(grown.node_count):
        value = grown.value[place, 0]
        if classes is not None:  # the tree knows only the classes that the network predicts
            shares = np.zeros(n_classes)
            shares[np.asarray(classes, int)] = value / value.sum()
            value = shares
        question: dict[str, Any] = {}
        if grown.children_left[place] >= 0:
            question = {
                "column": columns[int(grown.feature[place])],
                "threshold": float(grown.threshold[place]),
                "missing_left": bool(grown.missing_go_to_left[place]),
                "left": int(grown.children_left[place]),
                "right": int(grown.children_right[place]),
            }
        nodes.append(Node(int(grown.n_node_samples[place]), tuple(map(float, value)), **question))
    return nodes
