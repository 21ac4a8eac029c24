"""Why a loss stopped being a number: what may be the cause at once, and what is the cause once it was tried out.

A cause is named only where training without it stays finite: real Keras, the run's own rows in the run's own order,
from the run's own first weights. What was not tried, or does not help alone, is called possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import NotFiniteLoss
from core.experiment.activations import ACTIVATIONS
from core.experiment.advice import normalises_single_rows
from core.experiment.config import ExperimentConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import LayerConfig
from core.experiment.network import penalised_layers
from core.experiment.optimizers import OPTIMIZERS
from core.models import build_model, reset_weights
from core.runtime.backend import tf
from core.training.compiling import compile_model
from core.words import Said, listed, sentences

#: Updates of a trial, and rows in each, at most: a second or so for all suspects together.
_STEPS = 400
_ROWS = 256

#: A trial whose loss ends at more than this times its first one has diverged, though it may still be a number.
_GROWN = 2.0

#: The status line has room for so many suspects.
_MENTIONED = 3


@dataclass(frozen=True)
class _Setting:
    """What a trial trains with.

    Attributes:
        rate: the learning rate.
        standardised: the inputs are scaled, though the experiment's are not.
    """

    config: ExperimentConfig
    rate: float
    standardised: bool = False

    def model(self, **update: Any) -> _Setting:
        return self._with("model", update)

    def training(self, **update: Any) -> _Setting:
        return self._with("training", update)

    def _with(self, section: str, update: dict[str, Any]) -> _Setting:
        changed = getattr(self.config, section).model_copy(update=update)
        return _Setting(self.config.model_copy(update={section: changed}), self.rate, self.standardised)


@dataclass(frozen=True)
class _Suspect:
    """Something that may have made a run diverge.

    Attributes:
        name: as part of a sentence.
        remedies: what to train with instead, and how to advise it; the first that helps is advised.
        is_listed: it is worth a mention before it was tried.
    """

    name: Said
    remedies: tuple[tuple[_Setting, Said], ...]
    is_listed: bool = True


def diverged(
    epoch: int, config: ExperimentConfig, dataset: Dataset, learning_rate: float, *, shuffle: bool, own_model: bool
) -> NotFiniteLoss:
    """The failure of a run, with its possible causes, and a way to try them out.

    Args:
        epoch: the 1-based epoch that was not finite.
        learning_rate: the one in force when it happened, which may differ from the configuration's.
        own_model: the model is not the configuration's: of what made it, only the learning rate is known.
    """
    if own_model:
        rate = Said("learning rate {rate:g}", {"rate": learning_rate})
        return NotFiniteLoss(epoch, _POSSIBLE.filled(cause=rate))

    def find() -> Said:
        return find_cause(config, dataset, learning_rate, epochs=epoch, shuffle=shuffle)

    return NotFiniteLoss(epoch, possible_causes(config, learning_rate), find)


_POSSIBLE = Said("A possible cause is the {cause}. Try a lower learning rate.")


def possible_causes(config: ExperimentConfig, learning_rate: float) -> Said:
    """What may be the cause, the likeliest first, in a sentence or two; nothing is tried.

    >>> str(possible_causes(ExperimentConfig(), 50.0))
    'A possible cause is the learning rate 50 (very high for adam). Try a lower learning rate.'
    """
    names = [suspect.name for suspect in _suspects(_Setting(config, learning_rate)) if suspect.is_listed]
    if len(names) == 1:
        return _POSSIBLE.filled(cause=names[0])
    return Said("Possible causes: {causes}.", {"causes": listed(names[:_MENTIONED])})


def find_cause(
    config: ExperimentConfig, dataset: Dataset, learning_rate: float, *, epochs: int, shuffle: bool = True
) -> Said:
    """Train the run's first updates again, as it was and without one suspect after the other.

    Deterministic: bounded by updates and not by time. Takes a second or so; touches no other model, so that it may run
    in a thread beside a training.

    Args:
        epochs: how many it took the run to diverge.

    Returns:
        The first suspect without which training stays finite, and what to try; or that none was found.
    """
    setting = _Setting(config, learning_rate)
    trial = _Trial(dataset, epochs, shuffle)
    if trial.is_finite(setting):
        return possible_causes(config, learning_rate)  # it takes longer to diverge than can be tried
    suspects = _suspects(setting)
    for suspect in suspects:
        for remedy, advice in suspect.remedies:
            if trial.is_finite(remedy, longer=True):
                return Said("The cause is the {cause}: {advice}.", {"cause": suspect.name, "advice": advice})
    return sentences([Said("No single change helps."), possible_causes(config, learning_rate)])


def _suspects(setting: _Setting) -> list[_Suspect]:
    """What may be the cause, the oddest first; a learning rate that is not unusual comes after what is."""
    config, rate = setting.config, setting.rate
    usual = OPTIMIZERS[config.training.optimizer].highest_rate
    is_unusual = _is_unusual(rate, usual)
    found = [_rate(setting, usual)] if is_unusual else []
    found += _data_and_penalty(setting)
    if not is_unusual:
        found.append(_rate(setting, usual))
    return [*found, *_the_rest(setting)]


def _is_unusual(rate: float, usual: float) -> bool:
    return not rate <= usual * 1.001  # a float32 of 0.1 is a little more; NaN is unusual


def _rate(setting: _Setting, usual: float) -> _Suspect:
    rate, optimizer = setting.rate, setting.config.training.optimizer
    if _is_unusual(rate, usual):
        name = Said("learning rate {rate:g} (very high for {optimizer})", {"rate": rate, "optimizer": optimizer})
        lower = (usual / 10, usual / 100)
    else:
        name, lower = Said("learning rate {rate:g}", {"rate": rate}), (rate / 10, rate / 100)
    remedies = [
        (_Setting(setting.config, each), Said("try a lower learning rate, {rate:g}", {"rate": each})) for each in lower
    ]
    return _Suspect(name, tuple(remedies))


def _data_and_penalty(setting: _Setting) -> Iterator[_Suspect]:
    config, model = setting.config, setting.config.model
    if normalises_single_rows(config):
        remedy = setting.training(batch_size=8)
        yield _Suspect(Said("batch size 1 with batch normalisation"), ((remedy, Said("try batches of 8 rows")),))
    if config.dataset.scaling == "none":
        remedy = _Setting(config, setting.rate, standardised=True)
        yield _Suspect(Said("missing scaling of the inputs"), ((remedy, Said("try standard scaling")),))
    if model.has_penalty:
        weaker = [
            (10, Said("try a tenth of it")),
            (100, Said("try a hundredth of it")),
            (1000, Said("try a thousandth of it")),
        ]
        remedies = [(setting.model(l1=model.l1 / by, l2=model.l2 / by), advice) for by, advice in weaker]
        remedies.append((setting.model(l1=0.0, l2=0.0), Said("leave it out")))
        yield _Suspect(_penalty(model.l1, model.l2), tuple(remedies))
    if not INITIALIZERS[model.initializer].is_moderate:
        remedy = setting.model(initializer="glorot_uniform")
        name = Said("initialiser ({initializer})", {"initializer": model.initializer})
        yield _Suspect(name, ((remedy, Said("try glorot_uniform")),))


def _penalty(l1: float, l2: float) -> Said:
    if l1 and l2:
        return Said("penalty (l1 {l1:g} and l2 {l2:g})", {"l1": l1, "l2": l2})
    return Said("penalty (l1 {l1:g})", {"l1": l1}) if l1 else Said("penalty (l2 {l2:g})", {"l2": l2})


def _the_rest(setting: _Setting) -> Iterator[_Suspect]:
    config, layers = setting.config, setting.config.model.dense_layers
    if config.training.optimizer == "momentum":
        yield _Suspect(Said("momentum"), ((setting.training(optimizer="sgd"), Said("try plain sgd")),))
    if config.training.batch_size < 8:
        remedy = setting.training(batch_size=32)
        name = Said("batch size {size}", {"size": config.training.batch_size})
        yield _Suspect(name, ((remedy, Said("try batches of 32 rows")),))
    unbounded = sorted({layer.activation for layer in layers if ACTIVATIONS[layer.activation].flat != "both"})
    if unbounded:
        bounded = tuple(
            layer.model_copy(update={"activation": "tanh"}) if isinstance(layer, LayerConfig) else layer
            for layer in config.model.hidden_layers
        )
        yield _Suspect(
            Said.counted(
                "depth ({n} layer of {activations})",
                "depth ({n} layers of {activations})",
                {"n": len(layers), "activations": listed(unbounded)},
            ),
            ((setting.model(hidden_layers=bounded), Said("try tanh")),),
            is_listed=len(layers) > 2,
        )
    if config.output.loss == "mean_squared_error" and config.output.metric == "mae":
        yield _Suspect(
            Said("squared error, which large errors dominate"),
            ((setting.training(loss="huber"), Said("try the Huber loss")),),
            is_listed=False,
        )


class _Trial:
    """The first updates of a run, with settings that may differ from its own.

    Args:
        epochs: as many as it took the run to diverge; of their updates, the first few hundred.
    """

    def __init__(self, dataset: Dataset, epochs: int, shuffle: bool) -> None:
        self._dataset = dataset
        self._epochs = epochs
        self._shuffle = shuffle
        self._steps: dict[Any, _Step] = {}

    def is_finite(self, setting: _Setting, *, longer: bool = False) -> bool:
        """Whether the loss stays finite, and does not grow.

        Args:
            longer: for twice as many updates: what helps must not only delay.
        """
        step = self._step(setting)
        step.begin(setting)
        x = self._dataset.x_train
        if setting.standardised:
            deviation = x.std(axis=0)
            x = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
        losses: list[float] = []
        for rows in self._batches(setting.config, longer):
            weights = () if self._dataset.train_weights is None else (self._dataset.train_weights[rows],)
            losses.append(step.take(x[rows], self._dataset.y_train[rows], *weights))
            if not math.isfinite(losses[-1]):
                return False
        last = losses[-max(1, len(losses) // 10) :]
        return step.has_finite_weights and sum(last) / len(last) <= _GROWN * losses[0]

    def _batches(self, config: ExperimentConfig, longer: bool) -> Iterator[np.ndarray]:
        """The rows of each update, as `Trainer` takes them."""
        rows, size = len(self._dataset.x_train), config.training.batch_size
        count = min(self._epochs * -(-rows // min(size, rows)), _STEPS)
        left = min((1 + longer) * count, _STEPS)
        epoch = 0
        while True:
            order = np.random.default_rng([config.seed, epoch]).permutation(rows) if self._shuffle else np.arange(rows)
            for start in range(0, rows, size):
                if left == 0:
                    return
                yield order[start : start + size][:_ROWS]
                left -= 1
            epoch += 1

    def _step(self, setting: _Setting) -> _Step:
        """Compiled once for all that differ in numbers only."""
        config = setting.config
        layers = config.model.model_copy(update={"initializer": "zeros", "l1": 0.0, "l2": 0.0})
        key = (layers, config.training.optimizer, config.output)
        if key not in self._steps:
            self._steps[key] = _Step(config, self._dataset)
        return self._steps[key]


class _Step:
    """One update of a Keras model, compiled: penalty, learning rate and weights stay open."""

    def __init__(self, config: ExperimentConfig, dataset: Dataset) -> None:
        bare = config.model.model_copy(update={"l1": 0.0, "l2": 0.0})
        self._model = build_model(bare, dataset, seed=config.seed, output=config.output)
        compile_model(self._model, config)
        self._blocks = dataset.blocks
        self._optimizer = self._model.optimizer
        self._optimizer.build(self._model.trainable_variables)
        self._fresh = [np.array(variable) for variable in self._optimizer.variables]
        self._kernels = [self._model.get_layer(name).kernel for name in penalised_layers(config)]
        self._l1 = self._l2 = tf.constant(0.0)
        rows = tf.TensorSpec((None, dataset.x_train.shape[1]), tf.float32)
        target = tf.TensorSpec((None,), dataset.y_train.dtype)
        number = tf.TensorSpec((), tf.float32)
        weights = [] if dataset.train_weights is None else [tf.TensorSpec((None,), tf.float32)]
        self._update = tf.function(self._train, input_signature=[rows, target, number, number, *weights])

    def begin(self, setting: _Setting) -> None:
        """Back to the first weights."""
        reset_weights(self._model, setting.config.model, seed=setting.config.seed, blocks=self._blocks)
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self._optimizer.learning_rate = setting.rate
        self._l1, self._l2 = tf.constant(setting.config.model.l1), tf.constant(setting.config.model.l2)

    def take(self, x: np.ndarray, y: np.ndarray, *weights: np.ndarray) -> float:
        """Train on a batch. Returns its loss, penalty included."""
        return float(self._update(tf.constant(x, tf.float32), tf.constant(y), self._l1, self._l2, *weights))

    @property
    def has_finite_weights(self) -> bool:
        return all(bool(np.isfinite(np.asarray(variable)).all()) for variable in self._model.trainable_variables)

    def _train(
        self, x: tf.Tensor, y: tf.Tensor, l1: tf.Tensor, l2: tf.Tensor, weights: tf.Tensor | None = None
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            outputs = self._model(x, training=True)
            loss = self._model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weights, training=True)
            for kernel in self._kernels:  # as `keras.regularizers.L1L2`
                loss += l1 * tf.reduce_sum(tf.abs(kernel)) + l2 * tf.reduce_sum(tf.square(kernel))
        variables = self._model.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss
