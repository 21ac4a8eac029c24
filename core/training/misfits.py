"""What is said where rows or a model of the user's own cannot be trained, or not as they are meant.

Refused is what `fit` could not train either, and what is not one array of rows: several inputs, generators.
"""

from __future__ import annotations

from typing import Any

from core.datasets import Dataset
from core.errors import CannotTrain
from core.experiment.outputs import Output
from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.model_facts import is_sparse, last_activation, loss_key, loss_name, output_shape
from core.words import Said, sentences


def checked_dataset(dataset: Any) -> Dataset:
    """What was handed over as a data set; refused in words where it is none."""
    if not isinstance(dataset, Dataset):
        raise CannotTrain(
            Said(
                "Expected a Dataset, received {received}. Make one of arrays with "
                "core.datasets.dataset_of_arrays(x_train, y_train, x_test, y_test); generators and tf.data have to be "
                "read into arrays first, or trained with model.fit.",
                {"received": type(dataset).__name__},
            )
        )
    return dataset


def check_inputs(model: keras.Model, arrays: Arrays) -> None:
    """Refuse a model of several inputs, and to train on no row."""
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


def check_output(model: keras.Model, expected: Output, dataset: Dataset, arrays: Arrays) -> None:
    """Refuse to choose a loss for a model whose last layer it would misread."""
    shape = output_shape(model, arrays)
    if shape is None or not arrays.is_plain or len(shape) != 2 or len(arrays.y_train.shape) > 2:
        raise CannotTrain(
            Said(
                "The model is not compiled, and its outputs or targets are of a kind for which there is no usual loss. "
                "Compile it, with the loss that belongs to it."
            )
        )
    units, activation = shape[-1], last_activation(model, arrays)
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


def check_classes(model: keras.Model, arrays: Arrays) -> None:
    """Class numbers that a loss over `units` classes cannot look up end in an error of the graph's."""
    shape = output_shape(model, arrays)
    if shape is None or not arrays.is_plain or not is_sparse(model) or getattr(model.loss, "ignore_class", None):
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


def misfit(model: keras.Model, arrays: Arrays) -> Said | None:
    """Why Keras cannot train a model on these rows, where outputs and targets are of different shapes."""
    outputs = output_shape(model, arrays)
    if outputs is None or not arrays.is_plain:
        return None
    target = tuple(arrays.y_train.shape)
    sparse = is_sparse(model)
    expected = outputs[:-1] if sparse else outputs
    squeezed = [tuple(size for size in shape[1:] if size != 1) for shape in (expected, target)]
    if squeezed[0] == squeezed[1]:
        return None
    class_numbers = squeezed[1] == () and loss_key(model) == "categoricalcrossentropy"
    said = Said(
        "The targets do not fit the model. Its loss, {loss}, expects {kind}: targets of the shape {expected} for "
        "outputs {outputs}. Received targets of the shape {received}. Change the last layer's units, the targets' "
        "columns, or the loss.",
        {
            "loss": loss_name(model),
            "kind": Said("class numbers") if sparse else Said("a value for each output"),
            "expected": _shown((None, *expected[1:])),
            "outputs": _shown(outputs),
            "received": _shown((None, *target[1:])),
        },
    )
    if not class_numbers:
        return said
    return sentences([said, Said("For class numbers, choose sparse_categorical_crossentropy.")])


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
