"""The loop: epochs a second with validation, metrics and the streaming callback, against the rivals.

`fit` stands here three times: in a plain script, where TensorFlow chooses its threads; with what Descent sets, which
makes it faster; and with all batches of an epoch in one execution (`steps_per_execution`), Keras' own remedy. Ratios
are to the faster of the first two. The rivals train in calls of about a second, "full speed" in calls of 100 epochs.
"""

from __future__ import annotations

import importlib.util
import time
from contextlib import closing
from typing import Any

from benchmarks.measuring import interleaved
from benchmarks.report import table
from benchmarks.rivals import Contestant, PlainFit, keras_fit, scikit_learn, torch_loop
from benchmarks.work import WORKS, Work
from core.training.paths import CHANGE_AT
from core.training.program import EPOCHS_PER_CALL


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for name, make in WORKS.items():
        with closing(PlainFit(name)) as plain:
            rates = interleaved({"plain": plain, **_contestants(make())})
        fit = max(rates["plain"], rates["fit"])
        sklearn = rates.get("scikit-learn")
        rows.append(
            (
                name,
                *(rates.get(key, "–") for key in ("plain", "fit", "one execution", "scikit-learn", "torch")),
                rates["one a call"],
                rates["full speed"],
                _times(rates["one a call"] / fit),
                _times(rates["full speed"] / fit),
                _times(rates["full speed"] / rates["plain"]),
                _times(rates["full speed"] / sklearn) if sklearn else "–",
                _GOALS.get(name, "–"),
            )
        )
        print(table(_HEADER, rows[-1:]).splitlines()[-1], flush=True)
    return table(_HEADER, rows)


_HEADER = (
    "work, epochs/s",
    "`fit`, plain script",
    "`fit`, Descent's threads",
    "`fit`, an epoch an execution",
    "scikit-learn MLP",
    "PyTorch loop",
    "Descent, one epoch a call",
    "Descent, full speed",
    "one a call / fit",
    "full / fit",
    "full / plain script",
    "full / scikit-learn",
    "to reach",
)

_GOALS = {
    "article's example": "≥ 60× one a call, ≥ 300× full, ≥ 6× scikit-learn",
    "digits MLP 128-64": "≥ 30×",
    "digits CNN": "≥ 4×",
    "12,000×784 MLP 256-128": "≥ 3×",
}


def _times(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×"


def _contestants(work: Work) -> dict[str, Contestant]:
    contestants = {
        "fit": keras_fit(work),
        "one execution": keras_fit(work, one_execution_an_epoch=True),
        "one a call": _descent(work, at_once=1),
        "full speed": _descent(work, at_once=2 * EPOCHS_PER_CALL),
    }
    if work.model is None:
        contestants["scikit-learn"] = scikit_learn(work)
    if importlib.util.find_spec("torch"):
        contestants["torch"] = torch_loop(work)
    return contestants


def _descent(work: Work, *, at_once: int) -> Contestant:
    """Asks for `at_once` epochs in a call, fewer where they would take longer than half a second."""
    import keras

    from core.training import EpochStream, Trainer

    stream: list[Any] = []
    own = None if work.model is None else keras.models.clone_model(work.model)
    trainer = Trainer(work.config, dataset=work.dataset, model=own, callbacks=[EpochStream(stream.append)])
    trainer.advance(CHANGE_AT + 1)  # compilation included
    started = time.perf_counter()
    trainer.advance(2)
    epochs = max(1, min(at_once, int(1.0 / (time.perf_counter() - started))))

    def step() -> int:
        stream.clear()
        if trainer.epoch + epochs >= trainer.epochs:
            trainer.extend(trainer.config.training.epochs)
        trainer.advance(epochs)
        return len(stream)

    return step
