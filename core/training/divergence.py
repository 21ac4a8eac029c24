"""Why a loss stopped being a number: what may be the cause at once, and what is the cause once it was tried out.

A cause is named only where training without it stays finite (`core.training.divergence_trial`). What was not tried, or
does not help alone, is called possible.
"""

from __future__ import annotations

from core.datasets import Dataset
from core.errors import NotFiniteLoss
from core.experiment.config import ExperimentConfig
from core.training.divergence_suspects import Setting, suspects_of
from core.training.divergence_trial import Trial
from core.words import Said, listed, sentences

#: The status line has room for so many suspects.
_MENTIONED = 3


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
    names = [suspect.name for suspect in suspects_of(Setting(config, learning_rate)) if suspect.is_listed]
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
    setting = Setting(config, learning_rate)
    trial = Trial(dataset, epochs, shuffle)
    if trial.is_finite(setting):
        return possible_causes(config, learning_rate)  # it takes longer to diverge than can be tried
    suspects = suspects_of(setting)
    for suspect in suspects:
        for remedy, advice in suspect.remedies:
            if trial.is_finite(remedy, longer=True):
                return Said("The cause is the {cause}: {advice}.", {"cause": suspect.name, "advice": advice})
    return sentences([Said("No single change helps."), possible_causes(config, learning_rate)])
