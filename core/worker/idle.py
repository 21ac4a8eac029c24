"""What a worker does while nobody trains: preparations that make the next Train start at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple


class _Piece(NamedTuple):
    due: float
    key: Hashable
    work: Callable[[], Any]


class IdleWork:
    """Pieces of work with the time from which each may be done. The oldest are forgotten when there are too many.

    Args:
        limit: pieces kept.
    """

    def __init__(self, limit: int = 96) -> None:
        self._limit = limit
        self._pieces: list[_Piece] = []

    def add(self, key: Hashable, work: Callable[[], Any], *, after: float = 0.0) -> None:
        """Note a piece of work.

        Args:
            key: what it is for; `drop` takes it back.
            after: seconds from now before which it does not begin.
        """
        self._pieces = [*self._pieces, _Piece(time.monotonic() + after, key, work)][-self._limit :]

    def drop(self, key: Hashable) -> None:
        """Forget the work for something that nobody needs any more."""
        self._pieces = [piece for piece in self._pieces if piece.key != key]

    def waits(self) -> float | None:
        """Seconds until a piece is due, None where there is none."""
        if not self._pieces:
            return None
        return max(0.0, min(piece.due for piece in self._pieces) - time.monotonic())

    def do_next(self) -> None:
        """Do the piece that is due first."""
        piece = min(self._pieces, key=lambda piece: piece.due)
        self._pieces.remove(piece)
        piece.work()
