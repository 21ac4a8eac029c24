"""Keras callbacks in `Trainer`: the same effect as in `model.fit`. Those between batches are in `test_like_fit.py`."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from core import ExperimentConfig, Trainer
from core.training import EpochEnd, EpochStream, ProgramCache
from core.training.callbacks import needs_batches
from core.training.interruption import interrupt
from tests.core.fit_reference import assert_learned, assert_same_logs, assert_same_weights, fit, small

EIGHT = {"epochs": 8}


class Recorder(keras.callbacks.Callback):
    """Every hook that is called, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.calls.append(("train begins",))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(("epoch begins", epoch))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(("epoch ends", epoch, sorted(logs)))

    def on_train_end(self, logs: Any = None) -> None:
        self.calls.append(("train ends", sorted(logs)))


def both(
    config: ExperimentConfig, make: Callable[[Path], keras.callbacks.Callback], folder: Path, programs: ProgramCache
) -> tuple[Trainer, keras.Model, list[dict[str, float]], Any, Any]:
    """Train with a callback in `Trainer` and another in `fit`, and check that both gave the same network."""
    (folder / "trainer").mkdir()
    (folder / "fit").mkdir()
    ours, theirs = make(folder / "trainer"), make(folder / "fit")
    trainer = Trainer(config, shuffle=False, callbacks=[ours], programs=programs)
    trainer.fit()
    model, logs = fit(config, callbacks=[theirs])
    logs = [{name: log[name] for name in trainer.log_names} for log in logs]
    assert_same_weights(trainer.model, model)
    assert_same_logs([{name: log[name] for name in trainer.log_names} for log in trainer.history], logs)
    return trainer, model, logs, ours, theirs


def test_hooks_come_in_the_order_of_fit(tmp_path: Path, programs: ProgramCache) -> None:
    *_, ours, theirs = both(small(), lambda _: Recorder(), tmp_path, programs)
    assert ours.calls == theirs.calls
    assert [call[0] for call in ours.calls] == [
        "train begins",
        *["epoch begins", "epoch ends"] * 3,
        "train ends",
    ]


def test_a_callback_knows_the_model_and_the_number_of_epochs(programs: ProgramCache) -> None:
    recorder = Recorder()
    trainer = Trainer(small(), callbacks=[recorder], programs=programs)
    trainer.advance()
    assert recorder.model is trainer.model
    assert recorder.params["epochs"] == 3


def test_training_begins_with_the_first_epoch_and_ends_once(programs: ProgramCache) -> None:
    recorder = Recorder()
    trainer = Trainer(small(), callbacks=[recorder], programs=programs)
    assert recorder.calls == []
    for _ in range(5):
        trainer.advance()
    names = [call[0] for call in recorder.calls]
    assert names.count("train begins") == names.count("train ends") == 1
    assert (names[0], names[-1]) == ("train begins", "train ends")


def test_an_extended_run_begins_and_ends_again(programs: ProgramCache) -> None:
    recorder = Recorder()
    trainer = Trainer(small(), callbacks=[recorder], programs=programs)
    trainer.fit()
    trainer.extend(2)
    trainer.fit()
    names = [call[0] for call in recorder.calls]
    assert names.count("train begins") == names.count("train ends") == 2
    assert [call[1] for call in recorder.calls if call[0] == "epoch ends"] == [0, 1, 2, 3, 4]


def test_a_run_extended_before_its_end_does_not_begin_twice(programs: ProgramCache) -> None:
    """A `CSVLogger` would empty its file."""
    recorder = Recorder()
    trainer = Trainer(small(), callbacks=[recorder], programs=programs)
    trainer.advance(2)
    trainer.extend(4)
    trainer.fit()
    names = [call[0] for call in recorder.calls]
    assert trainer.epoch == 6
    assert names.count("train begins") == names.count("train ends") == 1


def test_early_stopping_stops_at_the_epoch_of_fit(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"epochs": 40, "learning_rate": 1.0})
    trainer, _, logs, ours, theirs = both(
        config, lambda _: keras.callbacks.EarlyStopping("val_loss", patience=2), tmp_path, programs
    )
    assert 2 < len(logs) == trainer.epoch < 40
    assert ours.stopped_epoch == theirs.stopped_epoch > 0
    assert trainer.finished
    assert trainer.failure is None


