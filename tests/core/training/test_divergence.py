"""A loss that is no longer a number: where the run ends, what is left, and what is said."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import parse_qsl

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer, load_dataset
from core.errors import NotFiniteLoss
from core.exchange.link import from_query
from core.experiment.optimizers import OPTIMIZERS
from core.training import EpochStream, ProgramCache
from core.training.divergence import find_cause, possible_causes
from tests.core.fit_reference import assert_same_state, assert_same_weights, fit, small

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


def test_the_failure_says_epoch_and_cause_first_what_is_possible_and_then_what_was_tried() -> None:
    trainer = Trainer(DIVERGING, shuffle=False)
    trainer.fit()
    failure = trainer.failure
    assert failure is not None
    begin = f"The loss was no longer a number in epoch {trainer.epoch + 1}. "
    assert not failure.is_tried
    assert str(failure) == begin + str(possible_causes(DIVERGING, 15))
    before = trainer.state()
    assert (
        str(failure.cause) == "The cause is the learning rate 15 (very high for sgd): try a lower learning rate, 0.1."
    )
    assert failure.is_tried
    assert str(failure) == begin + str(failure.cause)
    assert_same_state(before, trainer.state())


def test_a_model_of_one_s_own_is_blamed_for_nothing_that_the_configuration_says() -> None:
    config = DIVERGING.model_copy(update={"dataset": DIVERGING.dataset.model_copy(update={"scaling": "none"})})
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e30), "mse")
    trainer = Trainer(config, model=model)
    trainer.fit()
    assert trainer.failure is not None
    assert str(trainer.failure.cause) == "A possible cause is the learning rate 1e+30. Try a lower learning rate."


def test_a_rate_set_by_hand_is_the_one_that_is_blamed(programs: ProgramCache) -> None:
    trainer = Trainer(DIVERGING, programs=programs)
    trainer.advance()
    before = trainer.state()
    trainer.learning_rate = 1e38
    trainer.fit()
    assert trainer.failure is not None
    assert "1e+38" in str(trainer.failure.cause)
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


def of(link: str) -> ExperimentConfig:
    found = from_query(dict(parse_qsl(link, strict_parsing=True)))
    assert found.problems == ()
    return found.config


def with_changes(config: ExperimentConfig, **sections: dict[str, Any]) -> ExperimentConfig:
    """
    >>> with_changes(ExperimentConfig(), training={"epochs": 5}).training.epochs
    5
    """
    data = config.model_dump()
    for section, changes in sections.items():
        data[section] |= changes
    return ExperimentConfig.model_validate(data)


_SGD = "&optimizer=sgd&epochs=40"

#: Runs that diverge: what is to blame, and the same without it.
CULPRITS: dict[str, tuple[str, str, dict[str, dict[str, Any]]]] = {
    "penalty": ("dataset=moons&l2=10&learning_rate=0.3" + _SGD, "the penalty (l2 10)", {"model": {"l2": 0.0}}),
    "penalty, unscaled": (
        "dataset=iris&scaling=none&l2=10&learning_rate=0.3" + _SGD,
        "the penalty (l2 10)",
        {"model": {"l2": 0.0}},
    ),
    "penalty, regression": (
        "dataset=plane&l2=10&learning_rate=0.11" + _SGD,
        "the penalty (l2 10)",
        {"model": {"l2": 0.0}},
    ),
    "rate": (
        "dataset=diabetes&layers=none&learning_rate=0.3" + _SGD,
        "the learning rate 0.3",
        {"training": {"learning_rate": 0.03}},
    ),
    "very high rate": (
        "dataset=plane&layers=none&learning_rate=15&batch_size=40" + _SGD,
        "the learning rate 15 (very high for sgd)",
        {"training": {"learning_rate": 0.1}},
    ),
    "scaling": (
        "dataset=diabetes&scaling=none&layers=none&learning_rate=0.01" + _SGD,
        "the missing scaling of the inputs",
        {"dataset": {"scaling": "standard"}},
    ),
    "scaling, deep": (
        "dataset=diabetes&scaling=none&layers=8-linear,8-linear&learning_rate=0.01" + _SGD,
        "the missing scaling of the inputs",
        {"dataset": {"scaling": "standard"}},
    ),
    "initialiser": (
        "dataset=plane&layers=32-linear,32-linear&initializer=ones&learning_rate=0.01" + _SGD,
        "the initialiser (ones)",
        {"model": {"initializer": "glorot_uniform"}},
    ),
}


@pytest.fixture(scope="module", params=CULPRITS)
def culprit(request: pytest.FixtureRequest) -> tuple[ExperimentConfig, str, ExperimentConfig, NotFiniteLoss]:
    link, name, without = CULPRITS[request.param]
    trainer = Trainer(of(link))
    trainer.fit()
    assert trainer.failure is not None, "it was to diverge"
    return trainer.config, name, with_changes(trainer.config, **without), trainer.failure


def test_the_cause_that_is_named_is_the_culprit(culprit: Any) -> None:
    _, name, _, failure = culprit
    assert str(failure.cause).startswith(f"The cause is {name}: ")
    assert str(failure.cause).endswith(".")


def test_training_again_without_the_culprit_does_not_diverge(culprit: Any) -> None:
    _, _, mended, _ = culprit
    trainer = Trainer(mended)
    trainer.fit()
    assert trainer.failure is None


def test_the_same_words_come_every_time(culprit: Any) -> None:
    config, _, _, failure = culprit
    dataset = load_dataset(config.dataset, seed=config.seed)
    again = find_cause(config, dataset, config.training.learning_rate, epochs=failure.epoch)
    assert str(again) == str(failure.cause)


def test_the_scaling_is_not_to_blame_where_scaled_inputs_diverge_too() -> None:
    config = of("dataset=iris&scaling=none&l2=10&learning_rate=0.3" + _SGD)
    scaled, unscaled = Trainer(with_changes(config, dataset={"scaling": "standard"})), Trainer(config)
    for trainer in (scaled, unscaled):
        trainer.fit()
        assert trainer.failure is not None
    assert "missing scaling" in str(possible_causes(config, 0.3))  # a suspect, until it is tried
    assert "scal" not in str(unscaled.failure.cause)  # type: ignore[union-attr]


def test_where_no_single_change_helps_it_is_said_so() -> None:
    config = of("dataset=moons&l2=10&learning_rate=50" + _SGD)
    trainer = Trainer(config)
    trainer.fit()
    assert trainer.failure is not None
    assert str(trainer.failure.cause).startswith(("The cause is the learning rate 50", "No single change helped"))


def test_what_takes_longer_to_diverge_than_is_tried_stays_possible() -> None:
    config = ExperimentConfig()
    dataset = load_dataset(config.dataset)
    assert find_cause(config, dataset, 0.01, epochs=2) == possible_causes(config, 0.01)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_very_high_rate_is_the_first_suspect(optimizer: str) -> None:
    config = with_changes(ExperimentConfig(), training={"optimizer": optimizer}, dataset={"scaling": "none"})
    said = str(possible_causes(config, 50.0))
    assert said.startswith(
        f"Possible causes: learning rate 50 (very high for {optimizer}), missing scaling of the inputs"
    )


@pytest.mark.parametrize(
    ("changes", "suspects"),
    [
        ({}, ["learning rate 0.01"]),
        ({"dataset": {"scaling": "none"}}, ["missing scaling", "learning rate 0.01"]),
        ({"model": {"l1": 0.5}}, ["penalty (l1 0.5)", "learning rate 0.01"]),
        ({"model": {"l1": 0.5, "l2": 1}}, ["penalty (l1 0.5 and l2 1)", "learning rate 0.01"]),
        ({"model": {"initializer": "ones"}}, ["initialiser (ones)", "learning rate 0.01"]),
        ({"model": {"initializer": "random_normal"}}, ["initialiser (random_normal)", "learning rate 0.01"]),
        ({"training": {"optimizer": "momentum"}}, ["learning rate 0.01", "momentum"]),
        ({"training": {"batch_size": 1}}, ["learning rate 0.01", "batch size 1"]),
        ({"model": {"hidden_layers": [{"units": 4}] * 6}}, ["learning rate 0.01", "depth (6 layers of relu)"]),
        (
            {"model": {"hidden_layers": [{"units": 4, "batch_normalization": True}]}, "training": {"batch_size": 1}},
            ["batch size 1 with batch normalisation", "learning rate 0.01"],
        ),
    ],
)
def test_before_it_is_tried_every_suspect_is_only_possible(changes: dict[str, Any], suspects: list[str]) -> None:
    said = str(possible_causes(with_changes(ExperimentConfig(), **changes), 0.01))
    assert said.startswith(("Possible causes: ", "A possible cause is the "))
    places = [said.index(suspect) for suspect in suspects]
    assert places == sorted(places)
