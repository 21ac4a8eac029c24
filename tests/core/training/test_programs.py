"""Runs that share a compiled program: interleaved, each is as if it were alone."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.experiment.architecture import architecture
from core.training import ProgramCache
from tests.core.fit_reference import assert_same_state, small

NOISY = {"hidden_layers": [{"units": 6, "dropout": 0.4, "batch_normalization": True}]}

ONE = small(model=NOISY, training={"epochs": 9}, seed=1)
OTHERS = {
    "another seed": small(model=NOISY, training={"epochs": 9}, seed=2),
    "another learning rate": small(model=NOISY, training={"epochs": 9, "learning_rate": 0.5}, seed=1),
    "another batch size": small(model=NOISY, training={"epochs": 9, "batch_size": 7}, seed=1),
    "other rows": small(
        dataset={"name": "circles", "samples": 90, "test_fraction": 0.4}, model=NOISY, training={"epochs": 9}
    ),
    "another initializer": small(model={**NOISY, "initializer": "he_normal"}, training={"epochs": 9}),
}


@pytest.fixture(scope="module")
def alone() -> dict[str, Trainer]:
    """Each run trained from beginning to end before the next one begins; the first in a graph of its own."""
    trainers = {"one": Trainer(ONE)}
    trainers["one"].fit()
    in_sequence = ProgramCache()
    for name, config in OTHERS.items():
        trainers[name] = Trainer(config, programs=in_sequence)
        trainers[name].fit()
    return trainers


@pytest.mark.parametrize("name", list(OTHERS))
def test_two_runs_in_turns_equal_two_runs_alone(name: str, alone: dict[str, Trainer], programs: ProgramCache) -> None:
    one, other = (Trainer(config, programs=programs) for config in (ONE, OTHERS[name]))
    assert one.model is other.model
    for part in (1, 3, 2, 1, 2):
        one.advance(part)
        other.advance(part)
    for trainer, expected in ((one, alone["one"]), (other, alone[name])):
        assert trainer.history == expected.history
        assert_same_state(trainer.state(), expected.state())
    assert one.history != other.history


def test_five_runs_in_turns_equal_five_runs_alone(alone: dict[str, Trainer], programs: ProgramCache) -> None:
    trainers = {name: Trainer(config, programs=programs) for name, config in OTHERS.items()}
    while not all(trainer.finished for trainer in trainers.values()):
        for trainer in trainers.values():
            trainer.advance()
    for name, trainer in trainers.items():
        assert trainer.history == alone[name].history
        assert_same_state(trainer.state(), alone[name].state())


def test_whoever_asks_sees_its_own_weights_predictions_and_rate(programs: ProgramCache) -> None:
    one, other = (Trainer(small(seed=seed), programs=programs) for seed in (0, 1))
    one.fit()
    x = one.dataset.x_test
    before = one.predict(x)
    weights = one.model.get_weights()
    other.learning_rate = 0.7
    other.fit()
    np.testing.assert_array_equal(one.predict(x), before)
    assert not np.array_equal(other.predict(x), before)
    assert (one.learning_rate, other.learning_rate) == pytest.approx((0.05, 0.7))
    for left, right in zip(one.model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_stopped_run_does_not_stop_another(programs: ProgramCache) -> None:
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = True

    one = Trainer(small(), callbacks=[Stop()], programs=programs)
    other = Trainer(small(), programs=programs)
    other.advance()
    one.fit()
    other.advance()
    assert (one.finished, one.epoch) == (True, 1)
    assert (other.finished, other.epoch) == (False, 2)
    assert one.finished


def test_a_reset_leaves_another_run_alone(programs: ProgramCache) -> None:
    one, other = (Trainer(small(seed=seed), programs=programs) for seed in (0, 1))
    one.advance(2)
    other.advance(2)
    state = other.state()
    one.reset()
    assert_same_state(other.state(), state)


def test_a_run_that_is_gone_leaves_the_next_its_initial_weights(programs: ProgramCache) -> None:
    expected = Trainer(small(), programs=programs).fit()
    gone = Trainer(small(seed=3), programs=programs)
    gone.fit()
    del gone
    gc.collect()
    assert Trainer(small(), programs=programs).fit() == expected


def test_a_run_that_is_gone_is_gone_at_once(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    trainer.advance(1)
    gone = weakref.ref(trainer)
    gc.disable()  # its rows and variables must not wait for the collector
    try:
        del trainer
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("config", OTHERS.values(), ids=list(OTHERS))
def test_what_does_not_change_the_graph_shares_a_key(config: ExperimentConfig) -> None:
    assert architecture(config) == architecture(ONE)


@pytest.mark.parametrize(
    "sections",
    [
        {"model": {"hidden_layers": [{"units": 5, "activation": "tanh"}]}},
        {"model": {"hidden_layers": [{"units": 4, "activation": "relu"}]}},
        {"model": {"hidden_layers": [{"units": 4, "activation": "tanh", "dropout": 0.1}]}},
        {"model": {"hidden_layers": [{"units": 4, "activation": "tanh", "batch_normalization": True}]}},
        {"model": {"l1": 0.1}},
        {"model": {"l2": 0.1}},
        {"model": {"output_activation": "softmax"}},
        {"training": {"optimizer": "sgd"}},
        {"training": {"from_logits": True}},
        {"training": {"loss": "mean_squared_error"}},
        {"dataset": {"name": "blobs"}},
        {"dataset": {"name": "plane"}},
        {"dataset": {"features": ["x"]}},
    ],
)
def test_what_changes_the_graph_has_a_key_of_its_own(sections: dict[str, Any]) -> None:
    assert architecture(small(**sections)) != architecture(small())


def test_the_least_recently_used_program_goes_first() -> None:
    made: list[str] = []

    def make(name: str) -> Any:
        made.append(name)
        return object()

    programs = ProgramCache(size=2)
    kept = programs.get("a", lambda: make("a"))
    programs.get("b", lambda: make("b"))
    assert programs.get("a", lambda: make("a again")) is kept
    programs.get("c", lambda: make("c"))
    assert made == ["a", "b", "c"]
    assert ("a" in programs, "b" in programs, "c" in programs, len(programs)) == (True, False, True, 2)


def test_a_run_goes_on_after_its_program_left_the_cache() -> None:
    programs = ProgramCache(size=1)
    config = small()
    trainer = Trainer(config, programs=programs)
    trainer.advance()
    Trainer(small(model={"hidden_layers": []}), programs=programs).fit()
    assert architecture(config) not in programs
    assert trainer.fit() == Trainer(config).fit()
