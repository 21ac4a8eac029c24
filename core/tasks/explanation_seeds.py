"""An explanation from seed to seed: the run's network and others that differ from it by chance alone."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from core.errors import CannotTrain
from core.tasks.context import Context, Progress
from core.tasks.ensemble import recipe_of, seeds_after, train_to_end
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    import numpy as np

    from core.datasets import Dataset
    from core.experiment.config import ExperimentConfig
    from core.explanation.subject import Subject
    from core.training import ProgramCache, Trainer, TrainingState

#: Networks that are explained, the run's own among them.
SEEDS = 10

_ALL_ROWS = Said("This method is about all rows together.")
_ONE_ROW = Said("One row was asked for.")
_UNDEFINED = Said("With one column, or no difference among the columns, there are no ranks to compare.")


class SeedsOptions(TaskOptions):
    """What is explained; see `core.explanation.explain`.

    Attributes:
        seeds: networks; the others' seeds follow that of the run.
    """

    method: str
    row: int | None = Field(None, ge=0)
    positive: int | None = Field(None, ge=0)
    seeds: int = Field(SEEDS, ge=2, le=20)


def _work(context: Context, options: SeedsOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.errors import WrongValue
    from core.explanation.explain import check
    from core.explanation.subject import Subject
    from core.runtime.plain_json import plain_json

    config = recipe_of(context.config, context.epoch)
    own = context.trainer(context.epoch)
    try:
        check(config, options.method, options.row, None)  # a method about one column lacks its name
        first = Subject.of(own, options.positive)
        first.check_row(options.row)
    except WrongValue as error:
        return plain_json({"refused": error.said.to_json()}).encode()
    seeds, found = [config.seed], [_values(first, options)]
    others = seeds_after(config.seed, options.seeds - 1)
    for number, seed in enumerate(others):
        words = Said("seed {seed} of {seeds}", {"seed": number + 2, "seeds": options.seeds})
        partial = plain_json(_told(first, context, options, seeds, found)).encode() if len(found) > 1 else None
        yield Progress((number + 1) / options.seeds, words, partial)
        trainer = _network(config, seed, own.dataset)
        if trainer is not None:
            seeds.append(seed)
            found.append(_values(_of_same_classes(trainer, first), options))
    if len(seeds) < 2:
        raise CannotTrain(Said("Training diverged with every other seed, so there is nothing to compare."))
    return plain_json(_told(first, context, options, seeds, found)).encode()


#: Networks whose weights this process remembers, by the run's experiment and their seed: who compares seeds does so by
#: one method after the other. At most so many, and of at most so many weights.
_REMEMBERED, _MOST_WEIGHTS = 20, 200_000
_states: OrderedDict[tuple[str, int], TrainingState | None] = OrderedDict()


@functools.cache
def _programs() -> ProgramCache:
    from core.training import ProgramCache

    return ProgramCache()


def _network(config: ExperimentConfig, seed: int, dataset: Dataset) -> Trainer | None:
    """A network trained from another seed on the run's rows, which the run's own seed has split; None where its
    training diverged.
    """
    from core.training import Trainer

    key = (config.model_dump_json(), seed)
    trainer = Trainer(config.model_copy(update={"seed": seed}), dataset=dataset, programs=_programs())
    if key in _states:
        state = _states[key]
        if state is None:
            return None
        trainer.restore(state)
        return trainer
    train_to_end(trainer)
    has_ended = trainer.failure is None
    if config.parameters <= _MOST_WEIGHTS:
        _states[key] = trainer.state() if has_ended else None
        while len(_states) > _REMEMBERED:
            _states.popitem(last=False)
    return trainer if has_ended else None


def _of_same_classes(trainer: Trainer, first: Subject) -> Subject:
    """Another network, asked about the same class of each row."""
    from dataclasses import replace

    from core.explanation.subject import Subject

    return replace(Subject.of(trainer, first.positive), classes=first.classes, seed=first.seed)


def _values(subject: Subject, options: SeedsOptions) -> np.ndarray:
    """(columns,) of all rows together, or (rows, columns)."""
    import numpy as np

    from core.explanation.methods import METHODS

    rows = np.arange(len(subject.x_test)) if options.row is None else np.array([options.row])
    begin = METHODS[options.method].work
    assert begin is not None, "columns are compared"
    work = begin(subject, rows)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return np.asarray(end.value.values)


def _told(
    subject: Subject, context: Context, options: SeedsOptions, seeds: list[int], found: list[np.ndarray]
) -> dict[str, Any]:
    """What a page shows: of each column the value and the rank for every seed; how far the seeds agree."""
    import numpy as np

    from core.explanation.seeds import agreement, agreement_of_rows, ranks_of, same_first, spread_over_seeds

    several = np.stack(found)
    by_row = several if several.ndim == 3 and options.row is None else None
    if by_row is not None:
        shown = np.abs(by_row).mean(axis=1)
    else:
        shown = several[:, 0] if several.ndim == 3 else several
    mean, spread = spread_over_seeds(list(shown))
    ranks = ranks_of(np.abs(shown) if options.row is not None else shown)
    agreed = agreement(np.abs(shown) if options.row is not None else shown)
    reasons: dict[str, Any] = {}
    if agreed is None:
        reasons["agreement"] = _UNDEFINED.to_json()
    if by_row is None:
        reasons["rows"] = (_ALL_ROWS if options.row is None else _ONE_ROW).to_json()
    return {
        "epoch": context.epoch,
        "method": options.method,
        "row": options.row,
        "seeds": seeds,
        "features": [
            {
                "name": name,
                "value": mean[place],
                "spread": spread[place],
                "values": shown[:, place],
                "ranks": ranks[:, place],
            }
            for place, name in enumerate(subject.columns.names)
        ],
        "agreement": agreed,
        "rows": None
        if by_row is None
        else {
            "count": by_row.shape[1],
            "agreement": agreement_of_rows(by_row),
            "same_first": same_first(by_row),
        },
        "reason": reasons or None,
    }


KIND = Kind(options=SeedsOptions, work=_work)
