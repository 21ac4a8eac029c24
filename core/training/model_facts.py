"""What a Keras model tells of itself without training: built or not, its loss, its outputs' shape and activation.

Models of the user's own may be of any class, so most of it may be unknown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.runtime.backend import keras
from core.training.arrays import Arrays


def is_built(model: keras.Model) -> bool:
    """Whether a model has its variables. `model.built` alone says so of a model whose layers have none yet."""
    return model.built and all(layer.built for layer in model._flatten_layers())


def is_sparse(model: keras.Model) -> bool:
    """Whether a model's loss takes class numbers."""
    return loss_key(model) == "sparsecategoricalcrossentropy"


def loss_key(model: keras.Model) -> str:
    """The name of a model's loss without underscores: the same for Keras' class, function and text."""
    return loss_name(model).replace("_", "").lower()


def loss_name(model: keras.Model) -> str:
    """The name of a model's loss as its owner wrote it."""
    loss = model.loss
    return loss if isinstance(loss, str) else getattr(loss, "__name__", None) or type(loss).__name__


def output_shape(model: keras.Model, arrays: Arrays) -> tuple[Any, ...] | None:
    """(None, units); None where it is not known, or there are several outputs."""
    x = arrays.x_train
    try:
        outputs = model(keras.KerasTensor((None, *x.shape[1:]), x.dtype.name))
    except Exception:  # of any kind, from a model's own code
        return None
    return tuple(outputs.shape) if isinstance(outputs, keras.KerasTensor) else None


def last_activation(model: keras.Model, arrays: Arrays) -> str:
    """The activation that gives the outputs: softmax, sigmoid, linear, or another's name."""
    layers = list(getattr(model, "layers", []))
    if isinstance(model, keras.Sequential) or type(model) is keras.Model:
        last = _giving(model) or (layers[-1] if layers else None)
        while isinstance(last, (keras.Sequential, keras.Model)) and last.layers:
            last = _giving(last) or last.layers[-1]
        if isinstance(last, keras.layers.Softmax):
            return "softmax"
        if isinstance(last, (keras.layers.Dense, keras.layers.Activation)):
            return str(getattr(last.activation, "__name__", last.activation))
    return _apparent_activation(model, arrays)


def _giving(model: keras.Model) -> keras.Layer | None:
    """The layer that gives a functional model's output."""
    history = getattr((getattr(model, "outputs", None) or [None])[0], "_keras_history", None)
    return getattr(history, "operation", None)


def _apparent_activation(model: keras.Model, arrays: Arrays) -> str:
    """What the outputs of some rows look like, where the layers do not tell: a model of the user's own class."""
    trainable = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    mode = {"training": False} if model._call_has_training_arg else {}
    outputs, _ = model.stateless_call(trainable, others, arrays.x_train[:256], **mode)
    values = np.asarray(outputs, np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        return "linear"
    if values.shape[-1] > 1:
        return "softmax" if np.allclose(values.sum(axis=-1), 1, atol=1e-3) else "sigmoid"
    return "sigmoid"
