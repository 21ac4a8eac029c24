"""Keras on TensorFlow, started our way. Whoever needs them imports them from here: the order of imports decides.

from core.runtime.backend import keras, tf
"""

from core.runtime.settings import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402 — the one place: backend and threads can be chosen only before this line
import tensorflow as tf  # noqa: E402 — as above

__all__ = ["keras", "tf"]
