"""One mini-batch in slow motion: every number of its forward pass, loss, backward pass and update.

Walks ahead through the next epoch exactly as training will, with a gradient tape where training has a compiled loop,
and leaves the run as it was. For one sample x with target y, in every layer:

    z = W·x + b        a = f(z)        L = loss(y, a of the last layer)
    δ = ∂L/∂z          ∂L/∂W = x·δᵀ, averaged over the batch          W ← W + what the optimizer makes of it
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import WrongValue
from core.runtime.backend import keras, tf
from core.training.trainer import Trainer
from core.words import Said, listed


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation of z over the batch: scale · (z − mean) / deviation + shift. Each (units,).

    Attributes:
        deviation: √(variance of the batch + ε).
        outputs: what it gives for the sample.
    """

    mean: np.ndarray
    deviation: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True)
class SlowLayer:
    """A Dense layer with what follows it. Values of the sample, unless said otherwise.

    Attributes:
        activation: as Keras names it.
        inputs: (inputs,), what enters the layer.
        weights: (inputs, units) before the update.
        biases: (units,) before the update.
        z: (units,), inputs·weights + biases.
        batch_norm: where z is normalised before the activation.
        activations: (units,), f(z).
        dropout: (units,) factor on the activations, 0 where a unit is left out; None where there is no dropout.
        outputs: (units,), what the next layer gets.
        slopes: (units,) f'(z), None for softmax.
        z_gradients: (units,) ∂L/∂z of the sample's own loss.
        activation_gradients: the same by the activations; None where loss and activation are differentiated in one, as
            Keras does with softmax or sigmoid and cross-entropy.
        weight_gradients, bias_gradients: of the batch's loss, penalties included.
        new_weights, new_biases: after the update.
    """

    name: str
    activation: str
    inputs: np.ndarray
    weights: np.ndarray
    biases: np.ndarray
    z: np.ndarray
    batch_norm: BatchNorm | None
    activations: np.ndarray
    dropout: np.ndarray | None
    outputs: np.ndarray
    slopes: np.ndarray | None
    z_gradients: np.ndarray
    activation_gradients: np.ndarray | None
    weight_gradients: np.ndarray
    bias_gradients: np.ndarray
    new_weights: np.ndarray
    new_biases: np.ndarray


@dataclass(frozen=True)
class SlowStep:
    """One mini-batch of the next epoch.

    Attributes:
        epoch: completed epochs; the batch belongs to the one after.
        batch, batches: which batch of how many, from 0.
        sample: whose numbers are shown, by its place in the batch.
        rows: (batch,) which training rows are in the batch.
        target: of the sample, as the network is given it: class index, or standardised value.
        losses: (batch,) of each row, times its weight.
        weight: how much the sample's loss counts; None where all rows count as much.
        loss: mean of `losses` and the penalty.
        penalty: of large weights (l1, l2); 0 without.
        learning_rate: of this step.
    """

    epoch: int
    batch: int
    batches: int
    sample: int
    rows: np.ndarray
    inputs: np.ndarray
    target: float
    layers: tuple[SlowLayer, ...]
    losses: np.ndarray
    loss: float
    penalty: float
    learning_rate: float
    weight: float | None = None


