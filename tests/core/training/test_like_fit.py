"""`Trainer` takes what `model.fit` takes: models, targets and callbacks of one's own, each against `fit`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from core import ExperimentConfig, Trainer
from core.datasets import dataset_of_arrays
from core.errors import CannotTrain, DescentError
from core.training import EpochEnd, EpochStream
from core.training.interruption import interrupt

layers, callbacks, optimizers = keras.layers, keras.callbacks, keras.optimizers

_rng = np.random.default_rng(0)
X = _rng.normal(size=(50, 4)).astype(np.float32)
BINARY = (X[:, 0] * X[:, 1] > 0).astype(np.int64)
CLASSES = _rng.integers(0, 3, 50)
ONE_HOT = keras.utils.to_categorical(CLASSES, 3)
NUMBERS = X.sum(axis=1)
IMAGES = _rng.integers(0, 255, (50, 6, 6, 3), dtype=np.uint8)
TOKENS = _rng.integers(0, 4, (50, 7))
WITH_A_NAN = np.where(np.arange(50)[:, None] == 3, np.float32("nan"), X)

Data = tuple[Any, Any, Any, Any]
Make = Callable[[], keras.Model]


def rows(x: Any, y: Any, *, train: int = 50, test: int = 20) -> Data:
    """Training rows, and some of them for testing."""

    def some(values: Any, count: int) -> Any:
        return keras.tree.map_structure(lambda each: None if each is None else each[:count], values)

    return x[:train], some(y, train), x[:test], some(y, test)


def config(epochs: int = 3, batch_size: int = 16) -> ExperimentConfig:
    return ExperimentConfig.model_validate({"training": {"epochs": epochs, "batch_size": batch_size}})


def network(
    *middle: Callable[[], keras.Layer],
    end: tuple[int, str] = (1, "sigmoid"),
    optimizer: Callable[[], Any] = lambda: optimizers.Adam(0.01),
    loss: Any = "binary_crossentropy",
    metrics: Callable[[], list[Any]] = lambda: ["accuracy"],
    **settings: Any,
) -> Make:
    """A function that makes and compiles a small network."""

    def make() -> keras.Model:
        model = keras.Sequential([keras.Input((4,)), *(each() for each in middle), layers.Dense(*end)])
        model.compile(optimizer(), loss, metrics=metrics(), **settings)
        return model

    return make


PLAIN = network(lambda: layers.Dense(5, "relu"))
NOISY = network(lambda: layers.Dense(5), layers.BatchNormalization, lambda: layers.Dropout(0.3))


def averaging(**settings: Any) -> Make:
    return network(optimizer=lambda: optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9, **settings))


class Everything(callbacks.Callback):
    """Writes down every hook of `fit`, with all that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []


def _writing_down(hook: str) -> Callable[..., None]:
    def method(self: Everything, *values: Any, **named: Any) -> None:
        self.calls.append((hook, repr(values), repr(named)))

    return method


for _hook in (
    *("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end"),
    *("on_train_batch_begin", "on_train_batch_end", "on_test_begin", "on_test_end"),
    *("on_test_batch_begin", "on_test_batch_end"),
):
    setattr(Everything, _hook, _writing_down(_hook))


def by_fit(
    make: Make, data: Data, given: Any, epochs: int, batch_size: int
) -> tuple[keras.Model, dict[str, list[Any]]]:
    x, y, x_test, y_test = data
    keras.utils.set_random_seed(7)
    model = make()
    judged = None if x_test is None else (x_test, y_test)
    history = model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=judged,
        shuffle=False,
        verbose=0,
        callbacks=given,
    ).history
    return model, history


def by_trainer(make: Make, data: Data, given: Any, epochs: int, batch_size: int) -> Trainer:
    keras.utils.set_random_seed(7)
    trainer = Trainer(
        config(epochs, batch_size),
        dataset=dataset_of_arrays(*data),
        model=make(),
        callbacks=given,
        shuffle=False,
    )
    trainer.fit()
    return trainer


