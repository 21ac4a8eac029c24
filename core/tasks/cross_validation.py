"""Repeated cross-validation: how much a figure changes with which rows are learnt. Test rows are left alone."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from pydantic import Field

from core.evaluation.missing_kinds import event_of
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said


class CrossValidationOptions(TaskOptions):
    """How the training rows are divided.

    Attributes:
        folds: each is judged by a network that has learnt the others.
        repeats: how often the rows are divided anew.
    """

    folds: int = Field(5, ge=2, le=20)
    repeats: int = Field(2, ge=1, le=10)


_CHOSEN_BY = Said(
    "Training rows only, each judged by networks that had not learnt it; nothing was chosen by it. The test rows were "
    "left alone."
)


def _work(context: Context, options: CrossValidationOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.tasks.fold_scores import scores, summary
    from core.tasks.learnt_rows import LearntRows

    config = context.config
    rows = LearntRows.of(config, context.trainer(context.epoch).dataset, context.epoch)
    positive = event_of(config) if rows.is_classification else 0
    divided = [fold for repeat in range(options.repeats) for fold in rows.folds(options.folds, config.seed + repeat)]
    per_repeat = len(divided) // options.repeats
    found: list[dict[str, float | None]] = []

    def told() -> bytes:
        result: dict[str, Any] = {
            "epoch": context.epoch,
            "rows": "train",
            "n_rows": len(rows.target),
            "folds": per_repeat,
            "repeats": options.repeats,
            "done": len(found),
            "of": len(divided),
            "chosen_by": _CHOSEN_BY.to_json(),
            "metrics": summary(found),
        }
        return json.dumps(result).encode()

    for number, (learn, judge) in enumerate(divided):
        words = Said("part {part} of {parts}", {"part": number + 1, "parts": len(divided)})
        yield Progress(number / len(divided), words, told() if found else None)
        training = rows.predicted(learn, judge, seed=config.seed + number // per_repeat)
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                (predicted,) = end.value
                break
            yield Progress((number + share) / (len(divided) + 0.01), words)
        found.append(scores(rows.target[judge], predicted, positive))
    return told()


KIND = Kind(options=CrossValidationOptions, work=_work)
