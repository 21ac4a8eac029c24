"""The XLA path: as exact as the graph path's last bit, and the same bits however a run is divided."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.datasets import Dataset, load_dataset
from core.experiment.config import EarlyStopping, ExperimentConfig
from core.training import EpochStream, ProgramCache, Trainer, xla_program
from core.training.arrays import Arrays
from core.training.paths import CHANGE_AT, fast_from
from core.training.xla_program import XlaProgram

CONFIG = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "iris"},
        "model": {"hidden_layers": [{"units": 8}]},
        # 17 rows a batch: the last one is not full.
        "training": {"batch_size": 17, "epochs": 10_000, "learning_rate": 0.01},
    }
)
EPOCHS = CHANGE_AT + 25


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset(CONFIG.dataset, seed=CONFIG.seed)


@pytest.fixture(scope="module")
def unbroken(dataset: Dataset) -> Trainer:
    """A run past the change of paths, in one piece."""
    assert fast_from(CONFIG) == CHANGE_AT
    trainer = Trainer(CONFIG, dataset=dataset, callbacks=[EpochStream(lambda _: None)])
    trainer.advance(EPOCHS)
    return trainer


def assert_same_weights(one: Trainer, other: Trainer) -> None:
    for mine, theirs in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_the_weights_are_those_of_fit_to_rounding(unbroken: Trainer, dataset: Dataset) -> None:
    model = Trainer(CONFIG, dataset=dataset).model
    for epoch in range(EPOCHS):
        order = np.random.default_rng([CONFIG.seed, epoch]).permutation(len(dataset.x_train))
        model.fit(dataset.x_train[order], dataset.y_train[order], batch_size=17, shuffle=False, verbose=0)
    for mine, theirs in zip(unbroken.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_a_run_in_pieces_has_the_same_bits(unbroken: Trainer, dataset: Dataset) -> None:
    pieces = Trainer(CONFIG, dataset=dataset, callbacks=[EpochStream(lambda _: None)])
    for epochs in (1, 7, 11, 1, 5, 3):
        pieces.advance(epochs)
    pieces.advance(EPOCHS - pieces.epoch)
    assert pieces.history == unbroken.history
    assert_same_weights(pieces, unbroken)


def test_a_callback_that_looks_at_every_epoch_changes_nothing(unbroken: Trainer, dataset: Dataset) -> None:
    seen: list[int] = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    watched = Trainer(CONFIG, dataset=dataset, callbacks=[watch])
    watched.advance(EPOCHS)
    assert seen == list(range(EPOCHS))
    assert_same_weights(watched, unbroken)


def own_model(loss: Any = "sparse_categorical_crossentropy") -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, activation="softmax")]
    )
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def test_a_dense_model_of_one_s_own_gets_the_weights_of_fit_to_rounding(dataset: Dataset) -> None:
    trainer = Trainer(CONFIG, dataset=dataset, model=own_model(), shuffle=False)
    trainer.advance(EPOCHS)
    assert isinstance(trainer._program, XlaProgram)
    alone = own_model()
    history = alone.fit(
        dataset.x_train,
        dataset.y_train,
        validation_data=(dataset.x_test, dataset.y_test),
        batch_size=17,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
    ).history
    for mine, theirs in zip(trainer.model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert [logs["accuracy"] for logs in trainer.history] == pytest.approx(history["accuracy"])
    assert [logs["val_loss"] for logs in trainer.history] == pytest.approx(history["val_loss"], abs=1e-5)


def test_a_model_that_xla_cannot_compile_trains_on_as_it_began(dataset: Dataset) -> None:
    def of_python(truth: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        loss = keras.losses.sparse_categorical_crossentropy(truth, outputs)
        return loss * tf.ensure_shape(tf.numpy_function(lambda: np.float32(1), [], tf.float32), ())

    trainer = Trainer(CONFIG, dataset=dataset, model=own_model(of_python), shuffle=False)
    trainer.advance(EPOCHS)
    assert trainer.epoch == EPOCHS
    assert not isinstance(trainer._program, XlaProgram)
    alone = own_model()
    alone.fit(dataset.x_train, dataset.y_train, batch_size=17, epochs=EPOCHS, shuffle=False, verbose=0)
    for mine, theirs in zip(trainer.model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_network_that_xla_cannot_compile_trains_to_its_end_among_others(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(self: XlaProgram, arrays: Arrays) -> None:
        tried.append(1)
        raise RuntimeError("the compiler is out of order")

    monkeypatch.setattr(XlaProgram, "prepare", fail)
    programs = ProgramCache()
    for _ in range(2):
        trainer = Trainer(CONFIG, dataset=dataset, programs=programs)
        while trainer.epoch < EPOCHS:
            trainer.advance(EPOCHS - trainer.epoch)
        assert not trainer.is_compiling
        assert not isinstance(trainer._program, XlaProgram)
    assert tried == [1]


def test_the_more_rows_the_fewer_epochs_share_a_call(dataset: Dataset) -> None:
    def program(most: int) -> XlaProgram:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(xla_program, "_MOST_ORDERS", most)
            return XlaProgram(Trainer(CONFIG, dataset=dataset).model, arrays, batch_size=17)

    arrays = Arrays.of(dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)
    assert program(3 * len(dataset.x_train)).epochs_per_call == 3
    assert program(1).epochs_per_call == 1
    assert program(500_000).epochs_per_call == 50


def test_a_run_that_was_stopped_early_and_extended_goes_past_the_change(dataset: Dataset) -> None:
    training = CONFIG.training.model_copy(update={"learning_rate": 0.3, "early_stopping": EarlyStopping(patience=2)})
    config = CONFIG.model_copy(update={"training": training})
    programs = ProgramCache()
    stopped = Trainer(config, dataset=dataset, programs=programs)
    stopped.advance(CHANGE_AT)
    assert stopped.finished
    assert stopped.epoch < CHANGE_AT
    Trainer(config, dataset=dataset, programs=programs).advance(1)  # takes the program over
    epoch = stopped.epoch
    stopped.extend(100)
    while not stopped.finished:
        stopped.advance(1)
        assert stopped.epoch <= epoch + 100
    assert stopped.history[-1]["val_loss"] >= min(logs["val_loss"] for logs in stopped.history)


def test_a_restored_run_goes_on_with_the_same_bits(unbroken: Trainer, dataset: Dataset) -> None:
    first = Trainer(CONFIG, dataset=dataset)
    first.advance(CHANGE_AT + 5)
    second = Trainer(CONFIG, dataset=dataset)
    second.restore(first.state(), first.history)
    second.advance(EPOCHS - second.epoch)
    assert_same_weights(second, unbroken)


def test_two_runs_that_share_programs_do_not_mix(unbroken: Trainer, dataset: Dataset) -> None:
    programs = ProgramCache()
    mine = Trainer(CONFIG, dataset=dataset, programs=programs)
    other_config = CONFIG.model_copy(update={"seed": 5})
    others = Trainer(other_config, programs=programs)
    while mine.epoch < EPOCHS or others.epoch < EPOCHS:
        mine.advance(min(4, EPOCHS - mine.epoch))  # gives [] while XLA compiles in the background
        others.advance(min(3, EPOCHS - others.epoch))
    assert_same_weights(mine, unbroken)
    alone = Trainer(other_config)
    alone.advance(EPOCHS)
    assert_same_weights(others, alone)


def test_reset_goes_back_to_the_graph_and_gives_the_same_curve(unbroken: Trainer, dataset: Dataset) -> None:
    trainer = Trainer(CONFIG, dataset=dataset)
    trainer.advance(CHANGE_AT + 3)
    trainer.reset()
    trainer.advance(EPOCHS)
    assert trainer.history == unbroken.history


def test_a_loss_that_is_no_number_is_taken_back() -> None:
    config = CONFIG.model_copy(update={"dataset": CONFIG.dataset.model_copy(update={"scaling": "none"})})
    trainer = Trainer(config)
    trainer.advance(CHANGE_AT + 2)
    before = trainer.model.get_weights()
    trainer.learning_rate = math.inf
    assert trainer.advance(5) == []
    assert trainer.failure is not None
    assert trainer.epoch == CHANGE_AT + 2
    for kept, now in zip(before, trainer.model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_where_the_loss_diverges_among_fused_epochs_the_last_finite_one_stays() -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "diabetes"},
            "model": {"hidden_layers": []},
            "training": {"optimizer": "sgd", "learning_rate": 0.01, "batch_size": 400, "epochs": 10_000},
        }
    )
    assert fast_from(config) == CHANGE_AT

    def until_failure(epochs_at_once: int) -> Trainer:
        trainer = Trainer(config, callbacks=[EpochStream(lambda _: None)])
        trainer.advance(CHANGE_AT + 2)
        trainer.learning_rate = 2.0
        while not trainer.finished:
            trainer.advance(epochs_at_once)
        return trainer

    fused, single = until_failure(50), until_failure(1)
    assert fused.failure is not None
    assert CHANGE_AT + 4 < fused.epoch < CHANGE_AT + 50
    assert fused.history == single.history
    assert_same_weights(fused, single)

    mapped = Trainer(config)
    mapped.advance(CHANGE_AT + 2)
    mapped.learning_rate = 2.0
    grid = mapped.dataset.x_test
    logs, maps = mapped.advance_with_maps(grid, 50)
    assert len(logs) == len(maps) == single.epoch - CHANGE_AT - 2
    assert_same_weights(mapped, single)
    np.testing.assert_allclose(maps[-1], mapped.predict(grid), rtol=1e-5)


def test_early_stopping_ends_a_run_that_shares_its_programs_where_it_ends_one_alone(dataset: Dataset) -> None:
    training = CONFIG.training.model_copy(update={"learning_rate": 0.3, "early_stopping": EarlyStopping(patience=30)})
    config = CONFIG.model_copy(update={"training": training})
    alone = Trainer(config, dataset=dataset)
    alone.advance(400)
    assert alone.finished
    assert alone.epoch > CHANGE_AT
    programs = ProgramCache()
    bystander = Trainer(CONFIG, dataset=dataset, programs=programs)
    shared = Trainer(config, dataset=dataset, programs=programs)
    while not shared.finished and shared.epoch < 400:
        shared.advance(7)
    assert shared.history == alone.history
    assert not bystander.finished