def compare(
    make: Make,
    data: Data | None = None,
    given: Callable[[], Any] = list,
    *,
    epochs: int = 3,
    batch_size: int = 16,
) -> tuple[Trainer, Any, Any]:
    """Train both ways: weights and optimizer bit for bit, logs but for the last bits of a sum over test rows.

    Returns:
        The trainer, its callbacks and those of `fit`.
    """
    data = rows(X, BINARY) if data is None else data
    theirs, ours = given(), given()
    model, history = by_fit(make, data, theirs, epochs, batch_size)
    trainer = by_trainer(make, data, ours, epochs, batch_size)
    for left, right in zip(trainer.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    optimizer = trainer.model.optimizer
    for left, right in zip(optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy())
    assert len(trainer.history) == len(next(iter(history.values())))
    for epoch, logs in enumerate(trainer.history):
        assert set(logs) == set(history)
        for name, value in logs.items():
            expected = history[name][epoch]
            if isinstance(expected, (float, np.ndarray)):
                assert type(value) is type(expected)
                np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6, err_msg=name)
            else:
                assert value is expected or value == expected, name
    return trainer, ours, theirs


class Subclassed(keras.Model):
    """A model of one's own, whose variables come with its first rows."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.end = layers.Dense(4, "relu"), layers.Dense(1, "sigmoid")

    def call(self, inputs: Any) -> Any:
        return self.end(self.hidden(inputs))


class OwnStep(Subclassed):
    """Returns logs of its own."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return {"own_loss": loss, "norm": tf.linalg.global_norm(gradients)}


