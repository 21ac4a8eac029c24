"""Descent's networks as scikit-learn estimators, for its cross-validation, calibration and inspection.

    cross_val_score(DescentClassifier(config), x, y, cv=5)

Rows come from whoever calls; of a configuration's data set only what says how rows are prepared counts here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from core.datasets import Dataset, Split, dataset_of_arrays
from core.datasets.balance import class_weights
from core.datasets.loading import prepare_rows
from core.datasets.rows import Rows
from core.errors import CannotTrain
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.training import ProgramCache, Trainer, TrainingState
from core.training.own_model import output_for
from core.words import Said

#: Share of the rows that is held out for early stopping, where the configuration names none.
HELD_OUT = 0.2

#: Epochs between two calls of `tick`.
_EPOCHS = 50

#: Seconds between two looks at whether XLA has compiled a network.
_LOOK = 0.02

_PROGRAMS = ProgramCache(size=64)


class _DescentEstimator(BaseEstimator):
    """What classifier and regressor share. See `DescentClassifier`."""

    def __init__(
        self,
        config: ExperimentConfig | None = None,
        *,
        rows: Literal["inputs", "raw"] = "inputs",
        random_state: int | np.random.RandomState | None = None,
        tick: Callable[[float], object] | None = None,
    ) -> None:
        self.config = config
        self.rows = rows
        self.random_state = random_state
        self.tick = tick

    @property
    def _config(self) -> ExperimentConfig:
        return self.config if self.config is not None else ExperimentConfig()

    @property
    def _takes_raw(self) -> bool:
        return bool(self.rows == "raw")

    def _checked(self, X: Any, **more: Any) -> Any:
        """Rows as arrays, and targets where `y` is given; scikit-learn's errors where they are none. A preparation
        fills raw values that are missing.
        """
        finite: Any = "allow-nan" if self._takes_raw and self._config.dataset.prepared else True
        dtype = np.float64 if self._takes_raw else np.float32
        return validate_data(self, X, dtype=dtype, ensure_all_finite=finite, **more)

    def _train(self, x: np.ndarray, y: np.ndarray, task: Literal["classification", "regression"]) -> None:
        """Train on all rows, or on all but those that early stopping watches."""
        config, seed = self._config, self._seed()
        stopping = config.training.early_stopping
        kept, watched = np.arange(len(y)), np.arange(0)
        if stopping is not None and stopping.monitor == "val_loss":
            share = config.dataset.validation_fraction or HELD_OUT
            kept, watched = _held_out(y if task == "classification" else None, kept, share, seed)
            if not len(watched):  # too few rows to watch any
                stopping = None
        fraction = (config.dataset.validation_fraction or HELD_OUT) if len(watched) else 0.0
        config = config.model_copy(
            update={
                "seed": seed,
                "dataset": config.dataset.model_copy(update={"validation_fraction": fraction}),
                "training": config.training.model_copy(update={"early_stopping": stopping}),
            }
        )
        split = Split(kept, watched, watched[:0])
        make = prepare_rows if self._takes_raw else _as_they_are
        dataset = make(config.dataset, Rows.of(x, y), split, seed=seed)
        self._trainer = Trainer(config, dataset=replace(dataset, task=task), programs=_PROGRAMS)
        self._fit_trainer(self._trainer)
        self._output = output_for(config, self._trainer.dataset)
        self.history_ = list(self._trainer.history)

    def _fit_trainer(self, trainer: Trainer) -> None:
        told = 0.0
        while not trainer.finished:
            if trainer.is_compiling:
                time.sleep(_LOOK)
            trainer.advance(_EPOCHS)
            done = trainer.epoch / trainer.epochs
            if self.tick is not None and done > told and not trainer.finished:
                self.tick(done - told)
                told = done
        if trainer.failure is not None:
            raise trainer.failure
        if self.tick is not None:
            self.tick(1.0 - told)

    def _outputs(self, X: Any) -> np.ndarray:
        """What the output layer gives, (rows, units)."""
        check_is_fitted(self)
        x = self._checked(X, reset=False)
        if self._takes_raw:
            x = self._trainer.dataset.inputs(x)
        outputs = self._trainer.predict(x)
        if self.tick is not None:
            self.tick(0.0)
        return outputs

    def _seed(self) -> int:
        if self.random_state is None:
            return self._config.seed
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_trainer")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._takes_raw and bool(self._config.dataset.prepared)
        tags.non_deterministic = False
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        trainer: Trainer | None = state.pop("_trainer", None)
        if trainer is not None:
            state["_trained"] = trainer.config, _first_rows(trainer.dataset), trainer.state().to_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        trained = state.pop("_trained", None)
        super().__setstate__(state)
        if trained is not None:
            config, dataset, variables = trained
            self._trainer = Trainer(config, dataset=dataset, programs=_PROGRAMS)
            self._trainer.restore(TrainingState.from_bytes(variables))


class DescentClassifier(ClassifierMixin, _DescentEstimator):
    """A network that tells classes apart, trained as an experiment says.

    Args:
        config: the network and its training; the default experiment where left out. Where it stops early by
            `val_loss`, `fit` holds out its `validation_fraction` of the rows, or a fifth, and watches those: never rows
            that the caller judges with.
        rows: "inputs": `X` is (rows, inputs), as the network takes them. "raw": `X` is (rows, raw columns), as
            `Dataset.raw_train` has them, and each `fit` prepares them anew as the configuration's data set says (fills,
            scales, balances), so that nothing of the rows to be judged is known; `y` are then class indices.
        random_state: instead of the configuration's seed.
        tick: called now and then with the share of a `fit` that was done since it was called last (a fit's shares add
            up to 1), and with 0 after each prediction. What it raises ends the fit. scikit-learn copies parameters, so
            let it be a function, not a method.

    Attributes:
        classes_: (classes,) as they were in `y`.
        history_: the logs of every epoch.
        n_features_in_: columns of `X`.

    Raises:
        NotFiniteLoss: training diverged.

    >>> x = np.array([[-1.5], [-0.5], [0.5], [1.5]] * 10)
    >>> network = DescentClassifier().fit(x, np.where(x[:, 0] < 0, "low", "high"))
    >>> network.predict([[-1.0], [1.0]]).tolist()
    ['low', 'high']
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train anew. X (rows, columns), y (rows,) classes of any type."""
        X, y = self._checked(X, y=y)
        check_classification_targets(y)
        if self._takes_raw:
            self.classes_ = np.arange(self._config.dataset.n_classes)
            places = np.asarray(y, dtype=np.int64)
        else:
            self.classes_, places = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise CannotTrain(Said("A classifier needs rows of at least two classes, and there is one class."))
        self._train(X, places, "classification")
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """(rows, columns) -> (rows, classes) float64, in the order of `classes_`."""
        outputs = self._outputs(X)
        return class_probabilities(outputs, self._output)

    def predict(self, X: Any) -> np.ndarray:
        """(rows, columns) -> (rows,): the likeliest class of each row."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])


