"""A Keras model of the user's own made ready: built, and compiled where it is not.

Where it does not fit its rows, `core.training.misfits` says so; how it is trained is decided in
`core.training.one_call`.
"""

from __future__ import annotations

from typing import Any

from core.datasets import Dataset
from core.errors import CannotTrain, WrongValue
from core.experiment.config import ExperimentConfig
from core.experiment.outputs import Output, resolve_output
from core.runtime.backend import keras
from core.training.arrays import Arrays
from core.training.compiling import compile_model
from core.training.misfits import check_classes, check_inputs, check_output
from core.training.model_facts import is_built
from core.words import Said, sentences


def prepare(model: Any, config: ExperimentConfig, dataset: Dataset, arrays: Arrays) -> keras.Model:
    """Have a model ready for its first batch: built, compiled, with its optimizer's variables.

    Raises:
        CannotTrain: the model cannot be trained on these rows; the message says what was expected and what to do.
    """
    if not isinstance(model, keras.Model):
        raise CannotTrain(Said("Expected a keras.Model, received {received}.", {"received": type(model).__name__}))
    check_inputs(model, arrays)
    _build(model, arrays)
    if not model.compiled:
        output = output_for(config, dataset)
        check_output(model, output, dataset, arrays)
        compile_model(model, config, output)
    check_classes(model, arrays)
    optimizer = model.optimizer
    if is_built(model) and isinstance(optimizer, keras.optimizers.Optimizer) and not optimizer.built:
        optimizer.build(model.trainable_variables)
    return model


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


def _build(model: keras.Model, arrays: Arrays) -> None:
    """Make a model's variables, as `fit` does, and without computing anything: a layer may count its calls."""
    if is_built(model):
        return
    x = arrays.x_train
    try:
        model(keras.KerasTensor((None, *x.shape[1:]), x.dtype.name))
    except Exception:  # of any kind: code that takes no symbols, as NumPy in a layer that runs eagerly
        return  # its first batch builds it, or says why not


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