class CountsItsCalls(keras.Layer):
    """A layer with a state that every call changes."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.count.assign_add(1)
        return inputs


class NaNInTheMiddle(keras.metrics.Mean):
    def update_state(self, y: Any, outputs: Any, sample_weight: Any = None) -> None:
        super().update_state(float("nan"))


def numpy_loss(y: Any, outputs: Any) -> Any:
    return tf.reduce_mean((tf.cast(y, tf.float32) - outputs) ** 2) * float(np.mean(outputs.numpy()) + 1)


def largest(y: Any, outputs: Any) -> Any:
    return tf.reduce_max(outputs)


def compiled(kind: type[keras.Model], **settings: Any) -> Make:
    def make() -> keras.Model:
        model = kind()
        model.compile("adam", "binary_crossentropy", **settings)
        return model

    return make


def built() -> keras.Model:
    model = Subclassed()
    with pytest.warns(UserWarning, match="build"):
        model.build((None, 4))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def of_layers(*given: Callable[[], keras.Layer], loss: Any = "mse") -> Make:
    """Without `Input`: built by its first rows."""

    def make() -> keras.Model:
        model = keras.Sequential([each() for each in given])
        model.compile("adam", loss)
        return model

    return make


def two_outputs() -> keras.Model:
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, "relu")(inputs)
    model = keras.Model(inputs, [layers.Dense(1, "sigmoid", name="a")(hidden), layers.Dense(1, name="b")(hidden)])
    model.compile("adam", ["binary_crossentropy", "mse"], metrics=[["accuracy"], ["mae"]])
    return model


def half_precision() -> keras.Model:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        return PLAIN()
    finally:
        keras.mixed_precision.set_global_policy("float32")


THREE = {"end": (3, "softmax"), "loss": "sparse_categorical_crossentropy"}
ONE_HOT_THREE = {"end": (3, "softmax"), "loss": "categorical_crossentropy"}
DECAY = optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)

MODELS: dict[str, tuple[Make, Data]] = {
    "batch normalisation and dropout": (NOISY, rows(X, BINARY)),
    "full batches": (NOISY, rows(X, BINARY, train=48, test=16)),
    "averaged weights": (averaging(), rows(X, BINARY)),
    "averaged weights, overwritten": (averaging(ema_overwrite_frequency=2), rows(X, BINARY)),
    "gradient accumulation": (
        network(optimizer=lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2)),
        rows(X, BINARY),
    ),
    "clipping": (network(optimizer=lambda: optimizers.SGD(0.1, global_clipnorm=0.01)), rows(X, BINARY)),
    "loss scale": (network(optimizer=lambda: optimizers.Adam(0.01, loss_scale_factor=8.0)), rows(X, BINARY)),
    "schedule": (network(optimizer=lambda: optimizers.SGD(DECAY)), rows(X, BINARY)),
    "half precision": (half_precision, rows(X, BINARY)),
    "NaN of a metric": (network(metrics=lambda: [NaNInTheMiddle(name="odd")]), rows(X, BINARY)),
    "precision of nothing": (network(metrics=lambda: ["precision"]), rows(X, np.zeros(50))),
    "NaN in a test row": (PLAIN, (X, BINARY, WITH_A_NAN[:20], BINARY[:20])),
    "no test rows": (PLAIN, (X, BINARY, None, None)),
    "a number for each class": (network(metrics=lambda: [keras.metrics.F1Score()], **ONE_HOT_THREE), rows(X, ONE_HOT)),
    "one-hot": (network(**ONE_HOT_THREE), rows(X, ONE_HOT)),
    "classes": (network(**THREE), rows(X, CLASSES)),
    "float64": (PLAIN, rows(X.astype(np.float64), BINARY.astype(np.float64))),
    "integers and truths": (PLAIN, rows((X * 9).astype(np.int32), BINARY.astype(bool))),
    "a column": (PLAIN, rows(X, BINARY[:, None])),
    "several targets": (network(end=(2, "linear"), loss="mse", metrics=lambda: ["mae"]), rows(X, X[:, :2])),
    "images": (
        of_layers(
            lambda: layers.Rescaling(1 / 255),
            lambda: layers.Conv2D(3, 3),
            layers.Flatten,
            lambda: layers.Dense(3, "softmax"),
            loss="sparse_categorical_crossentropy",
        ),
        rows(IMAGES, CLASSES),
    ),
    "masked texts": (
        of_layers(
            lambda: layers.Embedding(9, 4, mask_zero=True),
            lambda: layers.LSTM(3, return_sequences=True),
            lambda: layers.Dense(1),
        ),
        rows(TOKENS, TOKENS[..., None].astype(np.float32)),
    ),
    "XLA by batch": (network(jit_compile=True), rows(X, BINARY)),
    "several steps an execution": (network(steps_per_execution=3), rows(X, BINARY)),
    "weighted metrics": (network(weighted_metrics=["accuracy"]), rows(X, BINARY)),
    "eagerly": (network(run_eagerly=True), rows(X, BINARY)),
    "NumPy in the loss": (network(loss=numpy_loss, run_eagerly=True), rows(X, BINARY)),
    "a metric of a batch": (network(metrics=lambda: [largest]), rows(X, BINARY)),
    "a loss of a batch": (network(loss=keras.losses.Dice()), rows(X, BINARY[:, None].astype(np.float32))),
    "activity penalty": (network(lambda: layers.Dense(3, activity_regularizer="l2")), rows(X, BINARY)),
    "subclassed": (compiled(Subclassed, metrics=["accuracy"]), rows(X, BINARY)),
    "subclassed and built": (built, rows(X, BINARY)),
    "own training step": (compiled(OwnStep), rows(X, BINARY)),
    "own layer with a state": (network(CountsItsCalls, lambda: layers.Dense(3)), rows(X, BINARY)),
    "two outputs": (two_outputs, rows(X, [BINARY, NUMBERS])),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_trained_as_fit_trains_it(name: str) -> None:
    make, data = MODELS[name]
    trainer, *_ = compare(make, data)
    assert trainer.failure is None
    assert trainer.epoch == 3
    assert set(trainer.log_names) == set(trainer.history[-1])


@pytest.mark.parametrize(
    ("name", "batch_size"),
    [
        *((name, 16) for name in ("batch normalisation and dropout", "full batches", "averaged weights", "schedule")),
        *(
            (name, 16)
            for name in ("several steps an execution", "no test rows", "NaN of a metric", "own training step")
        ),
        ("batch normalisation and dropout", 7),
        ("batch normalisation and dropout", 1000),
    ],
)
def test_every_hook_is_called_as_fit_calls_it(name: str, batch_size: int) -> None:
    """In its order, with its batch numbers and its logs to the last bit, on the test rows, too."""
    make, data = MODELS[name]
    trainer, (ours,), (theirs,) = compare(make, data, lambda: [Everything()], batch_size=batch_size)
    assert ours.calls == theirs.calls
    assert ours.params == theirs.params
    assert len(ours.calls) > 8
    assert ours.model is trainer.model


def test_an_own_step_has_its_own_keys_in_the_history() -> None:
    trainer, *_ = compare(compiled(OwnStep), rows(X, BINARY))
    assert set(trainer.history[0]) == {"own_loss", "norm", "val_loss"}
    assert trainer.history[0]["own_loss"] > 0


def test_averaged_weights_are_taken_at_the_end_and_no_earlier() -> None:
    keras.utils.set_random_seed(7)
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=averaging()(), shuffle=False)
    trainer.advance(2)
    last = trainer.model.get_weights()
    averages = [np.array(each) for each in trainer.model.optimizer._model_variables_moving_average]
    assert not np.array_equal(last[0], averages[0])
    trainer.advance()
    for weight, average in zip(
        trainer.model.get_weights(), trainer.model.optimizer._model_variables_moving_average, strict=True
    ):
        np.testing.assert_array_equal(weight, np.array(average))


class ZeroWhileTesting(callbacks.Callback):
    """Judges the test rows with other weights."""

    def on_test_begin(self, logs: Any = None) -> None:
        self.kept = self.model.get_weights()
        self.model.set_weights([np.zeros_like(each) for each in self.kept])

    def on_test_end(self, logs: Any = None) -> None:
        self.model.set_weights(self.kept)


class HalveWeights(callbacks.Callback):
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.set_weights([0.5 * each for each in self.model.get_weights()])


class Stop(callbacks.Callback):
    """Asks for the end in one of the hooks that an epoch in one call has, at the second time."""

    def __init__(self, hook: str) -> None:
        super().__init__()
        self.times = 0
        setattr(self, hook, self.stop)

    def stop(self, *_: Any, **__: Any) -> None:
        self.times += 1
        if self.times == 2 or self.on_train_begin == self.stop:
            self.model.stop_training = True


class Odd(callbacks.Callback):
    """Puts what is no number into the logs."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs.update(array=np.arange(3.0), text="hello", nothing=None)


