"""Compiled programs, kept and shared by runs of the same architecture. Bounded: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from core.runtime.settings import return_free_memory
from core.training.arrays import Arrays
from core.training.program import EpochProgram
from core.training.xla_program import XlaProgram


class ProgramCache:
    """At most `size` programs by key."""

    def __init__(self, size: int = 24) -> None:
        self._size = size
        self._programs: OrderedDict[Hashable, EpochProgram] = OrderedDict()
        self._fast: OrderedDict[Hashable, Future[XlaProgram]] = OrderedDict()
        self._compiler = ThreadPoolExecutor(1, thread_name_prefix="XLA")

    def __len__(self) -> int:
        return len(self._programs)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._programs

    def get(self, key: Hashable, make: Callable[[], EpochProgram]) -> EpochProgram:
        """The program for a key, made at first use."""
        if key not in self._programs:
            self._programs[key] = make()
            while len(self._programs) > self._size:
                self._programs.popitem(last=False)
        self._programs.move_to_end(key)
        return self._programs[key]

    @property
    def is_busy(self) -> bool:
        """Whether XLA compiles one of the programs, or has one waiting."""
        return any(not future.done() for future in self._fast.values())

    def get_fast(
        self, key: Hashable, arrays: Arrays, batch_size: int, new_model: Callable[[], Any], *, lenient: bool = False
    ) -> XlaProgram | None:
        """The XLA program for a key and for as many rows, None while it is being compiled.

        It has a model of its own: compiling runs in a thread and must not touch the variables of a run in training.

        Raises:
            Exception: of any kind, where XLA cannot compile it; the same at every later call.
        """
        key = (key, batch_size, *(tuple(array.shape) for array in arrays.given))
        if key not in self._fast:
            self._fast[key] = self._compiler.submit(_compile, new_model, arrays, batch_size, lenient)
            while len(self._fast) > self._size:
                self._fast.popitem(last=False)
        self._fast.move_to_end(key)
        future = self._fast[key]
        return future.result() if future.done() else None


def _compile(new_model: Callable[[], Any], arrays: Arrays, batch_size: int, lenient: bool) -> XlaProgram:
    program = XlaProgram(new_model(), arrays, batch_size=batch_size, lenient=lenient)
    program.prepare(arrays)
    return_free_memory()  # the compiler's: some 40 MB each time
    return program
