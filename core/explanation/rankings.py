"""Methods that rank the inputs of a network with one output, for checking them against the truth.

Each takes what is known of a network and its rows and gives one number an input, higher for more important: only the
order counts here. What stands on a page for a run comes from `core.explanation`'s own methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.words import N_

#: How often a column is permuted.
_REPEATS = 10

#: Gauss–Legendre nodes of integrated gradients; with 20 the residue is a quarter of a per cent at the median.
_NODES = 20

#: Values of a column that its curve is drawn through, quantiles of the training rows from .02 to .98.
_VALUES = 20

#: Depth of the surrogate tree: what still fits on a page.
_DEPTH = 4


@dataclass(frozen=True)
class Explained:
    """A trained network with one output, and its rows.

    Attributes:
        x_train, x_test: (rows, inputs) float64, standardised.
        y_train, y_test: (rows,) 0 or 1.
        logit: (rows, inputs) -> (rows,), the logarithm of the odds.
        gradient: (rows, inputs) -> (rows, inputs), the logit's.
        first_layer: (inputs, units), its kernel.
        seed: of what is permuted.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    logit: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    first_layer: np.ndarray
    seed: int = 0


@dataclass(frozen=True)
class Ranking:
    """A method.

    Attributes:
        title: marked.
        of: one number an input, (inputs,).
    """

    title: str
    of: Callable[[Explained], np.ndarray]


def log_loss(logit: np.ndarray, target: np.ndarray) -> float:
    """Mean of log(1 + e^z) − y z, which is the cross-entropy of sigmoid(z)."""
    return float(np.mean(np.logaddexp(0.0, logit) - target * logit))


def permutation(some: Explained) -> np.ndarray:
    """By how much the test rows' log loss rises when a column is permuted."""
    rng = np.random.default_rng(some.seed)
    rises = np.zeros(some.x_test.shape[1])
    before = log_loss(some.logit(some.x_test), some.y_test)
    for column in range(len(rises)):
        # All permutations of a column at once: (repeats * rows, inputs).
        rows = np.tile(some.x_test, (_REPEATS, 1))
        rows[:, column] = np.concatenate([rng.permutation(some.x_test[:, column]) for _ in range(_REPEATS)])
        rises[column] = log_loss(some.logit(rows), np.tile(some.y_test, _REPEATS)) - before
    return rises


def gradient(some: Explained) -> np.ndarray:
    """Mean size of the logit's slope over the test rows."""
    return np.asarray(np.abs(some.gradient(some.x_test)).mean(axis=0))


def integrated_gradients(some: Explained) -> np.ndarray:
    """Mean size of what each input contributes on the straight way from the mean training row (Sundararajan 2017)."""
    start = some.x_train.mean(axis=0)
    way = some.x_test - start
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    slopes = [
        weight / 2 * some.gradient(start + (node + 1) / 2 * way) for node, weight in zip(nodes, weights, strict=True)
    ]
    return np.asarray(np.abs(np.sum(slopes, axis=0) * way).mean(axis=0))


def _curves(some: Explained) -> np.ndarray:
    """Each test row's logit with one column moved: (inputs, values, rows)."""
    values = np.quantile(some.x_train, np.linspace(0.02, 0.98, _VALUES), axis=0)
    curves = []
    for column in range(some.x_test.shape[1]):
        rows = np.tile(some.x_test, (_VALUES, 1))
        rows[:, column] = np.repeat(values[:, column], len(some.x_test))
        curves.append(some.logit(rows).reshape(_VALUES, -1))
    return np.stack(curves)


def individual_curves(some: Explained) -> np.ndarray:
    """How far each row's own curve swings, on average."""
    return np.asarray(_curves(some).std(axis=1).mean(axis=1))


def partial_dependence(some: Explained) -> np.ndarray:
    """How far the average curve swings."""
    return np.asarray(_curves(some).mean(axis=2).std(axis=1))


def surrogate_tree(some: Explained) -> np.ndarray:
    """The importances of a shallow tree that imitates the network on the training rows."""
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=_DEPTH, random_state=0)
    return np.asarray(tree.fit(some.x_train, some.logit(some.x_train) > 0).feature_importances_)


def first_layer_weights(some: Explained) -> np.ndarray:
    """The length of an input's weights into the first layer."""
    return np.asarray(np.linalg.norm(some.first_layer, axis=1))


def correlation(some: Explained) -> np.ndarray:
    """Size of the correlation with the target in the training rows. It does not look at the network."""
    x, y = some.x_train - some.x_train.mean(axis=0), some.y_train - some.y_train.mean()
    return np.asarray(np.abs(x.T @ y) / np.sqrt((x**2).sum(axis=0) * (y**2).sum()))


#: The methods in the order in which a page shows them.
RANKINGS: dict[str, Ranking] = {
    "permutation": Ranking(N_("Permutation on test rows"), permutation),
    "gradient": Ranking(N_("Gradient"), gradient),
    "individual_curves": Ranking(N_("Spread of individual curves"), individual_curves),
    "integrated_gradients": Ranking(N_("Integrated gradients"), integrated_gradients),
    "partial_dependence": Ranking(N_("Partial dependence"), partial_dependence),
    "surrogate_tree": Ranking(N_("Surrogate tree"), surrogate_tree),
    "first_layer_weights": Ranking(N_("First-layer weights"), first_layer_weights),
    "correlation": Ranking(N_("Plain correlation"), correlation),
}
