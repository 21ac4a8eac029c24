"""Whether a model of the user's own has `fit`'s results when whole epochs are one call, and rows are judged together.

Where it has not, `core.training.batch_program` trains it.
"""

from __future__ import annotations

from typing import Any

from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.model_facts import is_built, loss_key

#: What `fit` is made of. A model that has one of its own is trained by it, batch by batch.
_STEPS = (
    "train_step",
    "test_step",
    "compute_metrics",
    "get_metrics_result",
    "make_train_function",
    "make_test_function",
)


def fits_one_call(model: keras.Model, arrays: Arrays) -> bool:
    """Whether whole epochs of a prepared model may be compiled into one call, with the results of `fit`."""
    own = [
        name for name in _STEPS if getattr(type(model), name) is not getattr(keras.Model, name) or name in vars(model)
    ]
    # With `jit_compile`, `fit` has XLA compile each batch, whose last bits are others than the graph's.
    if own or model.run_eagerly or model.jit_compile or getattr(model, "_distribute_strategy", None) is not None:
        return False
    if not (arrays.is_plain and is_built(model) and isinstance(model.optimizer, keras.optimizers.Optimizer)):
        return False
    try:
        results = model.get_metrics_result().values()
    except ValueError:  # metrics that only a batch can build
        return False
    return all(tf.is_tensor(each) and each.shape == () and each.dtype == tf.float32 for each in results)


def judges_by_row(model: keras.Model) -> bool:
    """Whether a judged loss is a mean over rows, and so does not depend on how they are divided into batches."""
    loss, layers = model.loss, model._flatten_layers()
    parts = [loss, *layers, *_metrics_of(model)]
    if not all(isinstance(part, str) or _is_of_keras(part) for part in parts) or "compute_loss" in vars(type(model)):
        return False
    if loss_key(model) not in _MEANS_OVER_ROWS or getattr(loss, "ignore_class", None):
        return False
    masked = (getattr(layer, "mask_zero", False) or isinstance(layer, keras.layers.Masking) for layer in layers)
    return not any(masked) and not any(getattr(layer, "activity_regularizer", None) for layer in layers)


#: Losses of Keras', by their names without underscores, that give each row a number and take the mean.
_MEANS_OVER_ROWS = {
    "binarycrossentropy",
    "categoricalcrossentropy",
    "sparsecategoricalcrossentropy",
    "meansquarederror",
    "mse",
    "meanabsoluteerror",
    "mae",
    "huber",
    "hinge",
    "poisson",
    "logcosh",
    "kldivergence",
}


def _metrics_of(model: keras.Model) -> list[Any]:
    """Compiled metrics, and the functions that some of them apply."""
    compiled = getattr(model, "_compile_metrics", None)
    metrics = [] if compiled is None else list(compiled.metrics)
    return [*metrics, *(each._fn for each in metrics if hasattr(each, "_fn"))]


def _is_of_keras(part: Any) -> bool:
    kind = part if hasattr(part, "__name__") else type(part)
    return str(kind.__module__).split(".")[0] == "keras"
