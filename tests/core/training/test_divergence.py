"""A loss that is no longer a number: where the run ends, what is left, and what is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fit_reference import assert_same_state, assert_same_weights, fit, small

from core import ExperimentConfig, Trainer
from core.config import OPTIMIZERS
from core.errors import NotFiniteLoss
from core.training import EpochStream, ProgramCache
from core.training.divergence import likely_cause

#: Finite for a dozen epochs, then no longer.
DIVERGING = small(
    dataset={"name": "plane"},
    model={"hidden_layers": []},
    training={"optimizer": "sgd", "learning_rate": 15, "batch_size": 40, "epochs": 40},
)


@pytest.fixture(scope="module")
def diverged() -> Trainer:
    trainer = Trainer(DIVERGING, shuffle=False)
    trainer.fit()
    return trainer


def test_the_run_ends_before_the_epoch_that_fit_finds_not_finite(diverged: Trainer) -> None:
    assert isinstance(diverged.failure, NotFiniteLoss)
    assert diverged.finished
    last = diverged.epoch
    assert 10 < last < 30  # not in the first call of fused epochs
    assert diverged.failure.epoch == last + 1
    _, logs = fit(DIVERGING, epochs=last + 1)
    finite = [all(math.isfinite(value) for value in log.values()) for log in logs]
    assert finite == [True] * last + [False]


def test_weights_are_those_of_the_last_finite_epoch(diverged: Trainer, programs: ProgramCache) -> None:
    stepwise = Trainer(DIVERGING, shuffle=False, programs=programs)
    stepwise.advance(diverged.epoch)
    assert stepwise.failure is None
    assert_same_state(stepwise.state(), diverged.state())
    for weight in diverged.model.get_weights():
        assert np.isfinite(weight).all()
    model, _ = fit(DIVERGING, epochs=8)
    early = Trainer(DIVERGING, shuffle=False, programs=programs)
    early.advance(8)
    for left, right in zip(early.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-6)


def test_history_has_every_finite_epoch_and_no_other(diverged: Trainer) -> None:
    assert len(diverged.history) == diverged.epoch
    assert all(math.isfinite(value) for logs in diverged.history for value in logs.values())
    assert diverged.advance(5) == []


def test_one_epoch_per_call_ends_in_the_same_place(diverged: Trainer, programs: ProgramCache) -> None:
    trainer = Trainer(DIVERGING, shuffle=False, programs=programs)
    while not trainer.finished:
        trainer.advance()
    assert trainer.history == diverged.history
    assert_same_state(trainer.state(), diverged.state())


def test_every_finite_epoch_is_streamed(programs: ProgramCache) -> None:
    epochs: list[int] = []
    trainer = Trainer(
        DIVERGING, shuffle=False, callbacks=[EpochStream(lambda event: epochs.append(event.epoch))], programs=programs
    )
    trainer.fit()
    assert epochs == list(range(1, trainer.epoch + 1))


def test_the_failure_says_epoch_and_cause(diverged: Trainer) -> None:
    failure = diverged.failure
    assert failure is not None
    assert str(failure) == f"The loss was no longer a number in epoch {diverged.epoch + 1}. {failure.cause}"
    assert failure.cause == likely_cause(DIVERGING, 15)
    assert "learning rate 15" in failure.cause


def test_a_rate_set_by_hand_is_the_one_that_is_blamed(programs: ProgramCache) -> None:
    trainer = Trainer(DIVERGING, programs=programs)
    trainer.advance()
    before = trainer.state()
    trainer.learning_rate = 1e38
    trainer.fit()
    assert trainer.failure is not None
    assert "1e+38" in trainer.failure.cause
    assert trainer.epoch == 1
    for left, right in zip(before.variables, trainer.state().variables, strict=True):
        if left.shape:  # the rate itself, a scalar, has changed
            np.testing.assert_array_equal(left, right)


def test_a_failed_run_can_be_reset_and_extended(programs: ProgramCache) -> None:
    config = small()
    trainer = Trainer(config, programs=programs)
    trainer.advance()
    trainer.learning_rate = float("nan")
    trainer.fit()
    assert trainer.failure is not None
    trainer.learning_rate = 0.05
    trainer.extend(2)
    assert trainer.failure is None
    whole = Trainer(config, programs=programs)
    assert trainer.fit() == whole.fit()
    assert_same_weights(trainer.model, whole.model, tolerance=0)
    trainer.reset()
    assert trainer.failure is None


def config_of(optimizer: str, scaling: str = "standard") -> ExperimentConfig:
    return ExperimentConfig.model_validate({"dataset": {"scaling": scaling}, "training": {"optimizer": optimizer}})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_very_high_rate_is_the_first_suspect(optimizer: str) -> None:
    cause = likely_cause(config_of(optimizer, "none"), 50.0)
    assert cause.startswith(f"The learning rate 50 is very high for {optimizer}")
    advised = float(cause.split("Try ")[1].rstrip("."))
    assert 0 < advised <= 0.1


@pytest.mark.parametrize(
    ("optimizer", "scaling", "words"),
    [
        ("adam", "none", "inputs are not scaled"),
        ("sgd", "none", "inputs are not scaled"),
        ("sgd", "standard", "lower learning rate than 0.01, or adam"),
        ("momentum", "minmax", "lower learning rate than 0.01, or adam"),
        ("rmsprop", "standard", "lower learning rate than 0.01, or fewer layers"),
    ],
)
def test_with_a_usual_rate_something_else_is_suspected(optimizer: str, scaling: str, words: str) -> None:
    assert words in likely_cause(config_of(optimizer, scaling), 0.01)
