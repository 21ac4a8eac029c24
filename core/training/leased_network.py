"""A run's network between two epochs: what it outputs, what is set in it by hand, and how it was in another state.

How it is trained is `core.training.trainer`'s; which program has its variables, `core.training.lease`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from core.errors import CannotTrain
from core.runtime.backend import keras
from core.runtime.pieces import Pieces, finished
from core.training.lease import Program, ProgramLease
from core.training.state import TrainingState
from core.words import Said

#: Rows that are predicted in one call: some ten milliseconds of a large network, and the map's 10,000 points at once.
ROWS_AT_ONCE = 16_384


class LeasedNetwork:
    """The network of a run, in whichever program trains it now."""

    def __init__(self, lease: ProgramLease) -> None:
        self._lease = lease

    @property
    def _program(self) -> Program:
        """What trains this run now, with its variables in it."""
        return self._lease.hold()

    @property
    def model(self) -> keras.Model:
        """The compiled Keras model, with this run's weights."""
        return self._program.model

    @property
    def learning_rate(self) -> float:
        """May be set between epochs; applies from the next one."""
        return float(np.asarray(self.model.optimizer.learning_rate))

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        schedule = getattr(self.model.optimizer, "_learning_rate", None)
        if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            raise CannotTrain(
                Said(
                    "The learning rate follows {schedule}, which decides it at every step, and cannot be set. Compile "
                    "the model with a number as its learning rate.",
                    {"schedule": type(schedule).__name__},
                )
            )
        self.model.optimizer.learning_rate = value

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """What the output layer gives for network inputs. (rows, features) -> (rows, units)."""
        return finished(self.predict_in_pieces(inputs))

    def predict_in_pieces(self, inputs: np.ndarray) -> Pieces[np.ndarray]:
        """As `predict`, in pieces of rows, between which the network must stay as it is.

        Many rows at once would need memory for what every layer makes of all of them.
        """
        if len(inputs) <= ROWS_AT_ONCE:
            return self._program.predict(inputs)
        parts = []
        for first in range(0, len(inputs), ROWS_AT_ONCE):
            parts.append(self._program.predict(inputs[first : first + ROWS_AT_ONCE]))
            yield
        return np.concatenate(parts)

    @property
    def shared(self) -> Program:
        """The program that runs of this architecture share; what was compiled for all of them is kept with it."""
        return self._lease.graph

    def values(self) -> list[np.ndarray]:
        """The values of all variables as they are now, in the order of `shared.variables`."""
        return self._program.state()

    def edit_weight(self, layer: int, row: int | None, unit: int, value: float) -> float:
        """Set one weight by hand, between two epochs.

        Args:
            layer: of the Dense layers, from 0.
            row: which input of the layer; None sets the unit's bias.

        Returns:
            The value before.

        Raises:
            IndexError: there is no such weight.
        """
        dense = [each for each in self.model.layers if isinstance(each, keras.layers.Dense)]
        variable, place = (dense[layer].bias, (unit,)) if row is None else (dense[layer].kernel, (row, unit))
        values = np.array(variable)
        before = float(values[place])
        values[place] = value
        variable.assign(values)
        return before

    @contextmanager
    def at(self, state: TrainingState) -> Iterator[None]:
        """Within the block the network is as it was in another state of this run; afterwards as it was before.

        Raises:
            ValueError: the state belongs to another architecture.
        """
        now = self._program.state()
        self._program.load(state.variables)
        try:
            yield
        finally:
            self._program.load(now)
