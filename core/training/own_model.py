"""A Keras model of the user's own: built, compiled where it is not, refused in words where it does not fit its rows.

Nothing that `fit` takes is refused here. How it is trained is decided by `fits_one_call`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import CannotTrain, WrongValue
from core.experiment.config import ExperimentConfig
from core.experiment.outputs import Output, resolve_output
from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.compiling import compile_model
from core.words import Said, sentences

#: What `fit` is made of. A model that has one of its own is trained by it, batch by batch.
_STEPS = (
    "train_step",
    "test_step",
    "compute_metrics",
    "get_metrics_result",
    "make_train_function",
    "make_test_function",
)


def prepare(model: Any, config: ExperimentConfig, dataset: Dataset, arrays: Arrays) -> keras.Model:
    """Have a model ready for its first batch: built, compiled, with its optimizer's variables.

    Raises:
        CannotTrain: the model cannot be trained on these rows; the message says what was expected and what to do.
    """
    if not isinstance(model, keras.Model):
        raise CannotTrain(Said("Expected a keras.Model, received {received}.", {"received": type(model).__name__}))
    _check_inputs(model, arrays)
    _build(model, arrays)
    if not model.compiled:
        output = output_for(config, dataset)
        _check_output(model, output, dataset, arrays)
        compile_model(model, config, output)
    _check_classes(model, arrays)
    optimizer = model.optimizer
    if is_built(model) and isinstance(optimizer, keras.optimizers.Optimizer) and not optimizer.built:
        optimizer.build(model.trainable_variables)
    return model


def is_built(model: keras.Model) -> bool:
    """Whether a model has its variables. `model.built` alone says so of a model whose layers have none yet."""
    return model.built and all(layer.built for layer in model._flatten_layers())


def build_metrics(model: keras.Model, arrays: Arrays) -> None:
    """Make the variables of metrics and loss, so that the names of the logs are known before the first batch."""
    own = vars(type(model))
    if not arrays.is_plain or not is_built(model) or "train_step" in own or "compute_loss" in own:
        return
    try:
        # Keras' own way to build them from symbols, which `fit` takes where devices share a model.
        model._symbolic_build(data_batch=(arrays.x_train[:1], arrays.y_train[:1]))
    except Exception:  # of any kind: code that takes no symbols
        return


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
    if _loss_name(model).replace("_", "").lower() not in _MEANS_OVER_ROWS or getattr(loss, "ignore_class", None):
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


def output_for(config: ExperimentConfig, dataset: Dataset) -> Output:
    """The output layer that a configuration asks for, on a data set that may be another than the configuration's."""
    if dataset.task == config.dataset.info.task and dataset.n_classes == config.dataset.n_classes:
        return config.output
    try:
        return resolve_output(
            dataset.task,
            dataset.n_classes,
            activation=config.model.output_activation,
            loss=config.training.loss,
            from_logits=config.training.from_logits,
        )
    except WrongValue as error:
        raise CannotTrain(sentences([Said("The configuration does not fit the data set."), error.said])) from None


def explain(model: keras.Model, arrays: Arrays) -> Said | None:
    """Why Keras cannot train a model on these rows, where outputs and targets are of different shapes."""
    outputs = _output_shape(model, arrays)
    if outputs is None or not arrays.is_plain:
        return None
    target = tuple(arrays.y_train.shape)
    sparse = _is_sparse(model)
    expected = outputs[:-1] if sparse else outputs
    squeezed = [tuple(size for size in shape[1:] if size != 1) for shape in (expected, target)]
    if squeezed[0] == squeezed[1]:
        return None
    class_numbers = squeezed[1] == () and _loss_name(model).replace("_", "").lower() == "categoricalcrossentropy"
    said = Said(
        "The targets do not fit the model. Its loss, {loss}, expects {kind}: targets of the shape {expected} for "
        "outputs {outputs}. Received targets of the shape {received}. Change the last layer's units, the targets' "
        "columns, or the loss.",
        {
            "loss": _loss_name(model),
            "kind": Said("class numbers") if sparse else Said("a value for each output"),
            "expected": _shown((None, *expected[1:])),
            "outputs": _shown(outputs),
            "received": _shown((None, *target[1:])),
        },
    )
    if not class_numbers:
        return said
    return sentences([said, Said("For class numbers, choose sparse_categorical_crossentropy.")])


def _check_inputs(model: keras.Model, arrays: Arrays) -> None:
    inputs = getattr(model, "inputs", None) or []
    if len(inputs) > 1:
        raise CannotTrain(
            Said(
                "The model has {inputs} inputs, and Trainer gives it one array. Join the arrays and have the model "
                "take its parts, or train with model.fit.",
                {"inputs": len(inputs)},
            )
        )
    if int(arrays.x_train.shape[0]) == 0:
        raise CannotTrain(Said("There is no training row. Expected at least one in x_train."))


def _build(model: keras.Model, arrays: Arrays) -> None:
    """Make a model's variables, as `fit` does, and without computing anything: a layer may count its calls."""
    if is_built(model):
        return
    x = arrays.x_train
    try:
        model(keras.KerasTensor((None, *x.shape[1:]), x.dtype.name))
    except Exception:  # of any kind: code that takes no symbols, as NumPy in a layer that runs eagerly
        return  # its first batch builds it, or says why not


