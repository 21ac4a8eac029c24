"""`Trainer` against `model.fit`, scikit-learn and itself."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from sklearn import metrics

from core import ExperimentConfig, Trainer, load_dataset
from core.training import EpochStream, ProgramCache
from core.training.compiling import compile_model
from core.training.interruption import interrupt
from tests.core.fit_reference import (
    assert_learned,
    assert_same_logs,
    assert_same_state,
    assert_same_weights,
    fit,
    fit_shuffled,
    fresh_model,
    small,
)

NOISY = {"hidden_layers": [{"units": 6, "dropout": 0.3, "batch_normalization": True}]}

#: Tiny to trace: for what does not depend on hidden layers.
LINEAR: dict[str, Any] = {"hidden_layers": []}

LIKE_FIT: dict[str, dict[str, Any]] = {
    "plain": {},
    "no hidden layer": {"model": LINEAR},
    "full batches": {"training": {"batch_size": 20}},
    "last batch of one row": {"training": {"batch_size": 13}},
    "one batch": {"training": {"batch_size": 1000}},
    "single rows": {"training": {"batch_size": 1, "epochs": 2}},
    "batch normalisation": {"model": {"hidden_layers": [{"units": 5, "batch_normalization": True}]}},
    "dropout": {"model": NOISY},
    "L1 and L2": {"model": {**LINEAR, "l1": 0.01, "l2": 0.02}},
    "logits of two classes": {"model": LINEAR, "training": {"from_logits": True}},
    "softmax over two classes": {"model": {**LINEAR, "output_activation": "softmax"}},
    "squared error of a sigmoid": {"model": LINEAR, "training": {"loss": "mean_squared_error"}},
    "three classes": {"dataset": {"name": "blobs"}, "model": LINEAR},
    "logits of three classes": {"dataset": {"name": "blobs"}, "model": LINEAR, "training": {"from_logits": True}},
    "regression": {"dataset": {"name": "bumps"}, "model": LINEAR},
    "absolute error": {"dataset": {"name": "plane"}, "model": LINEAR, "training": {"loss": "mean_absolute_error"}},
    "Huber": {"dataset": {"name": "plane"}, "model": LINEAR, "training": {"loss": "huber"}},
    **{
        name: {"model": LINEAR, "training": {"optimizer": name}}
        for name in ("sgd", "momentum", "rmsprop", "adamw", "nadam", "adagrad")
    },
}


@pytest.mark.parametrize("sections", LIKE_FIT.values(), ids=list(LIKE_FIT))
def test_weights_and_logs_are_those_of_fit(sections: dict[str, Any], programs: ProgramCache) -> None:
    config = small(**sections)
    trainer = Trainer(config, shuffle=False, programs=programs)
    history = trainer.fit()
    model, expected = fit(config)
    assert_same_weights(trainer.model, model)
    assert_same_logs(history, expected)
    assert_learned(trainer)


@pytest.mark.parametrize("sections", [{}, {"seed": 5, "model": NOISY}], ids=["plain", "dropout"])
def test_rows_are_shuffled_by_seed_and_epoch(sections: dict[str, Any], programs: ProgramCache) -> None:
    config = small(**sections)
    trainer = Trainer(config, programs=programs)
    history = trainer.fit()
    model, expected = fit_shuffled(config)
    assert_same_weights(trainer.model, model)
    assert_same_logs(history, expected)
    unshuffled = Trainer(config, shuffle=False, programs=programs)
    assert history != unshuffled.fit()


def test_dropout_costs_what_it_costs_in_fit_on_average(programs: ProgramCache) -> None:
    """In distribution, whatever Keras does to draw it: the mean first-epoch loss over seeds that differ."""
    layers = {"hidden_layers": [{"units": 16, "dropout": 0.5}], "initializer": "ones"}
    losses: dict[str, list[float]] = {"trainer": [], "fit": []}
    model = fresh_model(small(model=layers))
    dataset = load_dataset(small().dataset)
    start = model.get_weights()
    for seed in range(25):
        still = small(model=layers, training={"learning_rate": 1e-12, "epochs": 1}, seed=seed)
        losses["trainer"].append(Trainer(still, dataset=dataset, shuffle=False, programs=programs).fit()[0]["loss"])
        model.set_weights(start)
        model.layers[1].seed_generator.state.assign([seed + 1000, 7])
        model.optimizer.learning_rate = 1e-12
        losses["fit"].append(
            model.fit(dataset.x_train, dataset.y_train, batch_size=16, shuffle=False, verbose=0).history["loss"][0]
        )
    means = [np.mean(each) for each in losses.values()]
    errors = [np.std(each) / math.sqrt(25) for each in losses.values()]
    assert min(errors) > 0  # it draws anew for each seed
    assert means[0] == pytest.approx(means[1], abs=4 * math.hypot(*errors))


def test_the_same_seed_gives_the_same_run() -> None:
    one, again = (Trainer(small(model=NOISY)) for _ in range(2))
    assert one.fit() == again.fit()
    assert_same_state(one.state(), again.state())
    assert_learned(one)


def test_another_seed_gives_another_run(programs: ProgramCache) -> None:
    dataset = load_dataset(small().dataset)
    one, other = (Trainer(small(seed=seed), dataset=dataset, programs=programs).fit() for seed in (0, 1))
    assert one != other


def test_it_does_not_matter_how_epochs_are_divided_into_calls(programs: ProgramCache) -> None:
    config = small(model=NOISY, training={"epochs": 23})
    whole = Trainer(config, programs=programs)
    history = whole.fit()
    assert len(history) == 23
    for parts in ([1] * 23, [12, 11], [3, 20], [22, 1]):
        trainer = Trainer(config, programs=programs)
        logs = [log for part in parts for log in trainer.advance(part)]
        assert logs == trainer.history == history
        assert_same_state(trainer.state(), whole.state())


def test_a_callback_that_looks_at_the_weights_changes_nothing(programs: ProgramCache) -> None:
    """Epochs run one by one for it, and ten per call without it."""
    config = small(model=NOISY, training={"epochs": 12})
    fused = Trainer(config, programs=programs)
    single = Trainer(config, programs=programs, callbacks=[keras.callbacks.Callback()])
    assert fused.fit() == single.fit()
    assert_same_state(fused.state(), single.state())


def test_advance_gives_the_logs_of_its_epochs_and_no_more_than_are_left(programs: ProgramCache) -> None:
    trainer = Trainer(small(training={"epochs": 5}), programs=programs)
    assert trainer.history == []
    assert not trainer.finished
    first = trainer.advance(epochs=2)
    assert (len(first), trainer.epoch) == (2, 2)
    rest = trainer.advance(epochs=100)
    assert (len(rest), trainer.epoch) == (3, 5)
    assert trainer.finished
    assert trainer.advance() == []
    assert trainer.history == first + rest == trainer.fit()
    assert trainer.failure is None


def test_logs_are_plain_floats_by_their_keras_names(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    assert trainer.log_names == ("loss", "accuracy", "val_loss", "val_accuracy")
    (logs,) = trainer.advance()
    assert tuple(logs) == trainer.log_names
    assert {type(value) for value in logs.values()} == {float}


def test_the_model_is_there_at_once_compiled_and_untrained(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    assert isinstance(trainer.model, keras.Model)
    assert trainer.model.compiled
    assert_same_weights(trainer.model, fresh_model(small()), tolerance=0)


def test_a_trainer_loads_its_data_set_itself(programs: ProgramCache) -> None:
    config = small(seed=4)
    given = Trainer(config, dataset=load_dataset(config.dataset, seed=4), programs=programs)
    assert Trainer(config, programs=programs).fit() == given.fit()


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"model": LINEAR, "training": {"from_logits": True}},
        {"model": LINEAR, "training": {"loss": "mean_squared_error"}},
        {"dataset": {"name": "blobs", "noise": 0.6}, "model": LINEAR},
        {"dataset": {"name": "blobs", "noise": 0.6}, "model": LINEAR, "training": {"from_logits": True}},
        {"dataset": {"name": "bumps"}, "model": LINEAR},
        {"model": NOISY},
    ],
    ids=["binary", "binary logits", "brier", "softmax", "logits", "regression", "dropout"],
)
def test_logs_are_what_scikit_learn_computes_from_predictions(sections: dict[str, Any], programs: ProgramCache) -> None:
    config = small(**sections)
    trainer = Trainer(config, programs=programs)
    for _ in range(2):
        (logs,) = trainer.advance()
        truth, predicted = trainer.dataset.y_test, trainer.predict(trainer.dataset.x_test).astype(np.float64)
        assert predicted.shape == (len(truth), config.output.units)
        if trainer.dataset.task == "regression":
            loss = metrics.mean_squared_error(truth, predicted[:, 0])
            assert logs["val_mae"] == pytest.approx(metrics.mean_absolute_error(truth, predicted[:, 0]), rel=1e-5)
        else:
            if config.output.from_logits and config.output.units == 1:
                predicted = 1 / (1 + np.exp(-predicted))
            elif config.output.from_logits:
                predicted = np.exp(predicted) / np.exp(predicted).sum(axis=1, keepdims=True)
            classes = predicted.argmax(axis=1) if config.output.units > 1 else predicted[:, 0] > 0.5
            assert logs["val_accuracy"] == pytest.approx(metrics.accuracy_score(truth, classes))
            if config.output.loss == "mean_squared_error":
                loss = metrics.brier_score_loss(truth, predicted[:, 0])
            else:
                shares = predicted if predicted.shape[1] > 1 else np.hstack([1 - predicted, predicted])
                loss = metrics.log_loss(truth, shares / shares.sum(axis=1, keepdims=True))
        assert logs["val_loss"] == pytest.approx(loss, rel=1e-4, abs=1e-6)


def test_warming_up_changes_nothing(programs: ProgramCache) -> None:
    trainer = Trainer(small(model=NOISY), programs=programs)
    before = trainer.state()
    trainer.warm_up()
    assert_same_state(trainer.state(), before)
    assert (trainer.epoch, trainer.history) == (0, [])
    assert trainer.fit() == Trainer(small(model=NOISY), programs=programs).fit()


def test_an_interrupted_epoch_leaves_no_trace(programs: ProgramCache) -> None:
    config = small(model=NOISY, training={"epochs": 5})
    trainer = Trainer(config, programs=programs)
    trainer.advance(2)
    before = trainer.state()
    interrupt()
    try:
        assert trainer.advance(3) == []
    finally:
        interrupt(False)
    assert_same_state(trainer.state(), before)
    assert trainer.failure is None
    assert not trainer.finished
    assert trainer.fit() == Trainer(config, programs=programs).fit()


def test_a_run_interrupted_from_another_thread_ends_between_two_epochs(programs: ProgramCache) -> None:
    begun = threading.Event()
    config = small(model=NOISY, training={"epochs": 10_000})
    trainer = Trainer(config, callbacks=[EpochStream(lambda event: begun.set())], programs=programs)
    thread = threading.Thread(target=trainer.fit)
    thread.start()
    try:
        assert begun.wait(60)
        interrupt()
        thread.join(60)
    finally:
        interrupt(False)
    assert not thread.is_alive()
    assert 0 < trainer.epoch == len(trainer.history) < 10_000
    unbroken = Trainer(config, programs=programs)
    unbroken.advance(trainer.epoch)
    assert unbroken.history == trainer.history
    assert_same_state(unbroken.state(), trainer.state())


def test_predict_is_the_model_s_own(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    trainer.advance(2)
    x = trainer.dataset.x_test
    np.testing.assert_allclose(trainer.predict(x), trainer.model.predict(x, verbose=0), atol=1e-6)
    assert trainer.predict(x[:0]).shape == (0, 1)
    np.testing.assert_array_equal(trainer.predict(x.astype(np.float64)), trainer.predict(x))


def test_test_rows_are_judged_in_full_whatever_their_number() -> None:
    """More test rows than one test step takes."""
    config = small(dataset={"samples": 3000, "test_fraction": 0.9}, training={"epochs": 1, "batch_size": 100})
    trainer = Trainer(config)
    (logs,) = trainer.fit()
    probability = trainer.predict(trainer.dataset.x_test)[:, 0].astype(np.float64)
    assert len(probability) == 2700
    assert logs["val_loss"] == pytest.approx(metrics.log_loss(trainer.dataset.y_test, probability), rel=1e-4)


def test_training_never_sees_test_rows(programs: ProgramCache) -> None:
    from dataclasses import replace

    dataset = load_dataset(small().dataset)
    other = replace(dataset, x_test=dataset.x_test + 5)
    one, two = (Trainer(small(), dataset=each, programs=programs) for each in (dataset, other))
    with_test, without = one.fit(), two.fit()
    assert_same_state(one.state(), two.state())
    assert [logs["loss"] for logs in with_test] == [logs["loss"] for logs in without]
    assert with_test[-1]["val_loss"] != without[-1]["val_loss"]


def test_reset_gives_the_same_curve_again() -> None:
    trainer = Trainer(small(model=NOISY))
    history = list(trainer.fit())
    trained = trainer.state()
    trainer.reset()
    assert (trainer.epoch, trainer.history, trainer.finished) == (0, [], False)
    assert_same_weights(trainer.model, fresh_model(trainer.config), tolerance=0)
    assert trainer.fit() == history
    assert_same_state(trainer.state(), trained)


def test_reset_gives_the_learning_rate_back(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    history = list(trainer.fit())
    trainer.learning_rate = 5.0
    trainer.reset()
    assert trainer.learning_rate == pytest.approx(0.05)
    assert trainer.fit() == history


def test_reset_in_the_middle_begins_anew(programs: ProgramCache) -> None:
    trainer = Trainer(small(), programs=programs)
    expected = list(trainer.fit())
    trainer.reset()
    trainer.advance(2)
    trainer.reset()
    assert trainer.fit() == expected


def test_an_extended_run_equals_a_longer_one(programs: ProgramCache) -> None:
    longer = Trainer(small(model=NOISY, training={"epochs": 7}), programs=programs)
    trainer = Trainer(small(model=NOISY, training={"epochs": 3}), programs=programs)
    trainer.fit()
    trainer.extend(4)
    assert not trainer.finished
    assert trainer.fit() == longer.fit()
    assert len(trainer.history) == 7
    assert_same_state(trainer.state(), longer.state())


def test_a_new_learning_rate_applies_from_the_next_epoch(programs: ProgramCache) -> None:
    config = small(training={"epochs": 4, "optimizer": "sgd"})
    rates = [0.05, 0.05, 0.5, 0.02]
    trainer = Trainer(config, shuffle=False, programs=programs)
    trainer.advance(2)
    trainer.learning_rate = 0.5
    assert trainer.learning_rate == pytest.approx(0.5)
    trainer.advance()
    trainer.learning_rate = 0.02
    trainer.advance()
    model, expected = fit(config, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])])
    assert_same_weights(trainer.model, model)
    assert [logs["val_loss"] for logs in trainer.history] == pytest.approx(
        [logs["val_loss"] for logs in expected], rel=1e-5
    )
    assert trainer.history != Trainer(config, shuffle=False, programs=programs).fit()


def test_a_batch_beyond_the_training_rows_is_one_batch(programs: ProgramCache) -> None:
    one, more = (
        Trainer(small(training={"batch_size": size}), programs=programs, shuffle=False) for size in (40, 10_000)
    )
    assert one.fit() == more.fit()
    updates = next(value for value in one.model.optimizer.variables if "iteration" in value.path)
    assert int(np.asarray(updates)) == 3


def digits() -> ExperimentConfig:
    return small(dataset={"name": "digits", "test_fraction": 0.9}, training={"batch_size": 64, "epochs": 2})


def cnn() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Reshape((8, 8, 1)),
            keras.layers.Conv2D(3, 3, activation="relu", kernel_initializer=keras.initializers.HeNormal(1)),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", kernel_initializer=keras.initializers.HeNormal(2)),
        ]
    )


def test_an_uncompiled_model_is_compiled_as_the_configuration_says() -> None:
    config = digits()
    own, reference = cnn(), cnn()
    trainer = Trainer(config, model=own, shuffle=False)
    assert trainer.model is own
    history = trainer.fit()
    reference.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    _, expected = fit(config, model=reference)
    assert_same_weights(own, reference)
    assert_same_logs(history, expected)
    assert history[-1]["val_loss"] < history[0]["val_loss"]


def test_a_compiled_model_keeps_its_loss_optimizer_and_metrics() -> None:
    config = digits()
    own, reference = cnn(), cnn()
    for model in (own, reference):
        model.compile(
            keras.optimizers.SGD(0.02, nesterov=True, momentum=0.5, clipnorm=1.0),
            keras.losses.SparseCategoricalCrossentropy(),
            metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(3, name="top_3")],
        )
    trainer = Trainer(config, model=own, shuffle=False)
    assert trainer.learning_rate == pytest.approx(0.02)
    names = {"loss", "accuracy", "top_3", "val_loss", "val_accuracy", "val_top_3"}
    assert set(trainer.log_names) == names
    history = trainer.fit()
    assert all(set(logs) == names for logs in history)
    _, expected = fit(config, model=reference)
    assert_same_weights(own, reference)
    assert_same_logs(history, expected)


class OwnModel(keras.Model):
    """A subclassed model: its variables come with its first rows."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.out = keras.layers.Dense(4, "relu"), keras.layers.Dense(1, "sigmoid")

    def call(self, inputs: Any) -> Any:
        return self.out(self.hidden(inputs))