def stops(hook: str) -> Callable[[], list[callbacks.Callback]]:
    return lambda: [Stop(hook)]


CALLBACKS: dict[str, tuple[Callable[[], Any], int]] = {
    "weights while testing": (lambda: [ZeroWhileTesting()], 3),
    "weights before an epoch": (lambda: [HalveWeights()], 3),
    **{
        f"stops in {hook}": (stops(hook), 5)
        for hook in ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_batch_end", "on_test_begin")
    },
    "what is no number": (lambda: [Odd()], 3),
    "two that see each other": (
        lambda: [Odd(), callbacks.LambdaCallback(on_epoch_end=lambda _, logs: logs["text"])],
        2,
    ),
    "one alone": (Everything, 2),
    "a list in a list": (lambda: [[Everything()], [callbacks.History()]], 2),
    "none": (lambda: None, 2),
    "plateau": (lambda: [callbacks.ReduceLROnPlateau(patience=0, min_delta=10)], 4),
    "scheduler between batches": (
        lambda: [callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2), Everything()],
        3,
    ),
    "early stopping that starts late": (
        lambda: [callbacks.EarlyStopping("loss", patience=1, min_delta=5, start_from_epoch=3)],
        9,
    ),
    "early stopping by a score": (
        lambda: [callbacks.EarlyStopping("accuracy", patience=2, mode="max", baseline=0.99, restore_best_weights=True)],
        9,
    ),
    "checkpoint by batch": (
        lambda: [callbacks.ModelCheckpoint(tempfile.mkdtemp() + "/model.keras", save_freq=3)],
        2,
    ),
    "backup by batch": (lambda: [callbacks.BackupAndRestore(tempfile.mkdtemp(), save_freq=2)], 2),
    "TensorBoard by batch": (lambda: [callbacks.TensorBoard(tempfile.mkdtemp(), update_freq="batch")], 2),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_has_the_effect_that_it_has_in_fit(name: str) -> None:
    given, epochs = CALLBACKS[name]
    trainer, ours, theirs = compare(PLAIN, rows(X, BINARY), given, epochs=epochs)
    assert trainer.finished
    assert (trainer.epoch < epochs) == ("stop" in name)
    if isinstance(ours, Everything):
        assert ours.calls == theirs.calls


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swapped_averages_are_judged_as_in_fit(swap_on_epoch: bool) -> None:
    compare(averaging(), rows(X, BINARY), lambda: [callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)])


