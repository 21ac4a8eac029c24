"""Many variations of one person as network inputs, without preparing each of them anew.

Every input of a table belongs to one column, so what a value of a column gives is prepared once, and rows are put
together from that. Inputs that are computed from two coordinates are computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.datasets import Dataset
from core.experiment.config import ExperimentConfig
from core.prediction.answers import whole_rows
from core.prediction.columns import AskedColumn


class Encoder:
    """Prepares variations of raw rows.

    >>> encoder = Encoder(config, dataset, columns)                            # doctest: +SKIP
    >>> inputs = encoder.variations(row, {0: np.array([40.0, 50.0])})          # doctest: +SKIP
    """

    def __init__(self, config: ExperimentConfig, dataset: Dataset, columns: Sequence[AskedColumn]) -> None:
        self._dataset = dataset
        self._columns = columns
        self._inputs_of = _inputs_of(config, dataset)

    def rows(self, raw: np.ndarray) -> np.ndarray:
        """(rows, raw columns) -> (rows, features) float32, each prepared by itself."""
        return self._dataset.inputs(whole_rows(self._columns, self._dataset, raw))

    def grid(self, raw: np.ndarray, values: Mapping[int, np.ndarray]) -> InputGrid:
        """What single columns of a row may be instead, ready to be put together.

        Args:
            raw: (raw columns,), the row as it is.
            values: by the place of a raw column, (n,) values that it may have.
        """
        own = self.rows(raw[None])[0]
        if self._inputs_of is None:
            return InputGrid(raw, own, dict(values), {}, {}, self)
        changed = []
        for place, choices in values.items():
            rows = np.tile(raw, (len(choices), 1))
            rows[:, place] = choices
            changed.append(rows)
        inputs = self.rows(np.concatenate(changed)) if changed else np.empty((0, len(own)), np.float32)
        tables, slots, start = {}, {}, 0
        for place, choices in values.items():
            slots[place] = self._inputs_of[place]
            tables[place] = inputs[start : start + len(choices)][:, slots[place]]
            start += len(choices)
        return InputGrid(raw, own, dict(values), slots, tables, self)


class InputGrid:
    """One person, and for some columns the values that these may have instead."""

    def __init__(
        self,
        raw: np.ndarray,
        own: np.ndarray,
        values: dict[int, np.ndarray],
        slots: dict[int, list[int]],
        tables: dict[int, np.ndarray],
        encoder: Encoder,
    ) -> None:
        self._raw, self._own, self._encoder = raw, own, encoder
        self.values = values
        self._slots, self._tables = slots, tables

    def raw(self, choice: Mapping[int, np.ndarray], rows: int) -> np.ndarray:
        """Raw rows: (rows, raw columns).

        Args:
            choice: by the place of a raw column, (rows,) which of its values each row has; -1 for the person's own.
        """
        raw = np.tile(self._raw, (rows, 1))
        for place, chosen in choice.items():
            raw[:, place] = np.where(chosen < 0, self._raw[place], self.values[place][np.maximum(chosen, 0)])
        return raw

    def inputs(self, choice: Mapping[int, np.ndarray], rows: int) -> np.ndarray:
        """Network inputs of the same rows: (rows, features) float32."""
        if not self._tables:
            return self._encoder.rows(self.raw(choice, rows))
        inputs = np.tile(self._own, (rows, 1))
        for place, chosen in choice.items():
            is_other = chosen >= 0
            if is_other.any():
                where = np.flatnonzero(is_other)
                inputs[where[:, None], self._slots[place]] = self._tables[place][chosen[where]]
        return inputs


def _inputs_of(config: ExperimentConfig, dataset: Dataset) -> dict[int, list[int]] | None:
    """The places of the network inputs that a raw column gives; None where an input comes from several columns."""
    prepared = config.dataset.prepared
    if prepared:
        found, start = {}, 0
        for column in prepared:
            found[column.place] = list(range(start, start + len(column.names)))
            start += len(column.names)
        return found
    if dataset.inputs.columns is None:
        return None
    return {place: [index] for index, place in enumerate(dataset.inputs.columns)}
