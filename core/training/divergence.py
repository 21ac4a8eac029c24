"""Why a loss stopped being a number: the likeliest cause, in words that say what to change."""

from __future__ import annotations

from core.config import ExperimentConfig

#: Learning rates above these are usually too high for small networks on scaled inputs (rules of thumb after Goodfellow,
#: Bengio and Courville, Deep Learning, section 8.3, and the defaults of Keras' optimizers, which are 0.01 or 0.001).
_USUAL_MOST = {
    "sgd": 1.0,
    "momentum": 0.1,
    "rmsprop": 0.1,
    "adam": 0.1,
    "adamw": 0.1,
    "nadam": 0.1,
    "adagrad": 1.0,
}


def likely_cause(config: ExperimentConfig, learning_rate: float) -> str:
    """One or two plain sentences: the likely cause and what to try.

    Args:
        learning_rate: the one in force when it happened, which may differ from the configuration's.
    """
    optimizer = config.training.optimizer
    if learning_rate > _USUAL_MOST[optimizer]:
        return (
            f"The learning rate {learning_rate:g} is very high for {optimizer}: every update overshoots. "
            f"Try {_USUAL_MOST[optimizer] / 10:g}."
        )
    if config.dataset.scaling == "none":
        return (
            "The inputs are not scaled, so that large columns cause large updates. Choose standard scaling, or a lower "
            "learning rate."
        )
    if optimizer in {"sgd", "momentum"}:
        return f"The updates grew without bound. Try a lower learning rate than {learning_rate:g}, or adam."
    return f"The weights grew too large. Try a lower learning rate than {learning_rate:g}, or fewer layers."
