"""A compiled function that is called as often as an epoch is short: without what TensorFlow does before each call.

What a model is compiled with, in Keras' sense, is in `core.training.compiling`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from core.runtime.backend import tf


class Compiled:
    """A function of tensors that is traced at its first call, and then called as it is.

    `tf.function` compares every call's arguments with its signature, which takes half a millisecond, and the concrete
    function that it makes sorts them by name, which takes a tenth: a small epoch is shorter. Nothing is compared or
    sorted here, so the arguments must be tensors of these shapes and types, in this order.
    """

    def __init__(self, function: Callable[..., Any], *signature: tf.TensorSpec, jit_compile: bool = False) -> None:
        # Nothing here needs autograph, and converting Keras' code doubles the time to trace.
        self._function = tf.function(function, autograph=False, jit_compile=jit_compile)
        self.signature = signature
        self._call: Callable[[list[tf.Tensor]], Any] | None = None

    def __call__(self, *arguments: tf.Tensor) -> Any:
        """What the function returns."""
        if self._call is None:
            traced = self._function.get_concrete_function(*self.signature)
            # What a concrete function's `__call__` ends in, from TensorFlow 2.0 to 2.21.
            self._call = functools.partial(traced._call_flat, captured_inputs=traced.captured_inputs)
        return self._call(list(arguments))
