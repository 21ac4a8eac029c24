"""Small pictures of the two-dimensional data sets, as SVG."""

from __future__ import annotations

import functools

import numpy as np

from core.experiment.catalogue import CATALOG
from core.experiment.dataset import DatasetConfig
from core.experiment.synthetic import generate
from pages.server.palette import PALETTE

#: Names of the data sets that have a picture.
TILES: tuple[str, ...] = tuple(name for name, info in CATALOG.items() if info.is_planar)

#: The class colours of the live view, of a lightness that shows on a light and on a dark ground.
_COLOURS = PALETTE["both"]["tile-classes"]

#: What stands for the points that the user draws: some of two classes, and a pencil.
_PENCIL = (
    '<circle cx="14" cy="22" r="6.5" fill="{0}"/><circle cx="33" cy="12" r="6.5" fill="{0}"/>'
    '<circle cx="14" cy="45" r="6.5" fill="{0}"/><circle cx="66" cy="66" r="6.5" fill="{1}"/>'
    '<circle cx="45" cy="70" r="6.5" fill="{1}"/>'
    '<path d="M24 60l3-12 31-31 9 9-31 31z" fill="none" stroke="{2}" stroke-width="5" stroke-linejoin="round"/>'
)


@functools.cache
def draw_tile(name: str) -> str:
    """A picture of a data set.

    Raises:
        KeyError: it has none.
    """
    if name not in TILES:
        raise KeyError(name)
    if CATALOG[name].is_drawn:
        return _svg(_PENCIL.format(*_COLOURS[:2], PALETTE["both"]["tile-pencil"]))
    points, target = generate(DatasetConfig(name=name, samples=110, noise=0.04), seed=3)
    # [−6.6, 6.6]² onto 80 × 80, y upwards.
    places = np.stack([points[:, 0], -points[:, 1]], axis=1) * (40 / 6.6) + 40
    low, high = float(target.min()), float(target.max())
    circles = []
    for (x, y), value in zip(places, target, strict=True):
        is_class = CATALOG[name].task == "classification"
        colour = _COLOURS[int(value)] if is_class else _COLOURS[int(value > (low + high) / 2)]
        strength = 1.0 if is_class else 0.15 + 0.85 * abs(2 * (value - low) / (high - low) - 1)
        circles.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}" fill-opacity="{strength:.2f}"/>')
    return _svg("".join(circles))


@functools.cache
def draw_strip() -> str:
    """All pictures in one file, side by side in the order of `TILES`."""
    tiles = [
        draw_tile(name).replace("<svg ", f'<svg x="{80 * place}" width="80" height="80" ', 1)
        for place, name in enumerate(TILES)
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {80 * len(TILES)} 80">{"".join(tiles)}</svg>'


def strip_rules(size: int = 26) -> str:
    """Style rules that show each data set's part of the strip on its button, `size` pixels large.

    >>> strip_rules().splitlines()[2]
    '.st-key-tile_moons button { background-position-x: -26px; }'
    """
    lines = [f'[class*="st-key-tile_"] button {{ background-size: {size * len(TILES)}px {size}px; }}']
    for place, name in enumerate(TILES):
        lines.append(f".st-key-tile_{name} button {{ background-position-x: {-size * place}px; }}")
    return "\n".join(lines)


def _svg(content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">{content}</svg>'
