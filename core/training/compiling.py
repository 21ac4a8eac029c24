"""Loss, metric and optimizer for a model, by a configuration."""

from __future__ import annotations

from typing import Any

from core.experiment.config import ExperimentConfig
from core.experiment.outputs import Output
from core.runtime.backend import keras
from core.training.optimizers import build_optimizer


def compile_model(model: keras.Model, config: ExperimentConfig, output: Output | None = None) -> None:
    """Compile with the configuration's loss, optimizer and metric (log keys `loss` and `accuracy` or `mae`).

    Args:
        output: another than the configuration's, where it is trained on another data set.
    """
    output = output or config.output
    model.compile(
        optimizer=build_optimizer(config.training.optimizer, config.training.learning_rate),
        loss=_loss(output),
        metrics=[_metric(output)],
    )


def _loss(output: Output) -> Any:
    losses = keras.losses
    match output.loss:
        case "sparse_categorical_crossentropy":
            return losses.SparseCategoricalCrossentropy(from_logits=output.from_logits)
        case "binary_crossentropy":
            return losses.BinaryCrossentropy(from_logits=output.from_logits)
        case "mean_squared_error":
            return losses.MeanSquaredError()
        case "mean_absolute_error":
            return losses.MeanAbsoluteError()
        case "huber":
            return losses.Huber()


def _metric(output: Output) -> Any:
    if output.metric == "mae":
        return keras.metrics.MeanAbsoluteError(name="mae")
    if output.units > 1:
        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    # A logit of 0 is a probability of one half.
    return keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0 if output.from_logits else 0.5)
