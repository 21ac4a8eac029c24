"""Which pixels of a picture count: where the network's answer is steep, and what it loses when a part is covered.

Both are about the log odds of one class against the rest (of a regression: the value), for one row. Beside a picture,
the columns of a table are treated alike, and each kind of data is covered as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.evaluation import class_probabilities
from core.experiment.blocks import Block
from core.experiment.outputs import Output
from core.runtime.backend import keras, tf
from core.training import Trainer
from core.training.program import Compiled
from core.words import Said

#: Pixels along one side of what covers a part of a picture.
PATCH = 3


@dataclass(frozen=True)
class BlockMap:
    """One kind of data in one row.

    Attributes:
        block: where it stands.
        slope: (columns,) change of the log odds for one unit of a network input, at this row.
        covered: (columns,) by how much the log odds fall when the column becomes its mean over the training rows; of a
            picture, the patch around each pixel (`PATCH`).
        whole: by how much they fall when all of it becomes its mean.
    """

    block: Block
    slope: np.ndarray
    covered: np.ndarray
    whole: float


@dataclass(frozen=True)
class PictureMaps:
    """One row explained.

    Attributes:
        probabilities: of all classes; empty for a regression.
        label: the class whose log odds are explained; None for a regression.
        value: these log odds, or the value (standardised) of a regression.
    """

    probabilities: np.ndarray
    label: int | None
    value: float
    blocks: tuple[BlockMap, ...]


def picture_maps(trainer: Trainer, row: int, label: int | None = None) -> PictureMaps:
    """Explain a test row.

    Args:
        row: of the test rows, from 0.
        label: the class; the predicted one where left out.

    Raises:
        WrongValue: there is no such row or class, or the inputs hold no picture.
    """
    dataset, output = trainer.dataset, trainer.config.output
    check(dataset, row, label)
    inputs = dataset.x_test[row]
    probabilities = np.empty(0)
    if dataset.task == "classification":
        probabilities = class_probabilities(trainer.predict(inputs[None]), output)[0]
        label = int(probabilities.argmax()) if label is None else label
    scores = _scores_of(trainer)

    def score(rows: np.ndarray) -> np.ndarray:
        return log_odds(scores.outputs(tf.constant(rows)).numpy(), label)

    slope = scores.slope(tf.constant(inputs[None]), tf.constant(_direction(output, label))).numpy()[0]
    mean = dataset.x_train.mean(axis=0)
    value = float(score(inputs[None])[0])
    blocks = tuple(
        _map_of(block, inputs, mean, value, score, np.asarray(slope[block.columns], np.float64))
        for block in dataset.blocks
    )
    return PictureMaps(probabilities, label, value, blocks)


def check(dataset: Dataset, row: int, label: int | None) -> None:
    """Whether a row and a class can be explained.

    Raises:
        WrongValue: they cannot, and why.
    """
    if not any(block.is_picture for block in dataset.blocks):
        raise WrongValue(Said("The inputs of this network hold no picture."))
    if not 0 <= row < len(dataset.x_test):
        raise WrongValue(
            Said(
                "There is no test row {row}. Choose one from 0 to {last}.",
                {"row": row, "last": len(dataset.x_test) - 1},
            )
        )
    if label is not None and not 0 <= label < dataset.n_classes:
        raise WrongValue(
            Said(
                "There is no class {label}. Choose one from 0 to {last}.",
                {"label": label, "last": dataset.n_classes - 1},
            )
        )


def log_odds(scores: np.ndarray, label: int | None) -> np.ndarray:
    """The logarithm of the odds of a class against the rest, from logits.

    Args:
        scores: (rows, units) before the output's activation. One unit is the logit of class 1.
        label: None for the value itself.

    >>> log_odds(np.array([[2.0]]), 0).tolist(), log_odds(np.array([[1.0, 1.0]]), 1).tolist()
    ([-2.0], [0.0])
    """
    values = np.asarray(scores, dtype=np.float64)
    if label is None or values.shape[1] == 1:
        return values[:, 0] * (-1.0 if label == 0 else 1.0)
    rest = np.delete(values, label, axis=1)
    most = rest.max(axis=1, keepdims=True)  # keeps exp from overflowing
    return np.asarray(values[:, label] - most[:, 0] - np.log(np.exp(rest - most).sum(axis=1)))


def _direction(output: Output, label: int | None) -> np.ndarray:
    """(units,) 1 for the unit of the class and 0 for others; one unit: its sign."""
    if output.units == 1:
        return np.array([-1.0 if label == 0 else 1.0], np.float32)
    return np.eye(output.units, dtype=np.float32)[label or 0]


class _Scores:
    """What a network's output layer computes before its activation, and the slope of a class's log odds."""

    def __init__(self, model: keras.Model) -> None:
        layer = model.get_layer("output")
        before = keras.Model(model.inputs, layer.input)
        units = int(model.output_shape[-1])

        def outputs(rows: Any) -> Any:
            return before(rows, training=False) @ layer.kernel + layer.bias

        def slope(rows: Any, direction: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(rows)
                scores = outputs(rows)
                if units > 1:
                    rest = tf.where(direction > 0, -1e30, scores)
                    value = tf.reduce_sum(scores * direction, axis=1) - tf.reduce_logsumexp(rest, axis=1)
                else:
                    value = tf.reduce_sum(scores * direction, axis=1)
            return tape.gradient(value, rows)

        rows = tf.TensorSpec((None, *model.input_shape[1:]))
        self.outputs = Compiled(outputs, rows)
        self.slope = Compiled(slope, rows, tf.TensorSpec((units,)))


def _scores_of(trainer: Trainer) -> _Scores:
    """Traced once for all runs of an architecture."""
    model = trainer.model  # asking for the model puts the run's weights into it
    if model is not trainer.shared.model:
        return _Scores(model)
    kept = trainer.shared.kept
    if _Scores not in kept:
        kept[_Scores] = _Scores(model)
    scores: _Scores = kept[_Scores]
    return scores


def _map_of(
    block: Block,
    inputs: np.ndarray,
    mean: np.ndarray,
    value: float,
    score: Callable[[np.ndarray], np.ndarray],
    slope: np.ndarray,
) -> BlockMap:
    """Cover each part of a block in turn, and then all of it."""
    hidden = [*covers(block), np.arange(block.width)]
    rows = np.repeat(inputs[None], len(hidden), axis=0)
    for place, columns in enumerate(hidden):
        rows[place, block.start + columns] = mean[block.start + columns]
    falls = value - score(rows)
    return BlockMap(block, slope, falls[:-1], float(falls[-1]))


def covers(block: Block) -> list[np.ndarray]:
    """For each column of a block, which columns are covered together: of a picture the patch around a pixel.

    >>> [each.tolist() for each in covers(Block("table", "table", 5, (2,)))]
    [[0], [1]]
    """
    if not block.is_picture:
        return [np.array([column]) for column in range(block.width)]
    height, width, channels = block.shape
    places = np.arange(block.width).reshape(height, width, channels)
    reach = PATCH // 2
    return [
        places[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1].ravel()
        for row in range(height)
        for column in range(width)
        for _ in range(channels)
    ]
