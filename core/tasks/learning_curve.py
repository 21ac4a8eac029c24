"""The learning curve: what more rows would bring. Networks of a run's kind learn more and more of the training rows and
are judged on those that they had not learnt; test rows are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import numpy as np
from pydantic import Field

from core.evaluation.missing_kinds import event_of
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said


class LearningCurveOptions(TaskOptions):
    """How many networks.

    Attributes:
        sizes: steps from a tenth of the rows to all of them.
        folds: each is judged by networks that have learnt of the others.
    """

    sizes: int = Field(6, ge=2, le=12)
    folds: int = Field(5, ge=2, le=10)


_CHOSEN_BY = Said(
    "Training rows only: networks learn some of them and are judged on others. The test rows were left alone."
)


def _work(context: Context, options: LearningCurveOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.tasks.fold_scores import scores, summary
    from core.tasks.learnt_rows import LearntRows

    config = context.config
    rows = LearntRows.of(config, context.trainer(context.epoch).dataset, context.epoch)
    positive = event_of(config) if rows.is_classification else 0
    divided = [(_mixed(learn, rows, config.seed), judge) for learn, judge in rows.folds(options.folds, config.seed)]
    sizes = _sizes(min(len(learn) for learn, _ in divided), options.sizes, rows)
    jobs = [(size, learn[:size], judge) for size in sizes for learn, judge in divided]
    found: dict[int, dict[str, list[Any]]] = {size: {"learnt": [], "held_out": []} for size in sizes}
    done = 0

    def told() -> bytes:
        points = [
            {"rows": size, **{side: summary(values) for side, values in found[size].items()}}
            for size in sizes
            if found[size]["held_out"]
        ]
        result: dict[str, Any] = {
            "epoch": context.epoch,
            "rows": "train",
            "n_rows": len(rows.target),
            "folds": len(divided),
            "done": done,
            "of": len(jobs),
            "chosen_by": _CHOSEN_BY.to_json(),
            "points": points,
        }
        return json.dumps(result).encode()

    for number, (size, learn, judge) in enumerate(jobs):
        words = Said("{rows:,} rows, part {part} of {parts}", {"rows": size, "part": number + 1, "parts": len(jobs)})
        yield Progress(number / len(jobs), words, told() if done else None)
        training = rows.predicted(learn, learn, judge)
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                of_learnt, of_judged = end.value
                break
            yield Progress((number + share) / (len(jobs) + 0.01), words)
        found[size]["learnt"].append(scores(rows.target[learn], of_learnt, positive))
        found[size]["held_out"].append(scores(rows.target[judge], of_judged, positive))
        done += 1
    return told()


def _mixed(learn: np.ndarray, rows: Any, seed: int) -> np.ndarray:
    """In an order in which the first rows have every class: one of each first, the others as chance has them."""
    mixed = np.random.default_rng(seed).permutation(learn)
    if not rows.is_classification:
        return mixed
    _, first = np.unique(rows.target[mixed], return_index=True)
    return np.concatenate([mixed[first], np.delete(mixed, first)])


def _sizes(most: int, steps: int, rows: Any) -> list[int]:
    """From a tenth of the rows to all of them, evenly in their logarithm."""
    classes = rows.config.dataset.n_classes if rows.is_classification else 1
    least = min(most, max(most // 10, 2 * classes, 5))
    return sorted({round(size) for size in np.geomspace(least, most, steps)})


KIND = Kind(options=LearningCurveOptions, work=_work)