def test_a_callback_list_is_taken_as_it_is() -> None:
    inner = Everything()
    trainer = Trainer(
        config(2), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=callbacks.CallbackList([inner])
    )
    trainer.fit()
    assert [call[0] for call in inner.calls].count("on_epoch_end") == 2


def test_a_run_that_a_callback_ends_for_a_nan_has_the_nan_in_its_history() -> None:
    make = network(optimizer=lambda: optimizers.SGD(1e30), loss="mse", end=(1, "linear"))
    trainer, *_ = compare(make, rows(X * 1e20, NUMBERS), lambda: [callbacks.TerminateOnNaN()])
    assert len(trainer.history) == 1
    assert not np.isfinite(trainer.history[0]["loss"])


@pytest.mark.parametrize("given", [[], [callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)]])
def test_a_loss_that_is_no_number_ends_the_run_with_the_weights_from_before(given: list[Any]) -> None:
    model = network(optimizer=lambda: optimizers.SGD(1e30), loss="mse", end=(1, "linear"))()
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X * 1e20, NUMBERS)), model=model, callbacks=given)
    before = model.get_weights()
    assert trainer.fit() == []
    assert trainer.failure is not None
    for left, right in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("callback", [callbacks.Callback, Everything])
def test_weights_that_the_last_update_spoilt_are_taken_back(callback: Any) -> None:
    """The training loss was still finite; the test rows show it, or where there are none, the weights."""
    for data in (rows(X, NUMBERS), (X, NUMBERS, None, None)):
        model = network(optimizer=lambda: optimizers.SGD(float("inf")), loss="mse", end=(1, "linear"))()
        before = model.get_weights()
        trainer = Trainer(config(batch_size=50), dataset=dataset_of_arrays(*data), model=model, callbacks=[callback()])
        assert trainer.fit() == []
        assert trainer.failure is not None
        np.testing.assert_array_equal(model.get_weights()[0], before[0])