def _check_output(model: keras.Model, expected: Output, dataset: Dataset, arrays: Arrays) -> None:
    """Refuse to choose a loss for a model whose last layer it would misread."""
    shape = _output_shape(model, arrays)
    if shape is None or not arrays.is_plain or len(shape) != 2 or len(arrays.y_train.shape) > 2:
        raise CannotTrain(
            Said(
                "The model is not compiled, and its outputs or targets are of a kind for which there is no usual loss. "
                "Compile it, with the loss that belongs to it."
            )
        )
    units, activation = shape[-1], _last_activation(model, arrays)
    because = (
        Said("{units} with a {activation} output, because the loss would be {loss} on logits")
        if expected.from_logits
        else Said("{units} with a {activation} output, because the loss would be {loss}")
    )
    wanted = because.filled(units=_units(expected.units), activation=expected.activation, loss=expected.loss)
    columns = 1 if len(arrays.y_train.shape) == 1 else int(arrays.y_train.shape[1])
    if columns != 1:
        raise CannotTrain(
            Said(
                "The model is not compiled, and the targets have {columns} columns, for which a configuration has no "
                "loss. Compile the model, for example with categorical_crossentropy for one-hot classes, or "
                "mean_squared_error.",
                {"columns": columns},
            )
        )
    if units != expected.units:
        misfit = Said(
            "The model is not compiled, and its last layer does not fit {task}. Expected {wanted}; the model has "
            "{units}."
        )
        change = (
            Said(
                'Change its last layer, set output_activation="softmax" in the configuration\'s model, or compile the '
                "model yourself, with the loss that belongs to it."
            )
            if units == dataset.n_classes == 2
            else Said("Change its last layer, or compile the model yourself, with the loss that belongs to it.")
        )
        raise CannotTrain(sentences([misfit.filled(task=_task(dataset), wanted=wanted, units=_units(units)), change]))
    if activation != expected.activation:
        reason = (
            Said("the loss would read logits as probabilities")
            if activation == "linear"
            else Said("a regression's target can be any number")
            if dataset.task == "regression"
            else Said("the loss would apply softmax or sigmoid a second time")
            if expected.from_logits
            else Said("its outputs are not the probabilities that the loss expects")
        )
        misfit = Said(
            "The model is not compiled, and its last layer does not fit {task}. Expected {wanted}; the model's output "
            "is {activation}: {reason}."
        )
        change = (
            Said(
                'Change its activation, set output_activation="linear" in the configuration\'s model, or compile the '
                "model yourself, with the loss that belongs to it."
            )
            if activation == "linear"
            else Said("Change its activation, or compile the model yourself, with the loss that belongs to it.")
        )
        said = misfit.filled(task=_task(dataset), wanted=wanted, activation=activation, reason=reason)
        raise CannotTrain(sentences([said, change]))


def _check_classes(model: keras.Model, arrays: Arrays) -> None:
    """Class numbers that a loss over `units` classes cannot look up end in an error of the graph's."""
    shape = _output_shape(model, arrays)
    if shape is None or not arrays.is_plain or not _is_sparse(model) or getattr(model.loss, "ignore_class", None):
        return
    for targets in (arrays.y_train, *(y for _, _, y in arrays.judged)):
        if not int(tf.size(targets)):
            continue
        lowest, highest = int(tf.reduce_min(targets)), int(tf.reduce_max(targets))
        if lowest < 0 or highest >= shape[-1]:
            raise CannotTrain(
                Said(
                    "The model has {units}, one for each class from 0 to {last}, and the targets hold class {found}. "
                    "Give its last layer {needed} units, or number the classes from 0.",
                    {
                        "units": _units(shape[-1]),
                        "last": shape[-1] - 1,
                        "found": lowest if lowest < 0 else highest,
                        "needed": max(highest + 1, 2),
                    },
                )
            )


def _is_sparse(model: keras.Model) -> bool:
    return _loss_name(model).replace("_", "").lower() in {"sparsecategoricalcrossentropy"}


def _loss_name(model: keras.Model) -> str:
    loss = model.loss
    return loss if isinstance(loss, str) else getattr(loss, "__name__", None) or type(loss).__name__


def _output_shape(model: keras.Model, arrays: Arrays) -> tuple[Any, ...] | None:
    """(None, units); None where it is not known, or there are several outputs."""
    x = arrays.x_train
    try:
        outputs = model(keras.KerasTensor((None, *x.shape[1:]), x.dtype.name))
    except Exception:  # of any kind, from a model's own code
        return None
    return tuple(outputs.shape) if isinstance(outputs, keras.KerasTensor) else None


def _last_activation(model: keras.Model, arrays: Arrays) -> str:
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


def _task(dataset: Dataset) -> Said:
    if dataset.task == "regression":
        return Said("a regression")
    return Said.counted("{n} class", "{n} classes", {"n": dataset.n_classes})


def _units(count: int) -> Said:
    return Said.counted("{n} output unit", "{n} output units", {"n": count})


def _shown(shape: tuple[Any, ...]) -> str:
    return (
        "("
        + ", ".join("rows" if size is None else str(size) for size in shape)
        + ("," if len(shape) == 1 else "")
        + ")"
    )
