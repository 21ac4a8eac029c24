"""Ways from one person to another whom the network answers as wished.

towards     the values of a training row near by that is answered so, the one first that gains most for its size
greedy      the same over quantiles of the training rows
gradient    where these get stuck: every column one quantile up or down where the answer gains by it, small gains
            left out (the soft threshold of an L1 penalty)
pruning     changes that are not needed are taken back, the others made as small as they may be

Ways are gone in pieces: they yield None between two of them, and a raw row where they have found one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np

from core.prediction.columns import AskedColumn
from core.prediction.encoder import Encoder, InputGrid

#: Quantiles of the training rows that a number may move to: first without the tails, then with them.
_INNER = np.linspace(0.05, 0.95, 13)
_OUTER = np.array([0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0])

#: Values that the greedy way may change.
_MOST_CHANGES = 8

#: What is added to the size of a change before its gain is divided by it, in standard deviations.
_LEAST_SIZE = 1.0

#: Steps of the gradient's way, and the share of the largest gain below which a column stays.
_STEPS, _THRESHOLD = 60, 0.15

#: Points between a person's value and the one that was found, in which the smallest change is looked for.
_FINE = 24

#: Which value of its grid each changed column takes, by place.
_Taken = dict[int, int]

#: A way that is gone in pieces, to what it has taken; None where it leads nowhere.
_Way = Generator[None, None, _Taken | None]


class Search:
    """One person, the columns that may change, and by how much a wish is met.

    Args:
        columns: those that may change.
        train: (training rows, raw columns) float64.
        margins: network inputs -> (rows,), above 0 where the wish is met.
        own: (raw columns,) the person.
    """

    def __init__(
        self,
        encoder: Encoder,
        columns: Sequence[AskedColumn],
        train: np.ndarray,
        margins: Callable[[np.ndarray], np.ndarray],
        own: np.ndarray,
    ) -> None:
        self._encoder, self._margins, self._own = encoder, margins, own
        self._columns = {each.place: each for each in columns}
        self._train = train
        self._deviations = {each.place: _deviation(each, train[:, each.place]) for each in columns}

    def sizes(self, raw: np.ndarray) -> np.ndarray:
        """How far each column that may change has moved, in standard deviations; a level by 1. (columns,)."""
        return np.array([self._size(place, raw[place : place + 1])[0] for place in self._columns])

    def towards(self, rows: np.ndarray) -> Iterator[np.ndarray | None]:
        """Raw rows that are answered as wished, between the person and each of some training rows."""
        for row in rows:
            values = {place: row[place : place + 1] for place in self._columns if not np.isnan(row[place])}
            yield from self._found(values, self._greedy, self._everything)

    def over_usual_values(self) -> Iterator[np.ndarray | None]:
        """Raw rows that are answered as wished, with values that are not rare among the training rows."""
        yield from self._found(self._candidates(_INNER), self._greedy)

    def over_all_values(self) -> Iterator[np.ndarray | None]:
        """The same over the whole range of the training rows."""
        yield from self._found(self._candidates(_OUTER), self._greedy, self._by_gradient)

    def _found(self, values: dict[int, np.ndarray], *ways: Callable[[InputGrid], _Way]) -> Iterator[np.ndarray | None]:
        """What the first way that leads somewhere leads to."""
        if not values:
            return
        grid = self._encoder.grid(self._own, values)
        for way in ways:
            taken = yield from way(grid)
            if taken is not None:
                pruned = self._pruned(grid, taken)
                yield None
                yield self._shrunk(pruned)
                return

    def _candidates(self, quantiles: np.ndarray) -> dict[int, np.ndarray]:
        """Values that each column may take, in ascending order."""
        found = {}
        for place, column in self._columns.items():
            if column.is_level:
                found[place] = np.arange(len(column.levels), dtype=np.float64)
            elif column.few:
                found[place] = np.array(column.few)
            else:
                known = self._train[np.isfinite(self._train[:, place]), place]
                found[place] = np.unique(column.plausible(np.quantile(known, quantiles)))
        return found

    def _greedy(self, grid: InputGrid) -> _Way:
        """The change that gains most for its size, again and again; None where none gains anything any more."""
        places = np.concatenate([np.full(len(values), place) for place, values in grid.values.items()])
        indices = np.concatenate([np.arange(len(values)) for values in grid.values.values()])
        sizes = np.concatenate([self._size(place, values) for place, values in grid.values.items()])
        taken: _Taken = {}
        best = float(self._margins(grid.inputs({}, 1))[0])
        for _ in range(_MOST_CHANGES):
            choice = {place: np.where(places == place, indices, taken.get(place, -1)) for place in grid.values}
            margins = self._margins(grid.inputs(choice, len(places)))
            gains = np.minimum(margins, 1e-6) - best  # beyond the wish there is nothing to gain
            index = int((gains / (sizes + _LEAST_SIZE)).argmax())
            if gains[index] <= 1e-9:
                return None
            best = float(margins[index])
            taken[int(places[index])] = int(indices[index])
            if best > 0:
                return taken
            yield None
        return None

    def _everything(self, grid: InputGrid) -> _Way:
        """All columns at once, for a grid of one value each; None where that is not enough."""
        yield None
        everything = {place: np.array([0]) for place in grid.values}
        return dict.fromkeys(grid.values, 0) if self._margins(grid.inputs(everything, 1))[0] > 0 else None

    def _by_gradient(self, grid: InputGrid) -> _Way:
        """All columns together, each by one value of its grid at a time; None where that leads nowhere."""
        places = list(grid.values)
        sizes = np.array([len(grid.values[place]) for place in places])
        position = np.array([int(np.abs(grid.values[place] - self._own[place]).argmin()) for place in places])
        count, moves = len(places), np.arange(len(places))
        for _ in range(_STEPS):
            tried = np.tile(position, (2 * count + 1, 1))
            tried[moves, moves] = np.minimum(position + 1, sizes - 1)
            tried[count + moves, moves] = np.maximum(position - 1, 0)
            choice = {place: tried[:, index] for index, place in enumerate(places)}
            margins = self._margins(grid.inputs(choice, len(tried)))
            if margins[-1] > 0:
                return dict(zip(places, position.tolist(), strict=True))
            up, down = margins[:count] - margins[-1], margins[count : 2 * count] - margins[-1]
            gain, step = np.maximum(up, down), np.where(up >= down, 1, -1)
            moving = gain > max(_THRESHOLD * float(gain.max()), 1e-9)
            if not moving.any():
                return None
            position = np.clip(position + np.where(moving, step, 0), 0, sizes - 1)
            yield None
        return None

    def _pruned(self, grid: InputGrid, taken: _Taken) -> np.ndarray:
        """The raw row after every change that is not needed was taken back, those first that are missed least."""
        kept = {place: index for place, index in taken.items() if grid.values[place][index] != self._own[place]}
        while len(kept) > 1:
            places = list(kept)
            without = {
                place: np.where(np.arange(len(places)) == row, -1, kept[place]) for row, place in enumerate(places)
            }
            margins = self._margins(grid.inputs(without, len(places)))
            if margins.max() <= 0:
                break
            del kept[places[int(margins.argmax())]]
        return grid.raw({place: np.array([index]) for place, index in kept.items()}, 1)[0]

    def _shrunk(self, raw: np.ndarray) -> np.ndarray:
        """The same with every changed number as near to the person's own as the wish allows, one after the other."""
        values = {
            place: column.plausible(np.linspace(self._own[place], raw[place], _FINE + 1)[1:-1])
            for place, column in self._columns.items()
            if not column.is_level and raw[place] != self._own[place] and not np.isnan(raw[place])
        }
        grid, taken = self._encoder.grid(raw, values), _Taken()
        for place, between in values.items():
            choice = {other: np.full(len(between), index) for other, index in taken.items()}
            choice[place] = np.arange(len(between))
            met = np.flatnonzero(self._margins(grid.inputs(choice, len(between))) > 0)
            if len(met):  # the points begin at the person's own value
                taken[place] = int(met[0])
        return grid.raw({place: np.array([index]) for place, index in taken.items()}, 1)[0]

    def _size(self, place: int, values: np.ndarray) -> np.ndarray:
        if self._columns[place].is_level:
            return (values != self._own[place]).astype(np.float64)
        sizes: np.ndarray = np.abs(values - self._own[place]) / self._deviations[place]
        return sizes


def _deviation(column: AskedColumn, values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return 1.0 if column.is_level or not len(known) else float(known.std()) or 1.0