def slow_motion(trainer: Trainer, batch: int = 0, sample: int = 0) -> SlowStep:
    """What training does with one mini-batch of its next epoch. The trainer stays as it is, bit for bit.

    Args:
        batch: its number in the epoch, from 0; those before it are trained first, on a copy.
        sample: the row of the batch to follow, from 0.

    Raises:
        WrongValue: there is no such batch or sample, or the model has other layers than dense networks have.

    >>> from core import ExperimentConfig, Trainer
    >>> trainer = Trainer(ExperimentConfig())
    >>> first = slow_motion(trainer).layers[0]
    >>> len(first.z_gradients) == trainer.config.model.hidden_layers[0].units
    True
    """
    branch = trainer.config.plan.branch
    if branch:
        raise WrongValue(
            Said(
                "Slow motion shows networks of Dense layers, and this one has layers that take a picture ({layers}). "
                "Point at them in the drawing of the network to see their filters and what they make of a row.",
                {"layers": listed(layer.text() for layer in branch)},
            )
        )
    order, size = trainer.next_order(), trainer.config.training.batch_size
    batches = -(-len(order) // size)
    if not 0 <= batch < batches:
        raise WrongValue(
            Said("The epoch has the batches 0 to {last}, received {batch}.", {"last": batches - 1, "batch": batch})
        )
    rows = order[batch * size : (batch + 1) * size]
    if not 0 <= sample < len(rows):
        raise WrongValue(
            Said("The batch has the samples 0 to {last}, received {sample}.", {"last": len(rows) - 1, "sample": sample})
        )
    with trainer.at(trainer.state()):
        if batch > 0:
            trainer.train_batches(order[: batch * size])
        learning_rate = trainer.learning_rate
        data = trainer.dataset
        weights = None if data.train_weights is None else data.train_weights[rows]
        step = _walk(trainer.model, data.x_train[rows], data.y_train[rows], weights, sample)
    return SlowStep(
        epoch=trainer.epoch,
        batch=batch,
        batches=batches,
        sample=sample,
        rows=rows,
        inputs=trainer.dataset.x_train[rows[sample]],
        target=float(trainer.dataset.y_train[rows[sample]]),
        learning_rate=learning_rate,
        weight=None if weights is None else float(weights[sample]),
        **step,
    )


@dataclass
class _Passed:
    """The tensors of a Dense layer and what follows it, each (batch, units)."""

    dense: Any
    inputs: tf.Tensor
    z: tf.Tensor
    activations: tf.Tensor
    outputs: tf.Tensor
    activation: str
    norm: Any = None
    normalized: tf.Tensor | None = None
    has_dropout: bool = False


def _walk(model: keras.Model, x: np.ndarray, y: np.ndarray, weights: np.ndarray | None, sample: int) -> dict[str, Any]:
    """One `train_step` of Keras, taken apart: forward, loss, backward, update."""
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    variables = model.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        passed = _forward(model, x)
        y_pred = passed[-1].outputs
        loss = model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weights, training=True)
        losses = _each_loss(model, y, y_pred)
        losses = losses if weights is None else losses * weights
        own = losses[sample]
        penalty = sum((float(term) for term in model.losses), 0.0)
    gradients = tape.gradient(loss, variables)
    before = [(each.dense.kernel.numpy(), each.dense.bias.numpy()) for each in passed]
    norms = [None if each.norm is None else (each.norm.gamma.numpy(), each.norm.beta.numpy()) for each in passed]
    model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
    by_variable = {id(variable): gradient for variable, gradient in zip(variables, gradients, strict=True)}

    def of_sample(tensor: tf.Tensor | None) -> np.ndarray | None:
        return None if tensor is None else tensor[sample].numpy()

    layers = []
    for each, (weights, biases), norm in zip(passed, before, norms, strict=True):
        before_activation = each.z if each.normalized is None else each.normalized
        batch_norm = None
        if each.normalized is not None and norm is not None:
            mean, variance = each.z.numpy().mean(axis=0), each.z.numpy().var(axis=0)
            deviation = np.sqrt(variance + each.norm.epsilon)
            batch_norm = BatchNorm(mean, deviation, *norm, each.normalized[sample].numpy())
        is_elementwise = each.activation != "softmax"
        layers.append(
            SlowLayer(
                name=each.dense.name,
                activation=each.activation,
                inputs=each.inputs[sample].numpy(),
                weights=weights,
                biases=biases,
                z=each.z[sample].numpy(),
                batch_norm=batch_norm,
                activations=each.activations[sample].numpy(),
                # Each output depends on its own activation only, so the gradient of their sum is the factor itself.
                dropout=of_sample(tape.gradient(each.outputs, each.activations)) if each.has_dropout else None,
                outputs=each.outputs[sample].numpy(),
                slopes=of_sample(tape.gradient(each.activations, before_activation)) if is_elementwise else None,
                z_gradients=tape.gradient(own, each.z)[sample].numpy(),
                activation_gradients=of_sample(tape.gradient(own, each.activations)),
                weight_gradients=by_variable[id(each.dense.kernel)].numpy(),
                bias_gradients=by_variable[id(each.dense.bias)].numpy(),
                new_weights=each.dense.kernel.numpy(),
                new_biases=each.dense.bias.numpy(),
            )
        )
    return {"layers": tuple(layers), "losses": losses.numpy(), "loss": float(loss), "penalty": penalty}


def _forward(model: keras.Model, x: tf.Tensor) -> list[_Passed]:
    """What `model(x, training=True)` computes, with what it passes through."""
    passed: list[_Passed] = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if isinstance(layer, keras.layers.Dense):
            z = keras.ops.add(keras.ops.matmul(x, layer.kernel), layer.bias)
            outputs = layer.activation(z)
            passed.append(_Passed(layer, x, z, outputs, outputs, layer.activation.__name__))
        elif not passed or not isinstance(layer, _KNOWN):
            raise WrongValue(
                Said(
                    "Slow motion shows networks of Dense layers, with batch normalisation, activation and dropout "
                    "after them. Received the layer '{name}' ({kind}).",
                    {"name": layer.name, "kind": type(layer).__name__},
                )
            )
        else:
            outputs, last = layer(x, training=True), passed[-1]
            if isinstance(layer, keras.layers.BatchNormalization):
                last.norm, last.normalized = layer, outputs
            if isinstance(layer, keras.layers.Activation):
                last.activation = layer.activation.__name__
            if isinstance(layer, keras.layers.Dropout):
                last.has_dropout = True
            else:
                last.activations = outputs
            last.outputs = outputs
        x = outputs
    return passed


_KNOWN = (keras.layers.BatchNormalization, keras.layers.Activation, keras.layers.Dropout)


def _each_loss(model: keras.Model, y: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """The loss of every row: the model's own, not yet averaged. -> (batch,)"""
    loss = copy.copy(keras.losses.get(model.loss))
    loss.reduction = "none"
    if y_pred.shape[-1] == 1 and not isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        y = y[:, None]  # (batch,) would be compared with every row of (batch, 1)
    return tf.reshape(loss(y, y_pred), (-1,))
