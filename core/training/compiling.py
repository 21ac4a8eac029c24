"""Loss, metric and optimizer for a model, by a configuration."""

from __future__ import annotations

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
        loss=output.loss_call.build(keras),
        metrics=[output.metric_call.build(keras)],
    )
