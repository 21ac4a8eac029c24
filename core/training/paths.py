"""Which way an epoch is computed, by what is trained alone: same configuration, same path, same bits.

Every run begins on the graph path, which is ready after half a second. XLA takes a second or two to compile and is then
several times as fast on dense networks; where that pays, a run changes over at a fixed epoch, never by the clock. The
measurements behind the numbers are in docs/decisions/training-loop.md.
"""

from __future__ import annotations

import math
from typing import Any

from core.experiment.config import ExperimentConfig

#: The epoch (from 0) at which a run changes over.
CHANGE_AT = 20

#: What the graph path needs on the reference machine beside arithmetic: for an epoch, and for each batch in it, in
#: seconds.
_GRAPH_EPOCH = 0.4e-3
_GRAPH_BATCH = 0.2e-3

#: A run of which the graph path loses less than this many seconds is over before XLA has been compiled.
_WORTHWHILE = 4.0

#: Parameters times rows, in an XLA call: such a call takes up to a quarter of a second. It cannot be interrupted, and
#: Stop must answer. An epoch of 12,000 × 784 rows on 256-128 is 2.8e9.
MOST_ARITHMETIC = 4e9

#: The layers that XLA is known to be faster on. Convolutions take five times as long there.
_DENSE = {"InputLayer", "Dense", "Activation", "BatchNormalization", "Flatten", "Reshape", "Concatenate", "Add"}


def fast_from(config: ExperimentConfig, *, rows: int | None = None) -> int | None:
    """The epoch (from 0) from which XLA trains an experiment's own network, None for never.

    Args:
        rows: for training, where they are not the configuration's.
    """
    if not all(layer.is_fast_in_xla for layer in config.plan.layers):
        return None
    return _fast_from(config, config.dataset.train_rows if rows is None else rows, config.parameters)


def fast_from_of_model(model: Any, config: ExperimentConfig, *, rows: int) -> int | None:
    """The same for a Keras model of the user's own: only where it, its layers and its optimizer, if it has one already,
    are Keras' own and the layers dense.
    """
    layers = [type(layer) for layer in model.layers]
    optimizer = [type(model.optimizer)] if model.compiled else []
    if any(kind.__module__.split(".")[0] != "keras" for kind in (type(model), *layers, *optimizer)):
        return None
    if any(kind.__name__ not in _DENSE for kind in layers):
        return None
    return _fast_from(config, rows, model.count_params())


def _fast_from(config: ExperimentConfig, rows: int, parameters: int) -> int | None:
    if parameters * rows > MOST_ARITHMETIC:
        return None
    batches = math.ceil(rows / config.training.batch_size)
    seconds = config.training.epochs * (_GRAPH_EPOCH + batches * _GRAPH_BATCH)
    return CHANGE_AT if seconds >= _WORTHWHILE else None
