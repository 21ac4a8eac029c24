"""A surrogate of a run's network: a shallow tree with its fidelity."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import Field

from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.datasets import Dataset
    from core.explanation.surrogate import Surrogate

#: Questions from the root to a leaf: as many as are read at a glance.
DEPTH = 3


class SurrogateOptions(TaskOptions):
    """How large the tree may be.

    Attributes:
        depth: most questions from the root to a leaf.
    """

    depth: int = Field(DEPTH, ge=1, le=6)


def _work(context: Context, options: SurrogateOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.explanation.surrogate import surrogate_of  # imports what the server has no use for

    trainer = context.trainer(context.epoch)
    yield Progress(0.3, Said("growing the tree"))
    found = surrogate_of(trainer.dataset, context.config.output, trainer.predict, depth=options.depth)
    return json.dumps(told(found, trainer.dataset, epoch=context.epoch, depth=options.depth)).encode()


def told(found: Surrogate, dataset: Dataset, *, epoch: int, depth: int) -> dict[str, Any]:
    """What a page shows. `levels` are those of the columns that are no numbers, by name; `dates` the names of dates."""
    return {
        "epoch": epoch,
        "depth": depth,
        "task": dataset.task,
        "columns": list(dataset.raw_feature_names),
        "classes": list(dataset.class_names),
        "target": dataset.target_name,
        "levels": {
            name: list(column.categories)
            for name, column in zip(dataset.raw_feature_names, dataset.columns, strict=False)
            if column.categories
        },
        "dates": [
            name
            for name, column in zip(dataset.raw_feature_names, dataset.columns, strict=False)
            if column.kind == "date"
        ],
        **asdict(found),
    }


KIND = Kind(options=SurrogateOptions, work=_work)
