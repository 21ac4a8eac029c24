"""The Dense layers of a configuration, for tests of networks that have no others."""

from __future__ import annotations

from core.experiment.config import ExperimentConfig, LayerConfig


def dense_layers(config: ExperimentConfig) -> list[LayerConfig]:
    """The hidden layers; fails where one is of another kind."""
    layers = [layer for layer in config.model.hidden_layers if isinstance(layer, LayerConfig)]
    assert len(layers) == len(config.model.hidden_layers)
    return layers
