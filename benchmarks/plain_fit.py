"""`model.fit` as a plain script runs it: `python -m benchmarks.plain_fit WORK`. A line in, its epochs out."""

from __future__ import annotations

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

# TensorFlow starts here, with the threads that it chooses; what `core` would choose comes too late.
tf.constant(0.0)

from benchmarks.rivals import keras_fit  # noqa: E402
from benchmarks.work import WORKS  # noqa: E402


def main() -> None:
    """Train whenever there is a line on standard input."""
    step = keras_fit(WORKS[sys.argv[1]]())
    for _ in sys.stdin:
        print(step(), flush=True)


if __name__ == "__main__":
    import core.runtime.backend  # noqa: F401

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})  # as it comes
    main()
