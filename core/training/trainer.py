"""`Trainer`: the training loop, epoch by epoch, with Keras callbacks.

    begin → [ shuffle · one epoch · finite? · callbacks · stop? ]* → end

The epoch itself is one compiled call in `core/training/program.py`, or goes batch by batch in
`core/training/batch_program.py` where a callback or a model of one's own needs that; `core/training/lease.py` says
which program trains it. What is done with the network between two epochs is in `core/training/leased_network.py`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable

import numpy as np

from core.datasets import Dataset, load_dataset
from core.errors import CannotTrain, NotFiniteLoss
from core.experiment.config import ExperimentConfig
from core.models import reset_weights
from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.batch_program import BatchProgram
from core.training.callbacks import Hooks, Logs, as_list, may_fuse, may_stop
from core.training.divergence import diverged
from core.training.early_stopping import early_stopping, memory_of, recall
from core.training.interruption import uninterrupted
from core.training.lease import ProgramLease
from core.training.leased_network import LeasedNetwork
from core.training.misfits import checked_dataset, misfit
from core.training.orders import RowOrders
from core.training.program import EPOCHS_PER_CALL, MAPS_PER_CALL
from core.training.programs import ProgramCache
from core.training.state import StoppingMemory, TrainingState

_log = logging.getLogger(__name__)


class Trainer(LeasedNetwork):
    """Trains a Keras model on a data set, as `config` says.

    Same configuration and seed give the same weights bit for bit on one machine, however the epochs are divided
    into calls: the rows of epoch e (from 0) are shuffled with `numpy.random.default_rng([seed, e])`.

    Args:
        dataset: loaded from the configuration where left out.
        callbacks: any Keras callbacks, as `fit` takes them. `on_train_begin` comes with the first epoch, `on_train_end`
            after the last. One that works between batches has the run train batch by batch, as `fit` does.
        model: any Keras model of yours with one input to train instead of the configured one; a compiled one keeps its
            loss, optimizer and metrics, another is compiled as the configuration says.
        shuffle: False keeps the rows in the data set's order, as `model.fit(shuffle=False)` does.
        programs: shares compiled functions with other trainers of this process.

    Attributes:
        history: the logs of every epoch so far.
        epoch: number of completed epochs.
        epochs: the number after which the run ends.
        failure: why the run ended early, where the loss was no longer finite; the model then has the weights of the
            last finite epoch.

    Raises:
        CannotTrain: the model does not fit the rows.

    >>> trainer = Trainer(ExperimentConfig())
    >>> logs = trainer.advance(epochs=10)       # [{"loss": …, "accuracy": …, "val_loss": …, "val_accuracy": …}, …]
    >>> history = trainer.fit()                 # the rest
    """

    def __init__(
        self,
        config: ExperimentConfig,
        *,
        dataset: Dataset | None = None,
        callbacks: Iterable[keras.callbacks.Callback] | keras.callbacks.Callback | None = (),
        model: keras.Model | None = None,
        shuffle: bool = True,
        programs: ProgramCache | None = None,
    ) -> None:
        self._early_stopping = early_stopping(config)
        callbacks = [*as_list(callbacks), *self._early_stopping]
        self.config = config
        self.dataset = (
            checked_dataset(dataset) if dataset is not None else load_dataset(config.dataset, seed=config.seed)
        )
        self.history: list[Logs] = []
        self.epoch = 0
        self.epochs = config.training.epochs
        self.failure: NotFiniteLoss | None = None
        self._last_logs: Logs | None = None
        self._batch_size = config.training.batch_size
        self._shuffle = shuffle
        self._orders = RowOrders(len(self.dataset.x_train), seed=config.seed, shuffle=shuffle)
        self._is_own_model = model is not None
        rows = self.dataset
        self._arrays = Arrays.of(
            *(rows.x_train, rows.y_train, rows.x_test, rows.y_test, rows.x_validation, rows.y_validation),
            train_weights=rows.train_weights,
        )
        # A model of one's own gets its `model.history`, as from `fit`.
        self._callbacks = keras.callbacks.CallbackList(callbacks, add_history=model is not None)
        self._hooks = Hooks(self._callbacks.callbacks)
        # A bound method of the callbacks and not of ours: the lease must not keep us alive.
        moved = self._callbacks.set_model
        lease = ProgramLease(
            config, self.dataset, self._arrays, model=model, programs=programs, hooks=self._hooks, moved=moved
        )
        super().__init__(lease)
        self._initial_epoch = self.model._initial_epoch
        self._begun = self._ended = False
        self._may_fuse = all(map(may_fuse, callbacks))
        self._may_stop = any(map(may_stop, callbacks))
        self._set_params()
        self._callbacks.set_model(self.model)
        if model is None:
            self.reset()

    def advance(self, epochs: int = 1) -> list[Logs]:
        """Train for at most `epochs` epochs more; fewer where the run ends first, or with `programs` waits for XLA
        (`is_compiling`).

        Returns:
            The logs of the epochs done now.
        """
        first = len(self.history)
        self._advance(epochs, self._run)
        return self.history[first:]

    def advance_with_maps(self, grid: np.ndarray, epochs: int = 1) -> tuple[list[Logs], np.ndarray]:
        """As `advance`, and what the network outputs on a grid after each epoch, for pictures of its way.

        Args:
            grid: (rows, features) float32 network inputs.

        Returns:
            The logs of the epochs done now, and maps (epochs, rows, units) float32.
        """
        first, points = len(self.history), tf.convert_to_tensor(np.asarray(grid, np.float32))
        maps: list[np.ndarray] = []

        def run(orders: np.ndarray) -> tuple[list[Logs], bool]:
            rows, finite, drawn = self._program.train_with_maps(self._arrays, orders, self._batch_size, points)
            maps.append(drawn)
            return rows, finite

        self._advance(epochs, run, at_once=MAPS_PER_CALL)
        history = self.history[first:]
        none = np.empty((0, len(grid), *self._program.model.output_shape[1:]), np.float32)
        # Where early stopping ended the run among fused epochs, there are maps of epochs that never were.
        return history, np.concatenate([none, *maps])[: len(history)]

    def _run(self, orders: np.ndarray) -> tuple[list[Logs], bool]:
        try:
            return self._program.train(self._arrays, orders, self._batch_size)
        except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
            reason = misfit(self.model, self._arrays) if self._is_own_model else None
            if reason is None:
                raise
            raise CannotTrain(reason) from error

    def _advance(
        self, epochs: int, run: Callable[[np.ndarray], tuple[list[Logs], bool]], *, at_once: int = EPOCHS_PER_CALL
    ) -> None:
        """Train for at most `epochs` epochs, with `run` for those of one call, at most `at_once`."""
        begins = self._begin()
        until = min(self.epoch + epochs, self.epochs)
        while self.epoch < until and (begins or not self.finished) and self._lease.take_path_of(self.epoch):
            # Where no callback looks at the weights in between, several epochs share a call.
            fused = min(at_once, self._lease.epochs_at_once(self.epoch)) if self._may_fuse else 1
            count = min(fused, until - self.epoch)
            before = self._program.state() if count > 1 and self._may_stop else ()
            orders = self._orders.of(self.epoch, count)
            self._hooks.epoch_begin(self.epoch)
            if self._program.model.stop_training:
                orders, count, before = self._first_batch(orders), 1, ()
            rows, finite = run(orders)  # every batch, then the rows that are judged
            for index, logs in enumerate(rows):
                if index > 0:
                    self._hooks.epoch_begin(self.epoch)
                self._end_epoch(logs)
                if before and index + 1 < count and self._program.model.stop_training:
                    # The model has the weights of epochs that never were: go back, and train up to this one again.
                    self._program.load(before)
                    with uninterrupted():
                        self._run(orders[: index + 1])
                    break
            begins = False
            if self._program.model.stop_training:
                break
            if not finite:
                self.failure = diverged(
                    self.epoch + 1,
                    self.config,
                    self.dataset,
                    self.learning_rate,
                    shuffle=self._shuffle,
                    own_model=self._is_own_model,
                )
                _log.warning("%s", self.failure)
            elif len(rows) < count:
                break  # interrupted: the caller decides how to go on
        self._end_if_finished()

    def fit(self) -> list[Logs]:
        """Train the epochs that are left. Returns the logs of all epochs."""
        self.advance(self.epochs - self.epoch)
        return list(self.history)

    def extend(self, epochs: int) -> None:
        """Let a run go on for `epochs` epochs more from where it stands, also one that ended."""
        self.epochs = self.epoch + epochs
        self.failure = None
        self.model.stop_training = False
        if self._ended:
            self._begun = self._ended = False

    def reset(self) -> None:
        """Back to the initial weights, as if nothing had been trained; a model of yours, to those it came with."""
        self._lease.back_to_graph()
        self._program.load(self._program.initial_state)
        if not self._is_own_model:
            reset_weights(self.model, self.config.model, seed=self.config.seed, blocks=self.dataset.blocks)
            self.learning_rate = self.config.training.learning_rate
        self.model.stop_training = False
        self.history = []
        self.epoch = 0
        self.epochs = self.config.training.epochs
        self.failure = None
        self._begun = self._ended = False
        self.model._initial_epoch = self._initial_epoch

    @property
    def finished(self) -> bool:
        """All epochs done, stopped by a callback, or no longer finite."""
        return self.epoch >= self.epochs or self.failure is not None or bool(self._program.model.stop_training)

    @property
    def log_names(self) -> tuple[str, ...]:
        """Keys of the logs, such as loss, accuracy, val_loss, val_accuracy and, beside validation rows, test_loss and
        test_accuracy.
        """
        return self._lease.graph.names_for(self._arrays)

    def next_order(self) -> np.ndarray:
        """The training rows in the order in which the next epoch takes them. (training rows,) int32."""
        return self._orders.of(self.epoch)[0]

    def train_batches(self, rows: np.ndarray) -> None:
        """Train on some training rows, batch by batch, and count no epoch: for looking ahead, within `at`."""
        with uninterrupted():
            self._program.train_batches(self._arrays, rows, self._batch_size)
        self._program.model.reset_metrics()

    def warm_up(self) -> None:
        """Trace the graph without training, so that the first epoch starts at once. Changes nothing."""
        self._run(self._orders.of(self.epoch, 0))

    def prepare_fast_path(self) -> None:
        """Start compiling the XLA path in the background, where the run will take it. Changes nothing."""
        self._lease.prepare_fast_path()

    @property
    def is_compiling(self) -> bool:
        """Whether the next epoch waits for the XLA path, which a `ProgramCache` compiles in the background."""
        return self._lease.is_compiling(self.epoch)

    def state(self) -> TrainingState:
        """A copy of the run between two epochs, enough to go on bit for bit."""
        variables = tuple(np.array(value) for value in self._program.state())
        # Before the first epoch, and after `extend` of a run that had ended, early stopping begins anew.
        memory = memory_of if self._begun else lambda _: StoppingMemory()
        stopping = next(map(memory, self._early_stopping), None)
        return TrainingState(self.epoch, variables, stopping, has_ended=self._ended)

    def restore(self, state: TrainingState, history: Iterable[Logs] = ()) -> None:
        """Go on from a state that `state` gave, also in another process.

        Args:
            history: the logs up to that state. In states of earlier versions, which lack early stopping's memory, it
                counts its patience from them.

        Raises:
            ValueError: the state belongs to another architecture.
        """
        self._program.load(state.variables)
        self.epoch = state.epoch
        self.history = [dict(logs) for logs in history]
        self.failure = None
        self._begun = self._ended = False
        self._begin()
        for callback in self._early_stopping:
            if state.stopping is not None:
                recall(callback, state.stopping)
                continue
            for epoch, logs in enumerate(self.history):
                callback.on_epoch_end(epoch, dict(logs))
        self._program.model.stop_training = False
        self._ended = state.has_ended

    def _begin(self) -> bool:
        """Begin training where it has not begun. Returns whether it begins now."""
        if self._begun:
            return False
        self._begun, self._last_logs = True, None
        self._set_params()
        self._callbacks.on_train_begin()
        # Where a backup was restored.
        self.epoch = max(self.epoch, self.model._initial_epoch or 0)
        return True

    def _set_params(self) -> None:
        steps = math.ceil(len(self.dataset.x_train) / self._batch_size)
        self._callbacks.set_params({"verbose": 0, "epochs": self.epochs, "steps": steps})

    def _end_epoch(self, logs: Logs) -> None:
        self._last_logs = dict(logs)
        self.history.append(self._last_logs)
        self.epoch += 1
        self._ended = False  # also where it goes on from the state of a run that had ended
        self._hooks.epoch_end(self.epoch - 1, logs)
        # A scheduler adds the learning rate, as in `fit`.
        self.history[-1] = dict(logs)

    def _end_if_finished(self) -> None:
        if self.finished and not self._ended:
            self._ended = True
            self._program.finalize()
            self._callbacks.on_train_end(self._last_logs)

    def _first_batch(self, orders: np.ndarray) -> np.ndarray:
        """A callback stops the run before the epoch's first batch, which is still trained then, as in `fit`."""
        if not isinstance(self._program, BatchProgram):
            self._lease.back_to_graph()  # XLA has fixed shapes
            orders = orders[:, : self._batch_size * self.model.steps_per_execution]
        return orders[:1]
