"""What two experiments must have in common to share a compiled network."""

from __future__ import annotations

from collections.abc import Hashable

from core.experiment.config import ExperimentConfig


def architecture(config: ExperimentConfig) -> Hashable:
    """Experiments with equal keys differ in data, batch size and variables only."""
    # With validation rows, an epoch judges the test rows as well.
    judged = ("validation rows",) if config.dataset.validation_fraction else ()
    weighed = ("class weights",) if config.dataset.weighs_classes else ()
    return (
        config.model.model_copy(update={"initializer": "glorot_uniform"}),
        config.output,
        config.plan,
        config.training.optimizer,
        *judged,
        *weighed,
    )