@pytest.mark.parametrize(
    "make", [OwnModel, lambda: keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(1, "sigmoid")])]
)
def test_a_model_that_is_not_built_yet_is_trained_as_fit_trains_it(make: Callable[[], keras.Model]) -> None:
    config = small()
    keras.utils.set_random_seed(3)
    trainer = Trainer(config, model=make(), shuffle=False)
    alone = make()
    alone(trainer.dataset.x_train[:1])
    alone.set_weights(trainer.model.get_weights())
    trainer.advance(3)
    compile_model(alone, config)
    x, y = trainer.dataset.x_train, trainer.dataset.y_train
    alone.fit(x, y, batch_size=config.training.batch_size, epochs=3, shuffle=False, verbose=0)
    for mine, theirs in zip(trainer.model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_training_goes_on_from_the_model_s_own_weights(programs: ProgramCache) -> None:
    first = Trainer(small(), shuffle=False, programs=programs)
    first.fit()
    own = fresh_model(small())
    own.set_weights(first.model.get_weights())
    trainer = Trainer(small(), model=own, shuffle=False)
    assert_same_weights(trainer.model, first.model, tolerance=0)
    assert trainer.advance()[0]["loss"] < first.history[0]["loss"]


def test_reset_gives_a_model_of_one_s_own_its_weights_and_rate_back() -> None:
    own = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4), keras.layers.Dense(1, activation="sigmoid")])
    own.compile(keras.optimizers.SGD(0.3), "binary_crossentropy", metrics=["accuracy"])
    before = [np.array(weight) for weight in own.get_weights()]
    trainer = Trainer(small(), model=own)
    history = list(trainer.fit())
    trainer.reset()
    for weight, value in zip(own.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, value)
    assert trainer.learning_rate == pytest.approx(0.3)
    assert trainer.fit() == history


