"""Networks on patients whose causes are known, each explained by every method of `RANKINGS`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets.arrays import dataset_of_arrays
from core.experiment.config import ExperimentConfig
from core.explanation.rankings import RANKINGS, Explained
from core.explanation.truth import TEST_ROWS, TRAINING_ROWS, draw_patients
from core.runtime.backend import tf
from core.training import ProgramCache, Trainer

#: Seconds between two looks at whether XLA has compiled the network.
_LOOK = 0.02


@dataclass(frozen=True)
class Trial:
    """One seed: other patients, other weights.

    Attributes:
        accuracy: share of the test rows whose class is predicted.
        importance: (inputs,) by method, in the order of the columns.
    """

    accuracy: float
    importance: Mapping[str, np.ndarray]


class TruthTrials:
    """Trains and explains, one seed after the other; all share one compiled program.

    Args:
        config: the network and its training; its output is a logit (`truth_experiment`).
    """

    def __init__(self, config: ExperimentConfig) -> None:
        self._config = config
        self._programs = ProgramCache()
        self._slope: tuple[Any, Callable[[Any], Any]] | None = None

    def trial(self, seed: int, *, decoy: float, age_error: float) -> Trial:
        """Draw patients, train, explain.

        Raises:
            NotFiniteLoss: training diverged.
        """
        x, y = draw_patients(TRAINING_ROWS + TEST_ROWS, seed=seed, decoy=decoy, age_error=age_error)
        x_train, x_test, y_train, y_test = x[:TRAINING_ROWS], x[TRAINING_ROWS:], y[:TRAINING_ROWS], y[TRAINING_ROWS:]
        dataset = dataset_of_arrays(x_train.astype(np.float32), y_train, x_test.astype(np.float32), y_test)
        config = self._config.model_copy(update={"seed": seed})
        trainer = Trainer(config, dataset=dataset, programs=self._programs)
        trainer.fit()
        while not trainer.finished:  # XLA compiles in the background
            time.sleep(_LOOK)
            trainer.fit()
        if trainer.failure is not None:
            raise trainer.failure
        some = Explained(
            *(x_train, y_train, x_test, y_test),
            logit=lambda rows: np.asarray(trainer.predict(rows)[:, 0], np.float64),
            gradient=self._gradient_of(trainer.model),
            first_layer=np.asarray(trainer.model.layers[0].kernel),
            seed=seed,
        )
        right = (some.logit(x_test) > 0) == y_test
        return Trial(float(right.mean()), {name: ranking.of(some) for name, ranking in RANKINGS.items()})

    def _gradient_of(self, model: Any) -> Callable[[np.ndarray], np.ndarray]:
        """The logit's gradient; traced once for the model that the trials share."""
        if self._slope is None or self._slope[0] is not model:

            @tf.function(input_signature=[tf.TensorSpec((None, model.input_shape[-1]), tf.float32)])
            def slope(rows: Any) -> Any:
                with tf.GradientTape() as tape:
                    tape.watch(rows)
                    logit = model(rows, training=False)
                return tape.gradient(logit, rows)

            self._slope = (model, slope)
        slope = self._slope[1]
        return lambda rows: np.asarray(slope(tf.convert_to_tensor(rows, tf.float32)), np.float64)
