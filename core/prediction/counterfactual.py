"""The nearest person whom the network would answer otherwise: few values changed, to plausible ones, some locked.

Plausible is what a training row could have had in that column: within its range, of its kind, with its decimals.
How it is looked for stands in `core.prediction.ways`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.experiment.outputs import Output
from core.prediction.answers import Predict, values_of
from core.prediction.columns import AskedColumn
from core.prediction.encoder import Encoder
from core.prediction.neighbours import Neighbourhood
from core.prediction.ways import Search
from core.runtime.pieces import Pieces

#: Probabilities are compared by their logarithm; smaller ones count as this.
_TINY = 1e-12

#: Training rows near by that are moved towards, out of so many whose answers are looked at.
_ROWS, _LOOKED_AT = 2, 2_000

#: A change costs this beside its size in standard deviations: few changes are understood, many are not.
_EACH = 0.5


@dataclass(frozen=True)
class Counterfactual:
    """A person whom the network answers as wished.

    Attributes:
        raw: (raw columns,) float64.
        changed: places of the raw columns that differ.
        values: (classes,) probabilities of the new answer; of a regression (1,) in the target's units.
        distance: to the nearest training row (`Neighbourhood`).
        is_far: that is farther than training rows are from each other: few like that were ever seen.
    """

    raw: np.ndarray
    changed: tuple[int, ...]
    values: np.ndarray
    distance: float
    is_far: bool


@dataclass(frozen=True)
class Wish:
    """What shall be answered.

    Attributes:
        label: that class; None for a regression.
        above, below: of a regression, a value to be passed; None for no such wish.
    """

    label: int | None = None
    above: float | None = None
    below: float | None = None

    def margins(self, values: np.ndarray) -> np.ndarray:
        """By how much the wish is met: above 0 where it is. (rows, classes) or (rows, 1) -> (rows,)."""
        if self.label is None:
            return values[:, 0] - self.above if self.above is not None else (self.below or 0.0) - values[:, 0]
        logs = np.log(np.maximum(values, _TINY))
        others = np.delete(logs, self.label, axis=1).max(axis=1)
        margins: np.ndarray = logs[:, self.label] - others
        return margins


def counterfactual_in_pieces(
    encoder: Encoder,
    columns: Sequence[AskedColumn],
    dataset: Dataset,
    output: Output,
    predict: Predict,
    neighbourhood: Neighbourhood,
    raw: np.ndarray,
    wish: Wish,
    *,
    locked: Collection[str] = (),
) -> Pieces[Counterfactual | None]:
    """A person as near as can be found whom the network answers as wished, looked for in pieces.

    Ways are gone until one has led near to training rows; of several, the one that has moved least is taken.

    Args:
        raw: (raw columns,) the person as they are. Missing values stay missing.
        locked: names of columns that must not change, such as age and sex.

    Returns:
        None where none was found, or the answer is as wished already and nothing has to change.
    """
    free = [
        each
        for each in columns
        if each.name not in locked and not each.pixel and each.typical is not None and not np.isnan(raw[each.place])
    ]

    def margins(inputs: np.ndarray) -> np.ndarray:
        return wish.margins(values_of(predict(inputs), dataset, output))

    own = encoder.rows(raw[None])
    if not free or margins(own)[0] > 0:
        return None
    search = Search(encoder, free, dataset.raw_train, margins, raw)
    ways: tuple[Callable[[], Iterator[np.ndarray | None]], ...] = (
        search.over_usual_values,
        lambda: search.towards(dataset.raw_train[_examples(dataset, neighbourhood, margins, own[0])]),
        search.over_all_values,
    )
    found = None
    for way in ways:
        for row in way():
            yield
            if row is not None:
                found = _better(found, row, search, encoder, neighbourhood)
        if found is not None and not found.is_far:
            break
    if found is None:
        return None
    return Counterfactual(
        found.raw,
        tuple(each.place for each in free if found.raw[each.place] != raw[each.place]),
        values_of(predict(encoder.rows(found.raw[None])), dataset, output)[0],
        found.distance,
        found.is_far,
    )


@dataclass(frozen=True)
class _Found:
    raw: np.ndarray
    cost: float
    distance: float
    is_far: bool


def _better(
    before: _Found | None, raw: np.ndarray, search: Search, encoder: Encoder, neighbourhood: Neighbourhood
) -> _Found:
    _, distances = neighbourhood.nearest(encoder.rows(raw[None])[0], 1)
    distance, sizes = float(distances[0]), search.sizes(raw)
    cost = float(sizes.sum()) + _EACH * int((sizes > 0).sum())
    found = _Found(raw, cost, distance, neighbourhood.is_far(distance))
    if before is None or (found.is_far, found.cost) < (before.is_far, before.cost):
        return found
    return before


def _examples(
    dataset: Dataset, neighbourhood: Neighbourhood, margins: Callable[[np.ndarray], np.ndarray], own: np.ndarray
) -> np.ndarray:
    """The nearest training rows that are answered as wished; (at most `_ROWS`,) their numbers."""
    near, _ = neighbourhood.nearest(own, _LOOKED_AT)
    met = margins(dataset.x_train[near]) > 0
    return near[met][:_ROWS]
