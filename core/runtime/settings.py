"""How TensorFlow is started: one thread, and quieter; and its memory. Nothing here imports it before it is asked to."""

from __future__ import annotations

import ctypes
import os
import sys

#: XLA turns a loop that touches fewer bytes than this into one function, and calls the operations of others one by one.
#: One function is up to seven times as fast while a step's products are tiny, and slower where they
#: deserve a matrix library. XLA's own limit is 1,024 bytes.
_SMALL_LOOP = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=98304"


def prepare_tensorflow() -> None:
    """Choose how TensorFlow computes, if it has not started yet. Call it before the first import of Keras.

    The measurements behind each choice are in docs/decisions/training-loop.md:

    - One intra-op and one inter-op thread are up to twice as fast as the default on networks this small, where handing
      an operation to another thread costs more than the operation.
    - The graph optimizer is off: it finds nothing to gain here, and takes a quarter of a second for every new network.
    - XLA compiles small training loops whole, unless the environment already says how. It reads the environment when it
      first compiles, and so do child processes.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    is_a_file_s_name = bool(flags) and not flags.lstrip().startswith("-")
    if "xla_backend_extra_options" not in flags and not is_a_file_s_name:
        os.environ["XLA_FLAGS"] = f"{flags} {_SMALL_LOOP}".strip()
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
