"""What was chosen by looking at which rows, in sentences: figures of rows that chose something flatter it."""

from __future__ import annotations

from typing import Literal

from core.experiment.config import ExperimentConfig
from core.words import Said, sentences

#: Which rows of a data set are judged.
JudgedRows = Literal["train", "validation", "test", "external"]

#: Said where somebody asks for rows that a data set does not have.
NO_EXTERNAL = Said("This data set has no external rows. Choose rows=test, validation or train.")

_LEARNT = Said("The network has learnt these rows: how it does on them promises nothing about others.")
_OUTSIDE = Said("These rows come from outside: no choice has seen them.")
_FIXED = Said("The number of epochs was set before, and no row chose it.")
_BY_TRAINING = Said("Early stopping chose the epoch by the training loss.")
_BY_VALIDATION = Said("Early stopping chose the epoch by the validation rows; the test rows were only judged.")
_BY_THESE = Said("Early stopping chose the epoch by these very rows, so the figures flatter the network a little.")
_BY_TEST = Said(
    "Early stopping chose the epoch by these test rows, so the figures flatter the network a little. With validation "
    "rows it would choose by those, and the test rows would only be judged."
)


def what_chose(config: ExperimentConfig, rows: JudgedRows) -> Said:
    """Who looked at which rows before these figures were made of `rows`.

    >>> str(what_chose(ExperimentConfig(), "external"))
    'These rows come from outside: no choice has seen them.'
    """
    if rows == "external":
        return _OUTSIDE
    stopping, has_validation = config.training.early_stopping, config.dataset.validation_fraction > 0
    if stopping is None:
        chose = _FIXED
    elif stopping.monitor != "val_loss":
        chose = _BY_TRAINING
    elif rows == "validation":
        chose = _BY_THESE
    elif has_validation:
        chose = _BY_VALIDATION
    else:
        chose = _BY_TEST if rows == "test" else Said("Early stopping chose the epoch by the test rows.")
    return sentences([_LEARNT, chose]) if rows == "train" else chose