def test_early_stopping_restores_the_best_weights(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"epochs": 40, "learning_rate": 1.0})
    trainer, *_, ours, theirs = both(
        config, lambda _: keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True), tmp_path, programs
    )
    assert ours.best_epoch == theirs.best_epoch < trainer.epoch - 1
    best = Trainer(config, shuffle=False, programs=programs)
    best.advance(ours.best_epoch + 1)
    assert_same_weights(trainer.model, best.model, tolerance=0)


@pytest.mark.parametrize(
    "early_stopping",
    [
        {"patience": 2},
        {"patience": 3, "monitor": "loss", "min_delta": 0.05, "restore_best_weights": True},
    ],
)
def test_early_stopping_of_the_configuration_is_keras_early_stopping(
    early_stopping: dict[str, Any], programs: ProgramCache
) -> None:
    config = small(training={"epochs": 40, "learning_rate": 1.0, "early_stopping": early_stopping})
    trainer = Trainer(config, shuffle=False, programs=programs)
    history = trainer.fit()
    settings = {"monitor": "val_loss", **early_stopping}
    model, logs = fit(config, callbacks=[keras.callbacks.EarlyStopping(mode="min", **settings)])
    assert 2 < len(history) < 40
    assert_same_logs(history, logs)
    assert_same_weights(trainer.model, model)


@pytest.mark.parametrize("patience", range(1, 9))
def test_a_run_stopped_among_fused_epochs_has_the_weights_of_its_last_epoch(
    patience: int, programs: ProgramCache
) -> None:
    config = small(training={"epochs": 200, "learning_rate": 1.0, "early_stopping": patience})
    fused = Trainer(config, programs=programs)
    single = Trainer(
        config, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: None)], programs=programs
    )
    assert fused.fit() == single.fit()
    assert 1 < fused.epoch < 200
    assert_same_weights(fused.model, single.model, tolerance=0)
    for trainer in (fused, single):
        trainer.extend(3)
    assert fused.fit() == single.fit()
    assert_same_weights(fused.model, single.model, tolerance=0)


class StopAfterFour(keras.callbacks.Callback):
    """Reads logs only, and ends the run; `then` is called at that moment."""

    needs_weights = False

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._then = then

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        if epoch == 3:
            self.model.stop_training = True
            self._then()


def test_any_callback_that_reads_logs_only_may_stop_among_fused_epochs(programs: ProgramCache) -> None:
    config = small(training={"epochs": 40})
    trainer = Trainer(config, callbacks=[StopAfterFour()], programs=programs)
    reference = Trainer(config, programs=programs)
    assert trainer.fit() == reference.advance(4)
    assert_same_weights(trainer.model, reference.model, tolerance=0)


def test_a_listener_that_stops_the_run_stops_it_after_the_epochs_of_its_call(programs: ProgramCache) -> None:
    """A stream only listens: it may hear of an epoch when later ones are over."""
    config = small(training={"epochs": 400})
    trainer = Trainer(
        config, callbacks=[EpochStream(lambda _: setattr(trainer.model, "stop_training", True))], programs=programs
    )
    trainer.fit()
    reference = Trainer(config, programs=programs)
    assert 1 <= trainer.epoch < 400
    assert trainer.history == reference.advance(trainer.epoch)
    assert_same_weights(trainer.model, reference.model, tolerance=0)


def test_an_interruption_while_it_goes_back_leaves_no_run_between_two_epochs(programs: ProgramCache) -> None:
    config = small(training={"epochs": 40})
    reference = Trainer(config, programs=programs)
    reference.advance(4)
    trainer = Trainer(config, callbacks=[StopAfterFour(then=interrupt)], programs=programs)  # Pause, at that moment
    try:
        trainer.fit()
        assert trainer.epoch == 4
        assert_same_weights(trainer.model, reference.model, tolerance=0)
        assert reference.advance() == [], "what was held off comes into force afterwards"
    finally:
        interrupt(False)


def test_without_early_stopping_all_epochs_are_done(programs: ProgramCache) -> None:
    trainer = Trainer(small(training={"epochs": 40, "learning_rate": 1.0}), shuffle=False, programs=programs)
    assert len(trainer.fit()) == 40


def test_a_resumed_run_stops_early_where_an_unbroken_one_does(programs: ProgramCache) -> None:
    config = small(training={"epochs": 40, "learning_rate": 1.0, "early_stopping": 3})
    whole = Trainer(config, shuffle=False, programs=programs)
    stopped = len(whole.fit())
    assert 4 < stopped < 40
    broken = Trainer(config, shuffle=False, programs=programs)
    broken.advance(stopped - 1)
    resumed = Trainer(config, shuffle=False, programs=programs)
    resumed.restore(broken.state(), broken.history)
    assert resumed.fit() == whole.history


