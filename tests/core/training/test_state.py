"""A run stopped between two epochs goes on bit for bit, also in another `Trainer` and through bytes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core import Trainer
from core.training import ProgramCache, TrainingState
from core.training.state import StoppingMemory
from tests.core.fit_reference import assert_same_state, small

NOISY = {"hidden_layers": [{"units": 6, "dropout": 0.4, "batch_normalization": True}]}


@pytest.mark.parametrize(
    "sections",
    [{}, {"model": NOISY}, {"training": {"optimizer": "momentum"}}, {"training": {"optimizer": "nadam"}}],
    ids=["plain", "dropout", "momentum", "nadam"],
)
@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_new_trainer_goes_on_as_the_old_one_would(
    sections: dict[str, Any], as_bytes: bool, programs: ProgramCache
) -> None:
    sections = {**sections, "training": {**sections.get("training", {}), "epochs": 6}}
    config = small(**sections)
    whole = Trainer(config, programs=programs)
    whole.fit()
    first = Trainer(config, programs=programs)
    first.advance(2)
    state = first.state()
    if as_bytes:
        state = TrainingState.from_bytes(state.to_bytes())
    first.advance(3)  # what happens after does not touch the state
    resumed = Trainer(config, programs=programs)
    resumed.restore(state, first.history[:2])
    assert (resumed.epoch, resumed.finished) == (2, False)
    assert resumed.fit() == whole.history
    assert_same_state(resumed.state(), whole.state())


def test_a_trainer_with_its_own_graph_goes_on_bit_for_bit() -> None:
    config = small(model=NOISY, training={"epochs": 4})
    whole, first, resumed = (Trainer(config) for _ in range(3))
    whole.fit()
    first.advance(3)
    resumed.restore(TrainingState.from_bytes(first.state().to_bytes()), first.history)
    assert resumed.fit() == whole.history
    assert_same_state(resumed.state(), whole.state())


def test_the_learning_rate_in_force_is_part_of_the_state(programs: ProgramCache) -> None:
    first, resumed = (Trainer(small(), programs=programs) for _ in range(2))
    first.advance()
    first.learning_rate = 0.3
    resumed.restore(first.state(), first.history)
    assert resumed.learning_rate == pytest.approx(0.3)


def test_bytes_give_epoch_and_variables_back() -> None:
    state = TrainingState(7, tuple(np.full(size, size, np.float32) for size in range(30)))
    again = TrainingState.from_bytes(state.to_bytes())
    assert_same_state(state, again)
    assert [value.dtype for value in again.variables] == [np.float32] * 30


def test_bytes_of_earlier_versions_are_read(programs: ProgramCache) -> None:
    state = Trainer(small(), programs=programs).state()
    archive = io.BytesIO()
    arrays: dict[str, Any] = {f"v{i:04d}": value for i, value in enumerate(state.variables)}
    np.savez(archive, epoch=np.int64(3), **arrays)
    again = TrainingState.from_bytes(archive.getvalue())
    assert again.epoch == 3
    assert_same_state(TrainingState(3, state.variables), again)


@pytest.mark.parametrize("data", [b"", b"{}\n", b"no json\n", b'{"epoch":1,"arrays":[["|O",1]]}\n12345678'])
def test_bytes_that_are_no_state_are_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        TrainingState.from_bytes(data)


STOPPING = {"patience": 4, "restore_best_weights": True}


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("until", [1, 9, 15])
def test_early_stopping_goes_on_with_its_patience_and_its_best_weights(
    until: int, as_bytes: bool, programs: ProgramCache
) -> None:
    config = small(training={"epochs": 60, "learning_rate": 0.3, "early_stopping": STOPPING})
    whole = Trainer(config, programs=programs)
    whole.fit()
    best = int(np.argmin([logs["val_loss"] for logs in whole.history]))
    assert until < whole.epoch == best + 1 + 4, "this test would show nothing"
    first, resumed = (Trainer(config, programs=programs) for _ in range(2))
    first.advance(until)
    state = first.state()
    if as_bytes:
        state = TrainingState.from_bytes(state.to_bytes())
    first.advance(2)
    resumed.restore(state)  # without the history: the state knows enough
    resumed.fit()
    assert (resumed.epoch, resumed.finished) == (whole.epoch, True)
    assert resumed.history == whole.history[until:]
    assert_same_state(resumed.state(), whole.state())
    assert resumed.state().to_bytes() == whole.state().to_bytes()


def test_a_run_that_ended_is_extended_in_another_trainer_as_in_its_own(programs: ProgramCache) -> None:
    """Early stopping begins anew then, with nothing to remember."""
    config = small(training={"epochs": 60, "learning_rate": 0.3, "early_stopping": STOPPING})
    first, resumed = (Trainer(config, programs=programs) for _ in range(2))
    first.fit()
    ended = TrainingState.from_bytes(first.state().to_bytes())
    assert ended.has_ended
    resumed.restore(ended, first.history)
    for trainer in (first, resumed):
        trainer.extend(9)
        assert trainer.state().stopping == StoppingMemory()
        trainer.fit()
    assert resumed.history == first.history
    assert resumed.state().to_bytes() == first.state().to_bytes()


def test_states_of_earlier_versions_count_patience_from_the_history(programs: ProgramCache) -> None:
    config = small(training={"epochs": 60, "learning_rate": 0.3, "early_stopping": {"patience": 4}})
    whole, first, resumed = (Trainer(config, programs=programs) for _ in range(3))
    whole.fit()
    first.advance(9)
    resumed.restore(replace(first.state(), stopping=None), first.history)
    assert resumed.fit() == whole.history
