"""Ten networks of one experiment that differ by chance alone: how much luck matters for a single person."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from pydantic import Field

from core.errors import CannotTrain
from core.experiment.config import MAX_SEED, ExperimentConfig
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.training import Trainer

#: Networks that are trained.
SEEDS = 10

#: Bytes that the weights of all of them may have: they travel with each question.
_MOST_BYTES = 20 * 2**20

#: Seconds between two looks at whether XLA has compiled the network.
_LOOK = 0.02


class EnsembleOptions(TaskOptions):
    """How many networks.

    Attributes:
        seeds: their number; their seeds follow that of the run.
    """

    seeds: int = Field(SEEDS, ge=2, le=20)


def seeds_after(seed: int, count: int) -> tuple[int, ...]:
    """The seeds of an ensemble.

    >>> seeds_after(0, 3)
    (1, 2, 3)
    """
    return tuple((seed + number) % (MAX_SEED + 1) for number in range(1, count + 1))


def _work(context: Context, options: EnsembleOptions) -> Generator[Progress, None, bytes]:
    from core.prediction.members import Members, weights_of
    from core.training import ProgramCache, Trainer

    config = recipe_of(context.config, context.epoch)
    _check_size(config, options.seeds)
    yield Progress(0.0, Said("reading the rows"))
    dataset = context.trainer(context.epoch).dataset  # the rows stay split as they were: chance is that of training
    programs, seeds, weights = ProgramCache(), [], []
    for number, seed in enumerate(seeds_after(config.seed, options.seeds)):
        words = Said("seed {seed} of {seeds}", {"seed": number + 1, "seeds": options.seeds})
        yield Progress(number / options.seeds, words)
        trainer = Trainer(config.model_copy(update={"seed": seed}), dataset=dataset, programs=programs)
        train_to_end(trainer)
        if trainer.failure is None:
            seeds.append(seed)
            weights.append(weights_of(trainer))
    if len(seeds) < 2:
        raise CannotTrain(Said("Training diverged with almost every other seed, so there is nothing to compare."))
    return Members(tuple(seeds), tuple(weights)).to_bytes()


def recipe_of(config: ExperimentConfig, epoch: int) -> ExperimentConfig:
    """The experiment as a run repeated it: as many epochs as it has trained, or until early stopping ends it."""
    training = config.training
    if training.early_stopping is None:
        training = training.model_copy(update={"epochs": epoch})
    return config.model_copy(update={"training": training})


def train_to_end(trainer: Trainer) -> None:
    """Train all epochs, waiting where XLA compiles in the background."""
    trainer.fit()
    while not trainer.finished:
        time.sleep(_LOOK)
        trainer.fit()


def _check_size(config: ExperimentConfig, seeds: int) -> None:
    size = 4 * config.parameters * seeds
    if size > _MOST_BYTES:
        raise CannotTrain(
            Said(
                "The weights of {seeds} such networks take {size} MB, and at most {most} MB are kept. Use fewer units.",
                {"seeds": seeds, "size": size >> 20, "most": _MOST_BYTES >> 20},
            )
        )


KIND = Kind(options=EnsembleOptions, work=_work)
