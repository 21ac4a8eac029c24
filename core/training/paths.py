"""Which way an epoch is computed, by the configuration alone: same configuration, same path, same bits.

Every run begins on the graph path, which is ready after half a second. XLA takes seconds to compile and is then several
times as fast on small dense networks; where that pays, a run changes over at a fixed epoch, never by the clock. The
measurements behind the numbers are in docs/architecture.md.
"""

from __future__ import annotations

import math

from core.config import ExperimentConfig

#: The epoch (from 0) at which a run changes over.
CHANGE_AT = 20

#: What the graph path needs on the reference machine: for an epoch, and for each batch in it, in seconds.
_GRAPH_EPOCH = 0.4e-3
_GRAPH_BATCH = 0.2e-3

#: A run that the graph path finishes within this many seconds is over before XLA has been compiled.
_WORTHWHILE = 4.0

#: Multiply-adds of an epoch above which arithmetic outweighs what XLA saves: 12,000 × 784 rows on 256-128 are 2.8e9.
_MOST_ARITHMETIC = 2e8


def fast_from(config: ExperimentConfig) -> int | None:
    """The epoch (from 0) from which XLA computes, None for never."""
    layers = config.model.hidden_layers
    if any(layer.dropout for layer in layers):
        return None  # Keras' random numbers are slow under XLA: 130 against 460–740 epochs/s
    if config.parameters * config.dataset.train_rows > _MOST_ARITHMETIC:
        return None
    batches = math.ceil(config.dataset.train_rows / config.training.batch_size)
    seconds = config.training.epochs * (_GRAPH_EPOCH + batches * _GRAPH_BATCH)
    return CHANGE_AT if seconds >= _WORTHWHILE else None
