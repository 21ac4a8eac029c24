"""Five methods that give each column a number. They take arrays and functions, and know no Keras.

Each is a generator: it yields the share of its work that is done, and returns an `Attribution`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from core.explanation.subject import Subject

#: How often a column is permuted.
REPEATS = 10

#: Orders in which the columns of a row are revealed, for one row and where all rows are explained. Half of them are the
#: other half reversed.
ORDERS, ORDERS_EACH = 200, 40

#: Rows that go through the network for the Shapley values of all rows, where four orders each do not need more.
MOST_PASSES = 500_000

#: Gauss–Legendre nodes to begin with, and at most.
NODES, MOST_NODES = 20, 1280

#: What integrated gradients may lack of the difference that they explain.
RESIDUE = 0.01

#: Numbers that go through the network in one call; 8 MB of float32.
_AT_ONCE = 2_000_000

Work = Generator[float, None, "Attribution"]


@dataclass(frozen=True)
class Attribution:
    """What a method found.

    Attributes:
        values: (rows, columns), of each row that was explained; (columns,) where a method is about all rows together.
        spread: (columns,), how far the value of a column would be another by chance; None where nothing is drawn.
        residue: how much of the difference between a row's score and the starting point's the values do not add up to,
            as a share of it; None where a method promises no sum.
        steps: nodes of the way, where there are any.
    """

    values: np.ndarray
    spread: np.ndarray | None = None
    residue: float | None = None
    steps: int | None = None


def permutation(subject: Subject, repeats: int = REPEATS) -> Work:
    """By how much the network gets worse on the test rows when a column is shuffled among them (Breiman 2001).

    Worse is: the rise of the mean log loss; of a number, the fall of R². Shuffled as scikit-learn's
    `permutation_importance(random_state=seed)` shuffles. The spread is the standard deviation over the repeats.
    """
    x, y = subject.x_test, subject.dataset.y_test
    rng = np.random.RandomState(np.random.RandomState(subject.seed).randint(np.iinfo(np.int32).max + 1))
    order, taken, orders = np.arange(len(x)), np.arange(len(x)), []
    for _ in range(repeats):
        rng.shuffle(order)
        taken = taken[order]  # scikit-learn shuffles what it has shuffled before
        orders.append(taken)
    shuffled = np.concatenate(orders)
    before = _badness(subject, x, y, 1)[0]
    worse = np.empty((len(subject.columns.names), repeats))
    at_once = max(1, _AT_ONCE // max(1, x.size))
    for number, inputs in enumerate(subject.columns.inputs):
        for begin in range(0, repeats, at_once):
            count = min(at_once, repeats - begin)
            rows = np.tile(x, (count, 1))
            places = shuffled[begin * len(x) : (begin + count) * len(x)]
            rows[:, inputs] = x[places][:, inputs]
            worse[number, begin : begin + count] = _badness(subject, rows, y, count) - before
        yield (number + 1) / len(worse)
    return Attribution(worse.mean(axis=1), worse.std(axis=1))


def _badness(subject: Subject, x: np.ndarray, y: np.ndarray, repeats: int) -> np.ndarray:
    """Mean log loss, or 1 − R², of each repetition of the test rows. (repeats · rows, inputs) -> (repeats,)."""
    z = subject.outputs(x)
    if subject.dataset.task == "regression":
        errors = (z[:, 0].reshape(repeats, -1) - y) ** 2
        return np.asarray(errors.sum(axis=1) / max(((y - y.mean()) ** 2).sum(), 1e-12))
    target = np.tile(y, repeats)
    if z.shape[1] == 1:  # log(1 + e^z) − y z
        loss = np.logaddexp(0.0, z[:, 0]) - target * z[:, 0]
    else:
        most = z.max(axis=1)
        loss = most + np.log(np.exp(z - most[:, None]).sum(axis=1)) - z[np.arange(len(z)), target]
    return np.asarray(loss.reshape(repeats, -1).mean(axis=1))


def gradient(subject: Subject, rows: np.ndarray) -> Work:
    """The score's slope in each column, at each row (Simonyan 2013).

    Args:
        rows: numbers of the test rows.
    """
    yield 0.0
    return Attribution(_gradients(subject, subject.x_test[rows], subject.classes[rows]))


def integrated_gradients(subject: Subject, rows: np.ndarray) -> Work:
    """What each column contributes on the straight way from the mean training row (Sundararajan 2017).

        (x_i − s_i) ∫₀¹ ∂score/∂x_i (s + t (x − s)) dt

    By Gauss–Legendre; the nodes are doubled until the sum is right within `RESIDUE`, or there are `MOST_NODES`.
    """
    x, classes, start = np.asarray(subject.x_test[rows], np.float64), subject.classes[rows], subject.start
    way = x - start
    difference = subject.score(x, classes) - subject.score(np.tile(start, (len(x), 1)), classes)
    nodes = NODES
    while True:
        places, weights = np.polynomial.legendre.leggauss(nodes)
        total = np.zeros(x.shape)
        for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
            total += weight * _slopes(subject, start + place * way, classes)
            yield 0.9 * min(1.0, nodes / MOST_NODES)
        total *= way
        residue = residue_of(total.sum(axis=1), difference)
        if residue < RESIDUE or nodes >= MOST_NODES:
            return Attribution(subject.columns.summed(total), residue=residue, steps=nodes)
        nodes *= 2


def occlusion(subject: Subject, rows: np.ndarray) -> Work:
    """How much higher the score is than with one column at its mean over the training rows (Zeiler 2014)."""
    x, classes, start = subject.x_test[rows], subject.classes[rows], subject.start
    before = subject.score(x, classes)
    values = np.empty((len(x), len(subject.columns.names)))
    for number, inputs in enumerate(subject.columns.inputs):
        hidden = np.array(x)
        hidden[:, inputs] = start[inputs]
        values[:, number] = before - subject.score(hidden, classes)
        yield (number + 1) / values.shape[1]
    return Attribution(values)


def orders_of(rows: int, columns: int) -> int:
    """In how many orders the columns of each row are revealed; fewer where many rows have many columns.

    >>> orders_of(1, 30), orders_of(114, 30), orders_of(500, 150)
    (200, 40, 6)
    """
    if rows == 1:
        return ORDERS
    return max(4, min(ORDERS_EACH, 2 * (MOST_PASSES // (2 * rows * (columns + 1)))))


def shapley(subject: Subject, rows: np.ndarray) -> Work:
    """What each column adds when columns are revealed one after the other, over many orders (Štrumbelj 2014).

    What is not revealed yet is that of a training row, another one for each order and its reverse. The values of a row
    add up to its score minus the mean score of these training rows. The spread is the standard error over the orders;
    where several rows are explained, that of the mean of their sizes.
    """
    columns, pairs = len(subject.columns.names), orders_of(len(rows), len(subject.columns.names)) // 2
    values, errors = np.empty((len(rows), columns)), np.empty((len(rows), columns))
    for number, row in enumerate(rows):
        rng = np.random.default_rng([subject.seed, int(row)])
        added = yield from _revealed(subject, int(row), rng, pairs, number / len(rows), 1 / len(rows))
        values[number] = added.mean(axis=0)
        errors[number] = added.std(axis=0, ddof=1) / np.sqrt(pairs)
    spread = np.sqrt((errors**2).sum(axis=0)) / len(rows)
    return Attribution(values, spread)


def _revealed(
    subject: Subject, row: int, rng: np.random.Generator, pairs: int, done: float, share: float
) -> Generator[float, None, np.ndarray]:
    """(pairs, columns): what each column added, the mean of an order and its reverse."""
    columns, of_input = len(subject.columns.names), subject.columns.of_input
    x = subject.x_test[row]
    others = np.resize(rng.permutation(len(subject.x_train)), pairs)
    added = np.empty((pairs, columns))
    at_once = max(1, _AT_ONCE // (2 * (columns + 1) * len(x)))
    for begin in range(0, pairs, at_once):
        taken = others[begin : begin + at_once]
        order = rng.permuted(np.tile(np.arange(columns), (len(taken), 1)), axis=1)  # place -> column
        both = np.concatenate([order, order[:, ::-1]])
        when = np.argsort(both, axis=1)  # column -> place
        # (orders, revealed columns, inputs)
        is_revealed = when[:, None, of_input] < np.arange(columns + 1)[None, :, None]
        behind = subject.x_train[np.concatenate([taken, taken])][:, None, :]
        shown = np.where(is_revealed, x, behind).reshape(-1, len(x))
        scores = subject.score(shown, np.full(len(shown), subject.classes[row])).reshape(-1, columns + 1)
        steps = np.take_along_axis(np.diff(scores, axis=1), when, axis=1)
        added[begin : begin + len(taken)] = (steps[: len(taken)] + steps[len(taken) :]) / 2
        yield done + share * (begin + len(taken)) / pairs
    return added


def residue_of(sums: np.ndarray, differences: np.ndarray) -> float:
    """Σ |sum − difference| / Σ |difference| over the rows; 0 where there is nothing to explain."""
    missing, whole = float(np.abs(sums - differences).sum()), float(np.abs(differences).sum())
    return missing / whole if whole > 0 else 0.0


def _gradients(subject: Subject, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return subject.columns.summed(_slopes(subject, x, classes))


def _slopes(subject: Subject, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(rows, inputs), some rows at a time."""
    at_once = max(1, _AT_ONCE // x.shape[1])
    parts = [
        subject.gradient(x[begin : begin + at_once], classes[begin : begin + at_once])
        for begin in range(0, len(x), at_once)
    ]
    return np.concatenate(parts)
