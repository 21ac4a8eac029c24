"""Which pixels of a picture count: where the network's answer is steep, and what it loses when a part is covered.

Both are about the log odds of one class against the rest (of a regression: the value), for one row. Beside a picture,
the columns of a table are treated alike, and each kind of data is covered as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.evaluation import class_probabilities
from core.experiment.blocks import Block
from core.explanation.scores import Scores
from core.training import Trainer
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
        value: these log odds, or the value of a regression in its own units.
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
    scores, of = Scores(trainer), label or 0

    def score(rows: np.ndarray) -> np.ndarray:
        return scores.score(rows, np.full(len(rows), of))

    slope = scores.gradient(inputs[None], np.array([of]))[0]
    mean = dataset.x_train.mean(axis=0)
    value = float(score(inputs[None])[0])
    blocks = tuple(_map_of(block, inputs, mean, value, score, slope[block.columns]) for block in dataset.blocks)
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
