"""Which program has a run's variables: the graph's, XLA's or the one batch by batch, and whose turn it is on it.

A program is one Keras model and its functions, and runs of the same architecture take turns on it. `Trainer` asks here
for the program whenever it needs one, and knows neither the paths nor the other runs.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import CannotTrain
from core.experiment.architecture import architecture
from core.experiment.config import ExperimentConfig
from core.models import build_model
from core.runtime.backend import keras
from core.training import one_call, own_model
from core.training.arrays import Arrays
from core.training.batch_program import BatchProgram
from core.training.callbacks import Hooks
from core.training.compiling import compile_model
from core.training.paths import fast_from, fast_from_of_model
from core.training.program import TEST_BATCH, EpochProgram
from core.training.programs import ProgramCache
from core.training.xla_program import XlaProgram
from core.words import Said

#: What trains an epoch.
Program = EpochProgram | BatchProgram

_log = logging.getLogger(__name__)


class ProgramLease:
    """A run's hold on the programs that train it.

    Args:
        model: a model of the user's own to train instead of the configured one. Nobody shares it.
        programs: where programs are shared with other runs of this process.
        hooks: the run's; where they need batches, the run trains batch by batch on a model of its own.
        moved: called with the new model when another program takes the run over.
    """

    def __init__(
        self,
        config: ExperimentConfig,
        dataset: Dataset,
        arrays: Arrays,
        *,
        model: keras.Model | None,
        programs: ProgramCache | None,
        hooks: Hooks,
        moved: Callable[[keras.Model], None],
    ) -> None:
        self._config = config
        self._dataset = dataset
        self._arrays = arrays
        self._moved = moved
        self._hooks = hooks
        # Our own data sets are finite and so are their losses, unless the weights run away.
        finite = arrays.has_watched_rows and bool(np.isfinite(arrays.watched).all())
        self._lenient = model is not None or not finite
        # Programs that judge rows of one kind and of two are told apart by the configuration, as those that weigh rows.
        fits = dataset.has_validation_rows == bool(config.dataset.validation_fraction)
        fits = fits and (dataset.train_weights is not None) == config.dataset.weighs_classes
        self._cache = programs if fits and model is None and not hooks.need_batches else None
        self._change_at: int | None = None
        self._graph: Program
        if model is not None:
            self._graph = self._program_of(own_model.prepare(model, config, dataset, arrays))
        elif hooks.need_batches:
            self._graph = self._program_of(self._new_model())
        else:
            self._change_at = fast_from(config, rows=len(dataset.x_train))
            self._graph = self._make() if self._cache is None else self._cache.get(self._key(), self._make)
        self._fast: XlaProgram | None = None
        self._program: Program = self._graph
        #: The run's variables and its `stop_training`, while another run holds the program.
        self._parked: Sequence[Any] | None = None
        self._stopped = False

    def hold(self) -> Program:
        """The program with this run's variables in its model. Those of a run that used it since are put aside."""
        program = self._program
        owner = program.owner() if program.owner else None
        if owner is self:
            return program
        if owner is not None:
            owner._parked = program.state()
            owner._stopped = bool(program.model.stop_training)
        if self._parked is not None:
            program.load(self._parked)
            self._parked = None
        program.model.stop_training, self._stopped = self._stopped, False
        program.owner = weakref.ref(self)
        return program

    @property
    def graph(self) -> Program:
        """The program of the graph path, whoever holds it now. Its variables have the same order as XLA's."""
        return self._graph

    def take_path_of(self, epoch: int) -> bool:
        """Have the right program hold the run for an epoch (from 0).

        Returns:
            False while that program is being compiled: the epoch has to wait for it.
        """
        if not self._is_fast(epoch):
            if epoch > 0:
                self.prepare_fast_path()  # compiles behind the first points
            self._move_to(self._graph)
            return True
        fast = self._find_fast()
        if fast is None and self._change_at is not None:
            return False
        self._move_to(fast or self._graph)  # the graph's, where XLA cannot compile the network
        return True

    def back_to_graph(self) -> None:
        """Have the graph path's program hold the run, as before its first epoch."""
        self._move_to(self._graph)

    def epochs_at_once(self, epoch: int) -> int:
        """How many epochs, from one on, may share a call: at most until the path changes."""
        most = self._program.epochs_per_call
        return most if self._change_at is None or self._is_fast(epoch) else min(most, self._change_at - epoch)

    def prepare_fast_path(self) -> None:
        """Start compiling for XLA in the background, where the run will need it. Nothing where it is alone."""
        if self._cache is not None and self._change_at is not None:
            self._find_fast()

    def is_compiling(self, epoch: int) -> bool:
        """Whether an epoch (from 0) waits for XLA, which a `ProgramCache` compiles in the background."""
        waits = self._cache is not None and self._is_fast(epoch) and self._find_fast() is None
        return waits and self._change_at is not None

    def _is_fast(self, epoch: int) -> bool:
        """Whether an epoch belongs to XLA: decided by its number, unless XLA cannot compile the network."""
        return self._change_at is not None and epoch >= self._change_at

    def _move_to(self, program: Program) -> None:
        """Have another program hold the run, with its variables as they are."""
        before = self.hold()
        if program is before:
            return
        before.owner, self._program = None, program
        if program.model is before.model:  # alone: its variables are there already
            self.hold()
            return
        state = before.state()
        self.hold().load(state)
        self._moved(program.model)

    def _find_fast(self) -> XlaProgram | None:
        """The XLA program, None while it is being compiled in the background.

        Where XLA cannot compile the network (a loss of the user's own may hold what it does not know), the run gives
        that path up and stays on the graph.
        """
        if self._fast is None and self._change_at is not None:
            try:
                if self._cache is not None:
                    self._fast = self._cache.get_fast(
                        self._key(),
                        self._arrays,
                        self._config.training.batch_size,
                        self._new_model,
                        lenient=self._lenient,
                    )
                else:
                    self._fast = self._compile_alone()
            except Exception as error:  # of any kind, from within the compiler
                _log.warning("XLA cannot compile this network, which trains on without it: %s", error)
                self._change_at = None
        return self._fast

    def _compile_alone(self) -> XlaProgram:
        """XLA for the same model and variables, compiled here and now."""
        fast = XlaProgram(
            self.hold().model, self._arrays, batch_size=self._config.training.batch_size, lenient=self._lenient
        )
        fast.prepare(self._arrays)
        return fast

    def _key(self) -> Hashable:
        """Under which the programs of this network are shared. Trained on rows that are not its configuration's, it may
        have another number of inputs, or of classes, or nothing to watch.
        """
        config, dataset = self._config, self._dataset
        rows = (*dataset.x_train.shape[1:], dataset.blocks, own_model.output_for(config, dataset))
        own = (len(config.dataset.feature_names), config.dataset.input_blocks, config.output)
        return (
            architecture(config) if rows == own and not self._lenient else (architecture(config), *rows, self._lenient)
        )

    def _make(self) -> EpochProgram:
        return EpochProgram(self._new_model(), self._arrays, lenient=self._lenient)

    def _program_of(self, model: keras.Model) -> Program:
        """What trains a model that nobody shares: whole epochs in one call where that gives the results of `fit`."""
        own_model.build_metrics(model, self._arrays)
        if not self._hooks.need_batches and one_call.fits_one_call(model, self._arrays):
            variables = [(variable, np.array(variable)) for variable in model.variables]
            try:
                by_row = one_call.judges_by_row(model)
                program = EpochProgram(
                    model, self._arrays, test_batch=TEST_BATCH if by_row else None, lenient=self._lenient
                )
                program.prepare(self._arrays)
            except Exception as error:  # of any kind: code that a graph's loop does not allow
                _log.info("This model is trained batch by batch: %s", error)
            else:
                if by_row:  # XLA judges all rows at once
                    self._change_at = fast_from_of_model(model, self._config, rows=len(self._dataset.x_train))
                return program
            finally:
                for variable, value in variables:  # building judged a row, and a layer may count its calls
                    variable.assign(value)
        return self._by_batch(model)

    def _by_batch(self, model: keras.Model) -> BatchProgram:
        batch_size = self._config.training.batch_size
        return BatchProgram(model, self._arrays, batch_size=batch_size, hooks=self._hooks, lenient=self._lenient)

    def _new_model(self) -> keras.Model:
        config, dataset = self._config, self._dataset
        if dataset.x_train.ndim != 2:
            raise CannotTrain(
                Said(
                    "The configured network takes rows of features, and a row here has the shape {shape}. Flatten the "
                    "rows, or give Trainer a model= that takes them.",
                    {"shape": str(dataset.x_train.shape[1:])},
                )
            )
        output = own_model.output_for(config, dataset)
        model = build_model(config.model, dataset, seed=config.seed, output=output)
        compile_model(model, config, output)
        return model
