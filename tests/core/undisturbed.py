"""What a run gives that nobody disturbs: by `Trainer` alone, with what was done to the run between its epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from core.training import ProgramCache, Trainer, TrainingState
from core.training.paths import fast_from
from tests.core.tiny_runs import table

#: Its best test loss comes after epoch 23; then early stopping waits for thirty more.
STOPPING = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "moons", "samples": 50, "noise": 1.0, "test_fraction": 0.5},
        "model": {"hidden_layers": [{"units": 8, "activation": "tanh"}]},
        "training": {
            "epochs": 3000,
            "learning_rate": 0.1,
            "early_stopping": {"patience": 30, "restore_best_weights": True},
        },
    }
)


def best_epoch(trainer: Trainer) -> int:
    """After how many epochs the test loss was best."""
    return int(np.argmin([logs["val_loss"] for logs in trainer.history])) + 1


def undisturbed(
    config: ExperimentConfig,
    programs: ProgramCache,
    *,
    changes: Sequence[tuple[int, float]] = (),
    edits: Sequence[Edit] = (),
    until: int | None = None,
) -> Trainer:
    """A trainer that has trained an experiment to its end, or `until` an epoch."""
    is_fast = fast_from(config) is not None  # with shared programs XLA compiles in the background
    trainer = Trainer(config, programs=None if is_fast else programs)
    stops = sorted({*(epoch for epoch, _ in changes), *(edit.epoch for edit in edits)})
    for stop in stops:
        trainer.advance(stop - trainer.epoch)
        for epoch, rate in changes:
            if epoch == stop:
                trainer.learning_rate = rate
        for edit in edits:
            if edit.epoch == stop:
                trainer.edit_weight(edit.layer, edit.row, edit.unit, edit.value)
    trainer.advance((until or config.training.epochs) - trainer.epoch)
    return trainer


def assert_same_run(history: np.ndarray, state: bytes | None, trainer: Trainer) -> None:
    """Whether a run's record and its last state are a trainer's, bit for bit."""
    np.testing.assert_array_equal(history, table(trainer))
    assert state is not None, "the state after the last epoch was not kept"
    ours, theirs = TrainingState.from_bytes(state), trainer.state()
    assert ours.epoch == theirs.epoch
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_array_equal(one, other)
