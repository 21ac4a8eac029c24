"""Networks of one experiment on many data sets: those with as many inputs share a compiled program."""

from __future__ import annotations

import time
from collections import defaultdict

import numpy as np

from core.datasets import Dataset
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.training import ProgramCache, Trainer

#: Seconds between two looks at whether XLA has compiled a network.
_LOOK = 0.02


class LabNetworks:
    """Trains the configured network on one data set after another.

    >>> networks = LabNetworks(ExperimentConfig())
    """

    def __init__(self, config: ExperimentConfig) -> None:
        self._config = config
        self._programs: defaultdict[int, ProgramCache] = defaultdict(ProgramCache)

    def probabilities(self, dataset: Dataset, seed: int, *rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Train, and predict.

        Args:
            seed: of weights and shuffling.
            rows: each (rows, inputs), network inputs.

        Returns:
            For each, (rows, classes) float64.

        Raises:
            NotFiniteLoss: training diverged.
        """
        config = self._config.model_copy(update={"seed": seed})
        trainer = Trainer(config, dataset=dataset, programs=self._programs[dataset.x_train.shape[1]])
        trainer.fit()
        while not trainer.finished:  # XLA compiles in the background
            time.sleep(_LOOK)
            trainer.fit()
        if trainer.failure is not None:
            raise trainer.failure
        return tuple(class_probabilities(trainer.predict(each), config.output) for each in rows)