class Fails(callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 2:
            raise RuntimeError("no more")


def test_a_callback_that_raises_is_heard() -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=[Fails()])
    with pytest.raises(RuntimeError, match="no more"):
        trainer.fit()


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_training_goes_on_where_a_backup_was_made(tmp_path: Path, save_freq: Any) -> None:
    """As a second `fit` after a crash: from the epoch of the backup, with its weights."""
    crash = callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: 1 / (2 - epoch))
    x, y, *judged = rows(X, BINARY)

    def backup(who: str) -> callbacks.Callback:
        return callbacks.BackupAndRestore(tmp_path / who, save_freq=save_freq)

    def fit(*given: callbacks.Callback) -> list[int]:
        return model.fit(
            x, y, batch_size=16, epochs=5, validation_data=judged, shuffle=False, verbose=0, callbacks=[*given]
        ).epoch

    keras.utils.set_random_seed(7)
    model = PLAIN()
    with pytest.raises(ZeroDivisionError):
        fit(backup("fit"), crash)
    epochs = fit(backup("fit"))

    keras.utils.set_random_seed(7)
    own = PLAIN()

    def trainer(*given: callbacks.Callback) -> Trainer:
        data = dataset_of_arrays(*rows(X, BINARY))
        return Trainer(config(5), dataset=data, model=own, callbacks=given, shuffle=False)

    with pytest.raises(ZeroDivisionError):
        trainer(backup("trainer"), crash).fit()
    resumed = trainer(backup("trainer"))
    history = resumed.fit()
    assert 0 < epochs[0] == resumed.epoch - len(history)
    assert resumed.epoch == epochs[-1] + 1 == 5
    for left, right in zip(model.get_weights(), own.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    assert resumed.fit() == history, "what is done trains nothing more"


def test_a_run_by_batches_may_be_divided_restored_and_reset() -> None:
    def trainer() -> Trainer:
        keras.utils.set_random_seed(7)
        data = dataset_of_arrays(*rows(X, BINARY))
        return Trainer(config(4), dataset=data, model=NOISY(), callbacks=[Everything()])

    whole, stepwise, resumed = trainer(), trainer(), trainer()
    history = list(whole.fit())
    for _ in range(4):
        stepwise.advance()
    half = trainer()
    half.advance(2)
    resumed.restore(half.state(), half.history)
    assert history == stepwise.history == resumed.fit()
    for other in (stepwise, resumed):
        for left, right in zip(whole.state().variables, other.state().variables, strict=True):
            np.testing.assert_array_equal(left, right)
    whole.reset()
    assert whole.fit() == history
    assert whole.predict(X[:3]).shape == (3, 1)


def test_a_configured_run_is_the_same_batch_by_batch() -> None:
    """Shuffling included: weights bit for bit, and the scores of the test rows to the last bits."""
    plain, watched = Trainer(config(4)), Trainer(config(4), callbacks=[Everything()])
    for ours, theirs in zip(plain.fit(), watched.fit(), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)
    for left, right in zip(plain.state().variables, watched.state().variables, strict=True):
        np.testing.assert_array_equal(left, right)
    assert watched.log_names == plain.log_names


def test_an_interrupted_epoch_by_batches_leaves_no_trace() -> None:
    def stop(batch: int, logs: Any) -> None:
        if batch == 1:
            interrupt()

    trainer = Trainer(
        config(),
        dataset=dataset_of_arrays(*rows(X, BINARY)),
        model=NOISY(),
        callbacks=[callbacks.LambdaCallback(on_train_batch_end=stop)],
    )
    before = trainer.state()
    try:
        assert trainer.advance(2) == []
    finally:
        interrupt(False)
    for left, right in zip(before.variables, trainer.state().variables, strict=True):
        np.testing.assert_array_equal(left, right)


def test_maps_by_batches_are_the_predictions_after_each_epoch() -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=[Everything()])
    logs, maps = trainer.advance_with_maps(X[:7], 3)
    assert (len(logs), maps.shape) == (3, (3, 7, 1))
    np.testing.assert_array_equal(maps[-1], trainer.predict(X[:7]))


def test_a_stream_sends_the_numbers_among_the_logs() -> None:
    sent: list[EpochEnd] = []
    trainer = Trainer(
        config(1),
        dataset=dataset_of_arrays(*rows(X, BINARY)),
        model=PLAIN(),
        callbacks=[Odd(), EpochStream(sent.append)],
    )
    trainer.fit()
    assert set(sent[0].logs) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert trainer.history[0]["text"] == "hello"


def open_ended(*middle: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), *middle])


