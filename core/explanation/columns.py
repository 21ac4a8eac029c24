"""Which inputs of a network belong to which column of its data set. Knows no rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.experiment.dataset import DatasetConfig


@dataclass(frozen=True)
class Columns:
    """The columns that a network looks at, in the order of the data set.

    Attributes:
        names: of the columns.
        places: each column's place in a raw row.
        inputs: of each column the places of its network inputs: one, or several where it is coded as several. Where
            inputs are computed from two coordinates, explanations are about the coordinates themselves, and a column's
            place here is its place among them.
        is_computed: inputs are computed.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    inputs: tuple[np.ndarray, ...]
    is_computed: bool

    @property
    def of_input(self) -> np.ndarray:
        """(inputs,): the number of each input's column."""
        found = np.empty(sum(map(len, self.inputs)), np.int64)
        for number, inputs in enumerate(self.inputs):
            found[inputs] = number
        return found

    def summed(self, values: np.ndarray) -> np.ndarray:
        """(rows, inputs) -> (rows, columns): what belongs to one column is added up."""
        total = np.zeros((len(values), len(self.names)))
        np.add.at(total.T, self.of_input, np.asarray(values, np.float64).T)
        return total


def columns_of(config: DatasetConfig) -> Columns:
    """The columns that an experiment's network looks at.

    >>> columns_of(DatasetConfig(name="iris")).names[:2]
    ('sepal length (cm)', 'sepal width (cm)')
    """
    known = config.info.feature_names
    if config.prepared:
        inputs, begin = [], 0
        for column in config.prepared:
            inputs.append(np.arange(begin, begin + len(column.names)))
            begin += len(column.names)
        places = tuple(column.place for column in config.prepared)
        return Columns(tuple(known[place] for place in places), places, tuple(inputs), False)
    is_computed = config.info.is_planar and config.features is not None
    names = known if is_computed else config.feature_names
    places = tuple(known.index(name) for name in names)
    # Inputs stand in the order in which they were chosen, columns in that of the data set.
    order = sorted(range(len(names)), key=places.__getitem__)
    return Columns(
        tuple(names[each] for each in order),
        tuple(places[each] for each in order),
        tuple(np.array([each]) for each in order),
        is_computed,
    )