class DescentRegressor(RegressorMixin, _DescentEstimator):
    """A network that predicts a number, trained as an experiment says.

    The target is standardised on the rows that are learnt, and predictions are in its own units. For the arguments see
    `DescentClassifier`.

    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> bool(DescentRegressor().fit(x, 3 * x[:, 0]).score(x, 3 * x[:, 0]) > 0.99)
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train anew. X (rows, columns), y (rows,) numbers."""
        X, y = self._checked(X, y=y, y_numeric=True)
        self._train(X, np.asarray(y, dtype=np.float64), "regression")
        return self

    def predict(self, X: Any) -> np.ndarray:
        """(rows, columns) -> (rows,) float64, in the target's own units."""
        outputs = self._outputs(X)
        return self._trainer.dataset.in_own_units(outputs[:, 0])


def _held_out(classes: np.ndarray | None, rows: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows to watch; none of these where there are too few, or too few of a class."""
    try:
        kept, watched = train_test_split(rows, test_size=share, stratify=classes, random_state=seed)
    except ValueError:  # scikit-learn's: fewer rows than classes on one side, or a class with one row
        return rows, rows[:0]
    return kept, watched


def _as_they_are(config: DatasetConfig, source: Rows, rows: Split, *, seed: int) -> Dataset:
    """Rows that are network inputs already. Targets that are numbers are standardised on the training rows."""
    x_train, x_watched, x_test = (source.raw[each] for each in rows)
    y = source.target
    if y.dtype.kind != "f":
        targets = [y[each] for each in rows]
        mean, scale, names = 0.0, 1.0, tuple(map(str, range(int(y.max()) + 1)))
    else:
        mean, scale = float(y[rows.train].mean()), float(y[rows.train].std()) or 1.0
        targets = [((y[each] - mean) / scale).astype(np.float32) for each in rows]
        names = ()
    dataset = dataset_of_arrays(x_train, targets[0], x_test, targets[2], x_watched, targets[1])
    blocks = config.input_blocks if len(config.feature_names) == x_train.shape[1] else ()
    weights = class_weights(targets[0], "weights") if config.weighs_classes and names else None
    return replace(
        dataset, class_names=names, target_mean=mean, target_scale=scale, blocks=blocks, train_weights=weights
    )


def _first_rows(dataset: Dataset) -> Dataset:
    """What predicting needs of a data set: how rows are prepared, and a row of each kind to build the network by."""
    few = {
        f"{part}_{kind}": getattr(dataset, f"{part}_{kind}")[:1]
        for part in ("x", "y", "raw")
        for kind in ("train", "validation", "test")
    }
    weights = None if dataset.train_weights is None else dataset.train_weights[:1]
    return replace(dataset, **few, numbers=None, train_weights=weights)
