"""Points drawn by hand: a compact, immutable value, and its text.

    60.60.AzdEOEU4…

The numbers are the points of each class, in order. The rest is base64url: two bytes a point, x and y, class by class.
The same points are the same value and the same text, in whatever order they were drawn.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from core.errors import WrongValue
from core.words import Said

#: Points lie in [−REACH, REACH]², on a grid of 1/PER_UNIT: a coordinate is a byte from 0 to CELLS.
REACH = 6
PER_UNIT = 20
CELLS = 2 * REACH * PER_UNIT

MIN_POINTS, MAX_POINTS = 10, 2_000
MIN_CLASSES, MAX_CLASSES = 2, 6
MIN_PER_CLASS = 2

_TEXT = re.compile(r"((?:[0-9]{1,4}\.){1,9})([A-Za-z0-9_-]*)")
_REFERENCE = re.compile(r"sha-[0-9a-f]{32}")

#: What is wrong with a drawing names it in its value `points`: a page that has another name for it fills that in.
_POINTS = {"points": "points"}

_UNREADABLE = Said(
    "{points} cannot be read: the text is cut off or was changed. Copy the whole link again.",
    _POINTS,
)


@dataclass(frozen=True)
class Drawing:
    """Points of two to six classes on a plane.

    Attributes:
        counts: points of each class.
        cells: x and y of every point, a byte each, class by class and sorted within a class.

    >>> drawing = Drawing.of([(-3, 0, 0), (-2.5, 1, 0), (2, 0, 1), (3, 1, 1)] * 3)
    >>> drawing.counts, Drawing.read(drawing.text) == drawing
    ((6, 6), True)
    """

    counts: tuple[int, ...]
    cells: bytes

    @classmethod
    def of(cls, points: Iterable[Sequence[Any]]) -> Self:
        """A drawing from (x, y, class) triples. Coordinates go to the nearest 1/20; the classes in use are numbered
        from 0, in order.

        Raises:
            WrongValue: too few, too many, or out of reach, in a sentence that says what to do.
        """
        given = list(points)
        _check_total(len(given))
        triples = [_triple(point) for point in given]
        labels = sorted({label for _, _, label in triples})
        return cls._of_groups([[(x, y) for x, y, each in triples if each == label] for label in labels])

    @classmethod
    def read(cls, text: str) -> Self:
        """A drawing from its text.

        Raises:
            WrongValue: it cannot be read, or is too small or too large for a data set.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise WrongValue(_UNREADABLE)
        counts = [int(count) for count in match[1].split(".")[:-1]]
        cells = _decode(match[2])
        if len(cells) != 2 * sum(counts) or any(cell > CELLS for cell in cells):
            raise WrongValue(_UNREADABLE)
        places = zip(cells[::2], cells[1::2], strict=True)
        return cls._of_groups([[next(places) for _ in range(count)] for count in counts])

    @classmethod
    def _of_groups(cls, groups: Sequence[Sequence[tuple[int, int]]]) -> Self:
        _check([len(group) for group in groups])
        cells = bytes(chain.from_iterable(chain.from_iterable(sorted(group) for group in groups)))
        return cls(tuple(map(len, groups)), cells)

    @property
    def text(self) -> str:
        """The drawing as text of letters, digits, `.`, `-` and `_`: 8 characters for 3 points."""
        encoded = base64.urlsafe_b64encode(self.cells).decode().rstrip("=")
        return ".".join([*map(str, self.counts), encoded])

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.counts)

    @property
    def points(self) -> tuple[tuple[float, float, int], ...]:
        """(x, y, class) of every point."""
        labels = chain.from_iterable([label] * count for label, count in enumerate(self.counts))
        return tuple(
            ((x - CELLS // 2) / PER_UNIT, (y - CELLS // 2) / PER_UNIT, label)
            for x, y, label in zip(self.cells[::2], self.cells[1::2], labels, strict=True)
        )

    def __len__(self) -> int:
        return sum(self.counts)


def as_drawing(value: Any) -> Drawing:
    """A drawing from whatever a configuration may hold: a drawing, its text, or (x, y, class) triples."""
    if isinstance(value, Drawing):
        return value
    if isinstance(value, str):
        return Drawing.read(value)
    if isinstance(value, (list, tuple)):
        return Drawing.of(value)
    raise WrongValue(Said("{points} is neither a list of (x, y, class) nor a drawing's text.", _POINTS))


def check_points(drawing: Drawing | None, dataset: str, *, is_drawn: bool) -> None:
    """Whether a data set has points where it is made of them, and only there.

    Args:
        is_drawn: the data set is made of points drawn by hand.

    Raises:
        WrongValue: it has not.
    """
    if drawing is not None and not is_drawn:
        raise WrongValue(
            Said("points belong to the data set 'drawn', not to '{name}'. Leave them out.", {"name": dataset})
        )
    if drawing is None and is_drawn:
        raise WrongValue(
            Said("points is missing: 'drawn' is made of points of your own. Draw some, or choose another set.")
        )


def reference_of(text: str) -> str:
    """A short name for a drawing that is too large for a link, made from its content."""
    return f"sha-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def is_reference(text: str) -> bool:
    """Whether a text is the short name of a drawing, and not a drawing."""
    return _REFERENCE.fullmatch(text) is not None


def _check(counts: Sequence[int]) -> None:
    total = sum(counts)
    _check_total(total)
    if len(counts) > MAX_CLASSES:
        many = Said("{points} has {classes} classes, and the limit is {most}. Use fewer classes.", _POINTS)
        raise WrongValue(many.filled(classes=len(counts), most=MAX_CLASSES))
    if total == 0:
        raise WrongValue(Said("{points} is empty. Draw points of at least two classes.", _POINTS))
    if len(counts) < MIN_CLASSES:
        raise WrongValue(Said("{points} has one class only. Add points of a second class.", _POINTS))
    for label, count in enumerate(counts, start=1):
        if count < MIN_PER_CLASS:
            few = Said(
                "{points} has one point of class {label}, and each class needs {least}. Draw more of it.", _POINTS
            )
            none = Said(
                "{points} has no points of class {label}, and each class needs {least}. Draw more of it.", _POINTS
            )
            raise WrongValue((few if count else none).filled(label=label, least=MIN_PER_CLASS))
    if total < MIN_POINTS:
        few = Said("{points} has {total} points, and a data set needs at least {least}. Draw more.", _POINTS)
        raise WrongValue(few.filled(total=total, least=MIN_POINTS))


def _check_total(total: int) -> None:
    if total > MAX_POINTS:
        many = Said("{points} has {total:,} points, and the limit is {most:,}. Erase some.", _POINTS)
        raise WrongValue(many.filled(total=total, most=MAX_POINTS))


def _triple(point: Sequence[Any]) -> tuple[int, int, int]:
    try:
        x, y, label = point
        if isinstance(label, bool) or int(label) != label or label < 0:
            raise ValueError
        return _cell(float(x)), _cell(float(y)), int(label)
    except (TypeError, ValueError, OverflowError):
        strange = Said(
            "{points} holds something that is no point. Each is (x, y, class): x and y from −{reach} to {reach}, "
            "class a whole number from 0.",
            _POINTS,
        )
        raise WrongValue(strange.filled(reach=REACH)) from None


def _cell(coordinate: float) -> int:
    if not -REACH <= coordinate <= REACH:  # NaN neither
        raise ValueError
    return math.floor((coordinate + REACH) * PER_UNIT + 0.5)


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise WrongValue(_UNREADABLE) from None
