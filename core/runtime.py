"""How TensorFlow is started: one thread, and quieter; and its memory. Nothing here imports it before it is asked to."""

from __future__ import annotations

import ctypes
import os
import sys


def prepare_tensorflow() -> None:
    """Set TensorFlow's thread counts, if it has not started yet. Call it before the first import of Keras.

    Its graph optimizer is switched off: on networks this small it finds nothing to gain, and takes a quarter of a
    second for every new one (docs/architecture.md has the measurement).

    One intra-op and one inter-op thread are up to twice as fast as the default on networks this small, where handing an
    operation to another thread costs more than the operation (docs/architecture.md has the measurement).
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass  # already running, with the threads its owner chose


def return_free_memory() -> None:
    """Give memory that was freed back to the operating system, where the C library has a call for it (glibc)."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        except (OSError, AttributeError):
            pass  # another C library
