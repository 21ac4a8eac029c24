"""Charts of the printable report as SVG: axes with ticks, lines, points and bars. They need no script."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.server.palette import PALETTE

_COLOURS = PALETTE["light"]
_WIDTH, _HEIGHT = 340, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 42

#: Points of a line, at most: paper shows no more.
_MOST_POINTS = 400


@dataclass(frozen=True)
class Line:
    """Points that are joined.

    Attributes:
        name: beside its end of the legend; empty for none.
        colour: a name of the palette.
        dashes: as in SVG; empty for a solid line.
        steps: whether it goes across before it goes up.
    """

    x: np.ndarray
    y: np.ndarray
    name: str = ""
    colour: str = "a"
    dashes: str = ""
    steps: bool = False


@dataclass(frozen=True)
class Points:
    """Single points, each with the ends of its interval where there is one."""

    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    colour: str = "a"
    radius: float = 3.5


@dataclass(frozen=True)
class Bars:
    """Counts between edges, one more than bars."""

    edges: np.ndarray
    heights: np.ndarray
    name: str
    colour: str


#: What is drawn between the axes.
Shape = Line | Points | Bars


@dataclass(frozen=True)
class Axis:
    """A direction: what it is, and from where to where."""

    label: str
    low: float
    high: float


def chart(title: str, x: Axis, y: Axis, shapes: Sequence[Shape], *, describes: str) -> str:
    """A figure with its caption.

    Args:
        describes: what is to be seen, for who cannot see it.
    """
    frame = _Frame(x, y)
    drawn = "".join(_drawn(shape, frame) for shape in shapes)
    return (
        f'<figure><figcaption>{html.escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{html.escape(describes, quote=True)}">{frame.axes()}<g clip-path="url(#inside)">{drawn}</g></svg>'
        f"{_legend(shapes)}</figure>"
    )


#: Once in a page: charts are cut off at their axes.
CLIP = (
    f'<svg width="0" height="0" aria-hidden="true" style="position:absolute"><clipPath id="inside">'
    f'<rect x="{_LEFT - 5}" y="{_TOP - 5}" width="{_WIDTH - _LEFT - _RIGHT + 10}" '
    f'height="{_HEIGHT - _TOP - _BOTTOM + 10}"/></clipPath></svg>'
)


class _Frame:
    """From numbers to places."""

    def __init__(self, x: Axis, y: Axis) -> None:
        self._x, self._y = x, y

    def x(self, values: np.ndarray | float) -> np.ndarray:
        share = (np.asarray(values, float) - self._x.low) / ((self._x.high - self._x.low) or 1.0)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, values: np.ndarray | float) -> np.ndarray:
        share = (np.asarray(values, float) - self._y.low) / ((self._y.high - self._y.low) or 1.0)
        return np.clip(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), -1e4, 1e4)

    def axes(self) -> str:
        parts = []
        for value in _ticks(self._x):
            at = float(self.x(value))
            parts.append(_rule(at, _TOP, at, _HEIGHT - _BOTTOM))
            parts.append(_text(at, _HEIGHT - _BOTTOM + 14, _written(value), "middle"))
        for value in _ticks(self._y):
            at = float(self.y(value))
            parts.append(_rule(_LEFT, at, _WIDTH - _RIGHT, at))
            parts.append(_text(_LEFT - 6, at + 3.5, _written(value), "end"))
        middle = (_TOP + _HEIGHT - _BOTTOM) / 2
        parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8, self._x.label, "middle"))
        parts.append(
            f'<text transform="translate(12 {middle:.0f}) rotate(-90)" text-anchor="middle">'
            f"{html.escape(self._y.label)}</text>"
        )
        return "".join(parts)


def _drawn(shape: Shape, frame: _Frame) -> str:
    if isinstance(shape, Line):
        x, y = (values[_some(len(shape.x))] for values in (shape.x, shape.y))
        if shape.steps:
            x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
        places = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(frame.x(x), frame.y(y), strict=True))
        dashes = f' stroke-dasharray="{shape.dashes}"' if shape.dashes else ""
        return (
            f'<polyline points="{places}" fill="none" stroke="{_COLOURS[shape.colour]}" stroke-width="2" '
            f'stroke-linejoin="round"{dashes}/>'
        )
    if isinstance(shape, Points):
        colour, parts = _COLOURS[shape.colour], []
        if shape.low is not None and shape.high is not None:
            for x, low, high in zip(frame.x(shape.x), frame.y(shape.low), frame.y(shape.high), strict=True):
                parts.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1.5"/>')
        centres = zip(frame.x(shape.x), frame.y(shape.y), strict=True)
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius}" fill="{colour}"/>' for x, y in centres]
        return "".join(parts)
    lefts, rights = frame.x(shape.edges[:-1]), frame.x(shape.edges[1:])
    tops, bottom = frame.y(shape.heights), float(frame.y(0.0))
    return "".join(
        f'<rect x="{left + 0.5:.1f}" y="{top:.1f}" width="{max(right - left - 1, 0.5):.1f}" '
        f'height="{max(bottom - top, 0):.1f}" fill="{_COLOURS[shape.colour]}" fill-opacity="0.55" '
        f'stroke="{_COLOURS[shape.colour]}"/>'
        for left, right, top in zip(lefts, rights, tops, strict=True)
    )


def _legend(shapes: Sequence[Shape]) -> str:
    named = [shape for shape in shapes if not isinstance(shape, Points) and shape.name]
    if not named:
        return ""
    keys = []
    for shape in named:
        dashes = f' stroke-dasharray="{shape.dashes}"' if isinstance(shape, Line) and shape.dashes else ""
        width = 2 if isinstance(shape, Line) else 9
        stroke = f'stroke="{_COLOURS[shape.colour]}" stroke-width="{width}"{dashes}'
        mark = f'<svg viewBox="0 0 22 10" aria-hidden="true"><path d="M1 5H21" {stroke}/></svg>'
        keys.append(f"<span>{mark}{html.escape(shape.name)}</span>")
    return f'<p class="legend">{"".join(keys)}</p>'


def _some(count: int) -> np.ndarray:
    """Places of at most `_MOST_POINTS` points, with the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).round().astype(int)) if count else np.arange(0)


def _ticks(axis: Axis) -> list[float]:
    """Four or five round numbers along an axis."""
    span = axis.high - axis.low
    if not span > 0:
        return [axis.low]
    step = 10.0 ** np.floor(np.log10(span / 4))
    step = next(step * factor for factor in (1, 2, 2.5, 5, 10) if span / (step * factor) <= 5)
    first = np.ceil(axis.low / step - 1e-9) * step
    return [float(value) for value in np.arange(first, axis.high + step * 1e-6, step)]


def _written(value: float) -> str:
    return f"{value + 0.0:.6g}".replace("-", "−")


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{_COLOURS["line"]}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'
