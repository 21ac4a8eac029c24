"""Loss, metric and optimizer for a model, by a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.config import ExperimentConfig
from core.outputs import Output
from core.training.optimizers import build_optimizer

if TYPE_CHECKING:
    import keras


def compile_model(model: keras.Model, config: ExperimentConfig) -> None:
    """Compile with the configuration's loss, optimizer and metric (log keys `loss` and `accuracy` or `mae`)."""
    import keras

    output = config.output
    model.compile(
        optimizer=build_optimizer(config.training.optimizer, config.training.learning_rate),
        loss=_loss(keras, output),
        metrics=[_metric(keras, output)],
    )


def _loss(keras: Any, output: Output) -> Any:
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


def _metric(keras: Any, output: Output) -> Any:
    if output.metric == "mae":
        return keras.metrics.MeanAbsoluteError(name="mae")
    if output.units > 1:
        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    # A logit of 0 is a probability of one half.
    return keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0 if output.from_logits else 0.5)
