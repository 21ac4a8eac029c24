"""What is explained: a network, its rows, and the class of each row whose odds are explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.evaluation import event_of
from core.explanation.columns import Columns, columns_of
from core.words import Said

if TYPE_CHECKING:
    from core.explanation.scores import Scores
    from core.training import Trainer

#: The step of a difference quotient of computed inputs, in standard deviations of a coordinate.
_STEP = 1e-4


@dataclass(frozen=True)
class Subject:
    """A network and its rows as explanations see them.

    Attributes:
        dataset: the rows.
        columns: which inputs belong together.
        x_train, x_test: (rows, inputs), network inputs; where these are computed, coordinates in standard deviations
            of the training rows.
        classes: (test rows,), the class of each test row whose log odds are explained; zeros for a number.
        positive: that class where it is the same for all rows.
        seed: of what is drawn.
    """

    dataset: Dataset
    columns: Columns
    x_train: np.ndarray
    x_test: np.ndarray
    classes: np.ndarray
    positive: int | None
    seed: int
    _scores: Scores
    _mean: np.ndarray
    _scale: np.ndarray

    @classmethod
    def of(cls, trainer: Trainer, positive: int | None = None) -> Subject:
        """A trained network.

        Args:
            positive: the class whose odds are explained. Where left out: of two classes the event, or the last; of more
                the event, where the data set has one, otherwise what the network predicts for each row.

        Raises:
            WrongValue: there are no test rows.
        """
        from core.explanation.scores import Scores

        config, dataset = trainer.config, trainer.dataset
        if not len(dataset.x_test):
            raise WrongValue(Said("There are no test rows to explain."))
        columns, scores = columns_of(config.dataset), Scores(trainer)
        mean, scale = np.zeros(1), np.ones(1)
        x_train, x_test = dataset.x_train, dataset.x_test
        if columns.is_computed:
            mean, scale = dataset.raw_train.mean(axis=0), dataset.raw_train.std(axis=0)
            scale = np.where(scale > 0, scale, 1.0)
            x_train, x_test = ((rows - mean) / scale for rows in (dataset.raw_train, dataset.raw_test))
        info = config.dataset.info
        if positive is None and dataset.n_classes and (dataset.n_classes == 2 or info.event in dataset.class_names):
            positive = event_of(config)
        if dataset.n_classes and positive is None:
            classes = scores.outputs(dataset.x_test).argmax(axis=1)
        else:
            classes = np.full(len(x_test), positive or 0)
        return cls(dataset, columns, x_train, x_test, classes, positive, config.seed, scores, mean, scale)

    def check_row(self, row: int | None) -> None:
        """Whether there is such a test row; None for all of them.

        Raises:
            WrongValue: there is none.
        """
        last = len(self.x_test) - 1
        if row is not None and not 0 <= row <= last:
            said = Said("row is {received}. Expected a test row from 0 to {last}.", {"received": row, "last": last})
            raise WrongValue(said)

    @property
    def start(self) -> np.ndarray:
        """(inputs,): the mean training row, from which contributions are counted."""
        return np.asarray(self.x_train.mean(axis=0), np.float64)

    def inputs(self, x: np.ndarray) -> np.ndarray:
        """Rows as here, as the network takes them."""
        return self.dataset.inputs(np.asarray(x) * self._scale + self._mean) if self.columns.is_computed else x

    def score(self, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(rows, inputs), (rows,) -> (rows,) float64: log odds of a class, or the number in its own units."""
        return self._scores.score(self.inputs(x), classes)

    def gradient(self, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(rows, inputs), (rows,) -> (rows, inputs) float64: the score's slope in each input."""
        if not self.columns.is_computed:
            return self._scores.gradient(x, classes)
        slopes = self._scores.gradient(self.inputs(x), classes)
        found = np.empty_like(x, dtype=np.float64)
        for place in range(found.shape[-1]):  # chain rule, with difference quotients of the computed inputs
            step = np.zeros(found.shape[-1])
            step[place] = _STEP
            above, below = (self._exactly(np.asarray(x, np.float64) + sign * step) for sign in (1, -1))
            found[:, place] = (slopes * (above - below)).sum(axis=1) / (2 * _STEP)
        return found

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """(rows, inputs) -> (rows, units) float64: logits, or a standardised number."""
        return self._scores.outputs(self.inputs(x))

    def _exactly(self, x: np.ndarray) -> np.ndarray:
        """Computed inputs in float64: differences of float32 would be noise."""
        features = self.dataset.inputs.features(x * self._scale + self._mean)
        scaler = self.dataset.inputs.scaler
        return features if scaler is None else np.asarray(scaler.transform(features), np.float64)
