"""What the server remembers of one worker: the architectures that it has seen, and how much it was told."""

from __future__ import annotations

from collections.abc import Hashable

#: What an architecture costs a worker that has never seen it, and one that has only traced it, in runs that it trains.
_UNSEEN = 1.5
_TRACED = 0.75


class WorkerRecord:
    """One worker of the pool. Not safe to use from several threads: the pool's lock guards it.

    Attributes:
        compiled: the architectures that it has trained or shown.
        told: how many messages it was sent.
    """

    def __init__(self) -> None:
        self.compiled: set[Hashable] = set()
        self._traced: set[Hashable] = set()
        self.told = 0
        self._asked_after: int | None = None

    def has_seen(self, key: Hashable) -> bool:
        """Whether it has an architecture in memory."""
        return key in self.compiled or key in self._traced

    def will_trace(self, key: Hashable) -> None:
        """It was told to prepare an architecture that it does not train or show yet."""
        self._traced.add(key)

    @property
    def architectures(self) -> int:
        """How many it has in memory: TensorFlow gives none of them back."""
        return len(self.compiled | self._traced)

    def cost_of(self, key: Hashable) -> float:
        """How much busier it would be with an architecture, in runs: by nothing where it has compiled it."""
        return 0.0 if key in self.compiled else _TRACED if key in self._traced else _UNSEEN

    def ask(self) -> bool:
        """Note that it is asked whether it has done all that it was told. Returns whether that is a new question."""
        is_new = self._asked_after != self.told
        self._asked_after = self.told
        return is_new

    def ask_again(self) -> None:
        """Its answer was that it has not: the same question is a new one."""
        self._asked_after = None
