"""Work that is done in pieces, so that whoever does it can do something else in between."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

Made = TypeVar("Made")

#: Yields between two pieces; what it yields means nothing here. Its value is what was made.
Pieces = Generator[Any, None, Made]


def finished(pieces: Pieces[Made]) -> Made:
    """Do all pieces one after the other.

    >>> def two_pieces():
    ...     yield
    ...     return "made"
    >>> finished(two_pieces())
    'made'
    """
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            made: Made = end.value
            return made