def test_reduce_lr_on_plateau_lowers_the_rate(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"epochs": 12, "learning_rate": 1.0})
    trainer, model, *_ = both(
        config, lambda _: keras.callbacks.ReduceLROnPlateau(factor=0.2, patience=1, cooldown=1), tmp_path, programs
    )
    assert trainer.learning_rate == pytest.approx(float(np.asarray(model.optimizer.learning_rate)))
    assert trainer.learning_rate < 0.5


def test_a_learning_rate_scheduler_sets_the_rate_of_its_epoch(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"optimizer": "sgd", **EIGHT})
    trainer, *_ = both(
        config, lambda _: keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7), tmp_path, programs
    )
    assert trainer.learning_rate == pytest.approx(0.05 * 0.7**8)


def test_a_csv_logger_writes_the_rows_of_fit(tmp_path: Path, programs: ProgramCache) -> None:
    trainer, *_ = both(small(), lambda folder: keras.callbacks.CSVLogger(folder / "log.csv"), tmp_path, programs)
    ours, theirs = (
        list(csv.DictReader((tmp_path / who / "log.csv").read_text().splitlines())) for who in ("trainer", "fit")
    )
    assert [row["epoch"] for row in ours] == [row["epoch"] for row in theirs] == ["0", "1", "2"]
    assert set(ours[0]) == set(theirs[0])
    assert [{name: float(row[name]) for name in trainer.log_names} for row in ours] == trainer.history


def test_a_checkpoint_holds_the_weights_of_its_epoch(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"epochs": 4})
    trainer, model, *_ = both(
        config,
        lambda folder: keras.callbacks.ModelCheckpoint(
            folder / "{epoch}.weights.h5", save_weights_only=True, save_freq="epoch"
        ),
        tmp_path,
        programs,
    )
    stepwise = Trainer(config, shuffle=False, programs=programs)
    for epoch in range(1, 5):
        stepwise.advance()
        trainer.model.load_weights(tmp_path / "trainer" / f"{epoch}.weights.h5")
        assert_same_weights(trainer.model, stepwise.model, tolerance=0)
        model.load_weights(tmp_path / "fit" / f"{epoch}.weights.h5")
        assert_same_weights(trainer.model, model)


def test_a_checkpoint_of_the_best_epoch_is_that_of_fit(tmp_path: Path, programs: ProgramCache) -> None:
    config = small(training={"epochs": 10, "learning_rate": 1.0})
    both(
        config,
        lambda folder: keras.callbacks.ModelCheckpoint(folder / "best.keras", save_best_only=True),
        tmp_path,
        programs,
    )
    ours, theirs = (keras.models.load_model(tmp_path / who / "best.keras") for who in ("trainer", "fit"))
    assert_same_weights(ours, theirs)


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for part in ("train", "validation"):
        events = EventAccumulator(str(folder / part), size_guidance={"tensors": 0}).Reload()
        for tag in events.Tags()["tensors"]:
            if tag.startswith("epoch_"):
                found[f"{part} {tag}"] = [
                    (event.step, float(np.frombuffer(event.tensor_proto.tensor_content, np.float32)[0]))
                    for event in events.Tensors(tag)
                ]
    return found


def test_tensorboard_receives_every_epoch(tmp_path: Path, programs: ProgramCache) -> None:
    trainer, *_ = both(
        small(), lambda folder: keras.callbacks.TensorBoard(str(folder), update_freq="epoch"), tmp_path, programs
    )
    ours, theirs = scalars(tmp_path / "trainer"), scalars(tmp_path / "fit")
    assert ours.keys() == theirs.keys()
    for part, prefix in (("train", ""), ("validation", "val_")):
        for name in ("loss", "accuracy"):
            steps, values = zip(*ours[f"{part} epoch_{name}"], strict=True)
            assert steps == tuple(range(len(trainer.history)))
            assert values == pytest.approx([logs[prefix + name] for logs in trainer.history])