@pytest.mark.parametrize(
    ("model", "targets", "words"),
    [
        (lambda: open_ended(layers.Dense(1)), BINARY, ("sigmoid", "linear", "logits", "output_activation")),
        (lambda: open_ended(layers.Dense(3)), CLASSES, ("softmax", "linear", "logits")),
        (lambda: open_ended(layers.Dense(2, "softmax")), CLASSES, ("3 output units", "has 2 output units")),
        (lambda: open_ended(layers.Dense(2, "softmax")), BINARY, ("1 output unit", 'output_activation="softmax"')),
        (lambda: open_ended(layers.Dense(1, "sigmoid")), NUMBERS, ("regression", "any number", "linear")),
        (lambda: open_ended(layers.Dense(3, "softmax")), ONE_HOT, ("3 columns", "categorical_crossentropy")),
        (Subclassed, NUMBERS, ("regression", "linear", "sigmoid")),
    ],
)
def test_a_model_without_a_loss_is_compiled_only_where_its_end_fits(
    model: Make, targets: np.ndarray, words: tuple[str, ...]
) -> None:
    with pytest.raises(CannotTrain) as caught:
        Trainer(config(), dataset=dataset_of_arrays(*rows(X, targets)), model=model())
    assert isinstance(caught.value, DescentError)
    for word in (*words, "compile the model" if "columns" not in words[0] else "Compile the model"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("model", "targets", "loss"),
    [
        (lambda: open_ended(layers.Dense(1, "sigmoid")), BINARY, "binary_crossentropy"),
        (lambda: open_ended(layers.Dense(3), layers.Softmax()), CLASSES, "sparse_categorical_crossentropy"),
        (lambda: open_ended(layers.Dense(1)), NUMBERS, "mean_squared_error"),
        (Subclassed, BINARY, "binary_crossentropy"),
    ],
)
def test_a_model_without_a_loss_gets_the_one_of_its_task(model: Make, targets: np.ndarray, loss: str) -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, targets)), model=model())
    assert trainer.model.loss.name == loss
    assert len(trainer.fit()) == 3


def test_logits_are_compiled_as_logits_where_the_configuration_says_so() -> None:
    wanted = config().model_copy(update={"model": config().model.model_copy(update={"output_activation": "linear"})})
    trainer = Trainer(wanted, dataset=dataset_of_arrays(*rows(X, BINARY)), model=open_ended(layers.Dense(1)))
    outputs = trainer.predict(X[:20])[:, 0].astype(np.float64)
    expected = np.mean(np.log1p(np.exp(-outputs * (2 * BINARY[:20] - 1))))
    assert trainer.model.evaluate(X[:20], BINARY[:20], verbose=0)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("make", "targets", "words"),
    [
        (network(end=(2, "softmax"), loss=THREE["loss"]), CLASSES, "class 2. Give its last layer 3 units"),
        (network(**ONE_HOT_THREE), CLASSES, "sparse_categorical_crossentropy"),
        (network(end=(2, "linear"), loss="mse"), ONE_HOT, r"targets of the shape \(rows, 3\)"),
    ],
)
def test_targets_that_do_not_fit_are_refused_in_words(make: Make, targets: np.ndarray, words: str) -> None:
    """Where `fit` ends in an error of TensorFlow's graph."""
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        by_fit(make, rows(X, targets), [], 1, 16)
    with pytest.raises(CannotTrain, match=words):
        by_trainer(make, rows(X, targets), [], 1, 16)


def test_a_model_of_several_inputs_is_refused_in_words() -> None:
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], layers.Dense(1)(layers.Add()([one, two])))
    with pytest.raises(CannotTrain, match="2 inputs"):
        Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=model)


@pytest.mark.parametrize("dataset", [(X, BINARY), iter([]), tf.data.Dataset.range(3)])
def test_what_is_no_data_set_is_refused_in_words(dataset: Any) -> None:
    with pytest.raises(CannotTrain, match="dataset_of_arrays"):
        Trainer(config(), dataset=dataset, model=PLAIN())


def test_a_rate_that_follows_a_schedule_cannot_be_set() -> None:
    make, data = MODELS["schedule"]
    trainer = Trainer(config(), dataset=dataset_of_arrays(*data), model=make())
    with pytest.raises(CannotTrain, match="follows ExponentialDecay"):
        trainer.learning_rate = 0.1


def test_a_configured_network_fits_the_arrays_it_is_given() -> None:
    for targets, units in ((CLASSES, 3), (NUMBERS, 1), (BINARY, 1)):
        trainer = Trainer(config(1), dataset=dataset_of_arrays(*rows(X, targets)))
        assert trainer.model.output_shape == (None, units)
        assert len(trainer.fit()) == 1
    with pytest.raises(CannotTrain, match="model="):
        Trainer(config(), dataset=dataset_of_arrays(*rows(IMAGES, BINARY)))