def test_a_model_without_biases_can_be_reset() -> None:
    own = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid", use_bias=False)])
    trainer = Trainer(small(), model=own)
    history = list(trainer.fit())
    trainer.reset()
    assert trainer.fit() == history


def test_a_model_of_one_s_own_leaves_shared_programs_alone() -> None:
    programs = ProgramCache()
    Trainer(small(), model=fresh_model(small()), programs=programs)
    assert len(programs) == 0


def test_many_rows_are_predicted_in_pieces_by_the_same_network(
    monkeypatch: pytest.MonkeyPatch, programs: ProgramCache
) -> None:
    config = ExperimentConfig.model_validate({"model": {"hidden_layers": [{"units": 5, "activation": "tanh"}]}})
    one, other = (Trainer(config.model_copy(update={"seed": seed}), programs=programs) for seed in (1, 2))
    rows = one.dataset.x_train[:40]
    at_once = one.predict(rows)
    monkeypatch.setattr("core.training.leased_network.ROWS_AT_ONCE", 7)
    pieces, parts = one.predict_in_pieces(rows), 0
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found = end.value
            break
        parts += 1
        other.predict(rows)  # the program that both share is the other's meanwhile
    assert parts == 6
    np.testing.assert_allclose(found, at_once, rtol=1e-6)