def test_a_lambda_callback_with_epoch_hooks_sees_each_epoch(tmp_path: Path, programs: ProgramCache) -> None:
    seen: dict[str, list[Any]] = {"trainer": [], "fit": []}
    both(
        small(),
        lambda folder: keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: seen[folder.name].append(epoch),
            on_epoch_end=lambda epoch, logs: seen[folder.name].append((epoch, round(logs["val_loss"], 4))),
        ),
        tmp_path,
        programs,
    )
    assert len(seen["trainer"]) == 6
    assert seen["trainer"] == seen["fit"]


def test_epoch_stream_sends_the_same_in_trainer_and_fit(tmp_path: Path, programs: ProgramCache) -> None:
    sent: dict[str, list[EpochEnd]] = {"trainer": [], "fit": []}
    trainer, *_ = both(
        small(training={"epochs": 12}), lambda folder: EpochStream(sent[folder.name].append), tmp_path, programs
    )
    assert [event.epoch for event in sent["trainer"]] == list(range(1, 13))
    assert [event.logs for event in sent["trainer"]] == trainer.history
    assert [event.epoch for event in sent["fit"]] == list(range(1, 13))
    assert_same_logs([event.logs for event in sent["trainer"]], [event.logs for event in sent["fit"]])
    assert {type(value) for event in sent["fit"] for value in event.logs.values()} == {float}


def test_what_was_sent_does_not_change_afterwards(programs: ProgramCache) -> None:
    sent: list[EpochEnd] = []
    trainer = Trainer(small(), callbacks=[EpochStream(sent.append)], programs=programs)
    trainer.fit()
    trainer.history[0]["loss"] = -1.0
    assert sent[0].logs["loss"] > 0


def test_a_callback_can_stop_the_run(tmp_path: Path, programs: ProgramCache) -> None:
    class StopAfterThird(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                self.model.stop_training = True

    trainer, _, logs, *_ = both(small(training=EIGHT), lambda _: StopAfterThird(), tmp_path, programs)
    assert len(logs) == trainer.epoch == 3
    assert trainer.finished
    assert trainer.advance() == []
    trainer.extend(1)
    assert len(trainer.advance()) == 1


def test_every_callback_sees_the_weights_of_its_epoch(tmp_path: Path, programs: ProgramCache) -> None:
    class Weights(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.by_epoch: list[np.ndarray] = []

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.by_epoch.append(np.concatenate([value.ravel() for value in self.model.get_weights()]))

    *_, ours, theirs = both(small(training=EIGHT), lambda _: Weights(), tmp_path, programs)
    np.testing.assert_allclose(ours.by_epoch, theirs.by_epoch, rtol=0, atol=1e-6)
    assert not np.allclose(ours.by_epoch[0], ours.by_epoch[1])


class AfterTesting(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def on_test_end(self, logs: Any = None) -> None:
        self.calls += 1


def test_a_callback_that_waits_for_testing_is_called(programs: ProgramCache) -> None:
    callback = AfterTesting()
    Trainer(small(), callbacks=[callback], programs=programs).fit()
    assert callback.calls == 3


def test_a_run_by_batches_leaves_shared_programs_alone(programs: ProgramCache) -> None:
    config = small()
    trainer = Trainer(config, programs=programs)
    trainer.advance()
    by_batches = Trainer(config, callbacks=[AfterTesting()], programs=programs)
    assert by_batches.model is not trainer.model
    by_batches.fit()
    trainer.fit()
    assert trainer.history == Trainer(config, programs=programs).fit()
    assert_learned(trainer)


@pytest.mark.parametrize(
    ("make", "by_batch"),
    [
        (lambda folder: keras.callbacks.ModelCheckpoint(folder / "model.keras"), False),
        (lambda folder: keras.callbacks.ModelCheckpoint(folder / "model.keras", save_freq=5), True),
        (lambda folder: keras.callbacks.BackupAndRestore(folder), False),
        (lambda folder: keras.callbacks.TensorBoard(str(folder)), False),
        (lambda folder: keras.callbacks.TensorBoard(str(folder), profile_batch=2), True),
        (lambda folder: keras.callbacks.TerminateOnNaN(), True),
        (lambda folder: keras.callbacks.EarlyStopping(), False),
        (lambda folder: keras.callbacks.ReduceLROnPlateau(), False),
    ],
)
def test_only_what_works_between_batches_costs_the_compiled_epoch(
    make: Callable[[Path], keras.callbacks.Callback], by_batch: bool, tmp_path: Path
) -> None:
    assert needs_batches(make(tmp_path)) == by_batch
