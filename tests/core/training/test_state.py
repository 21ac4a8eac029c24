"""A run stopped between two epochs goes on bit for bit, also in another `Trainer` and through bytes."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from fit_reference import assert_same_state, small

from core import Trainer
from core.training import ProgramCache, TrainingState

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


def test_bytes_hold_arrays_and_nothing_to_execute(programs: ProgramCache) -> None:
    data = Trainer(small(), programs=programs).state().to_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        assert int(arrays["epoch"]) == 0
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_pickled_bytes_are_refused() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, epoch=np.int64(1), v0000=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        TrainingState.from_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    "other",
    [{"hidden_layers": []}, {"hidden_layers": [{"units": 5, "activation": "tanh"}]}],
    ids=["fewer", "wider"],
)
def test_the_state_of_another_architecture_is_refused_and_changes_nothing(
    other: dict[str, Any], programs: ProgramCache
) -> None:
    trainer = Trainer(small(), programs=programs)
    trainer.advance()
    before = trainer.state()
    with pytest.raises(ValueError, match=r"[Ee]xpected|shape"):
        trainer.restore(Trainer(small(model=other), programs=programs).state())
    assert_same_state(trainer.state(), before)
    assert trainer.history != []


def test_an_ended_run_can_go_back_to_an_earlier_state(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    trainer.advance()
    state = trainer.state()
    expected = list(trainer.fit())
    trainer.restore(state, expected[:1])
    assert not trainer.finished
    assert trainer.fit() == expected


@pytest.mark.parametrize("why", ["stopped by a callback", "diverged"])
def test_a_run_that_ended_early_can_go_back_to_an_earlier_state(why: str, programs: ProgramCache) -> None:
    trainer = Trainer(small(training={"epochs": 5}), programs=programs)
    trainer.advance()
    state, history = trainer.state(), list(trainer.history)
    if why == "diverged":
        trainer.learning_rate = float("nan")
        trainer.fit()
        assert trainer.failure is not None
    else:
        trainer.model.stop_training = True
    assert trainer.finished
    trainer.restore(state, history)
    assert trainer.failure is None
    assert not trainer.finished
    assert trainer.fit() == Trainer(small(training={"epochs": 5}), programs=programs).fit()
