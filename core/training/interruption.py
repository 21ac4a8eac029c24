"""Abandoning the epoch that is being computed, from another thread: Pause and Stop answer however long an epoch is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.runtime.backend import tf

_interrupting = threading.Lock()
_is_wanted = _is_held_off = False
_interrupted: tf.Variable | None = None


def interrupt_flag() -> tf.Variable:
    """What a compiled epoch looks at between its batches. Made at first use, outside of any graph."""
    global _interrupted  # one training runs at a time in a process, so one flag serves all programs
    if _interrupted is None:
        _interrupted = tf.Variable(False, trainable=False, name="interrupted")
    return _interrupted


def interrupt(now: bool = True) -> None:
    """Abandon the epoch that this process is computing, and every later one until `interrupt(False)`.

    Callable from another thread. The abandoned epoch leaves no trace: the model has the weights from before it.
    """
    global _is_wanted
    with _interrupting:
        _is_wanted = now
        if not _is_held_off:
            interrupt_flag().assign(now)


def is_interrupted() -> bool:
    """What the flag says, for a loop outside of any graph."""
    return _is_wanted and not _is_held_off


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold interruptions off until the block ends, for work that must not be left half done."""
    global _is_held_off
    with _interrupting:
        _is_held_off = True
        interrupt_flag().assign(False)
    try:
        yield
    finally:
        with _interrupting:
            _is_held_off = False
            interrupt_flag().assign(_is_wanted)
