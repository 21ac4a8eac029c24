"""Settings that are allowed and hardly ever meant: what they do, and what to choose instead."""

from __future__ import annotations

from core.experiment.config import ExperimentConfig
from core.words import Said

#: From so many rows a batch's mean and deviation tell something of all rows.
_ENOUGH = 8


def advice_on(config: ExperimentConfig) -> tuple[Said, ...]:
    """A sentence or two for each such setting; nearly always none.

    >>> advice_on(ExperimentConfig())
    ()
    """
    return tuple(_on_batch_normalisation(config))


def normalises_single_rows(config: ExperimentConfig) -> bool:
    """Whether batch normalisation sees one row at a time, so that nothing of the row is left.

    A row's deviation from its own mean is 0: in training every row looks the same, and in testing, where the moving
    averages are used, none does.
    """
    return _normalises(config) and _rows_a_batch(config) == 1


def _on_batch_normalisation(config: ExperimentConfig) -> list[Said]:
    if not _normalises(config):
        return []
    size, rows = _rows_a_batch(config), config.dataset.train_rows
    if size == 1:
        return [
            Said(
                "Batch normalisation with a batch size of 1: a row is its own mean, so that every row looks the same "
                "in training and nothing is learnt for testing. Use batches of {enough} rows or more, or leave it out.",
                {"enough": _ENOUGH},
            )
        ]
    if size == 2:
        return [
            Said(
                "Batch normalisation with a batch size of 2: of two rows only which is the larger is left. Use batches "
                "of {enough} rows or more.",
                {"enough": _ENOUGH},
            )
        ]
    if rows % size == 1:
        return [
            Said(
                "Batch normalisation and a last batch of one row ({rows:,} training rows in batches of {size:,}): it "
                "is its own mean, and spoils the averages that testing uses. Choose another batch size.",
                {"rows": rows, "size": size},
            )
        ]
    return []


def _normalises(config: ExperimentConfig) -> bool:
    return any(layer.batch_normalization for layer in config.model.dense_layers)


def _rows_a_batch(config: ExperimentConfig) -> int:
    return min(config.training.batch_size, config.dataset.train_rows)
