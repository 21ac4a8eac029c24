"""Small pictures of the two-dimensional data sets, as SVG."""

from __future__ import annotations

import functools

import numpy as np

from core.catalog import CATALOG
from core.config import DatasetConfig
from core.datasets.synthetic import generate

#: Names of the data sets that have a picture.
TILES: tuple[str, ...] = tuple(name for name, info in CATALOG.items() if info.is_synthetic)

#: The class colours of the live view, of a lightness that shows on a light and on a dark ground.
_COLOURS = ("#1f86c9", "#e8890c", "#2fa877")


@functools.cache
def draw_tile(name: str) -> str:
    """A picture of a data set.

    Raises:
        KeyError: it has none.
    """
    if name not in TILES:
        raise KeyError(name)
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
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">{"".join(circles)}</svg>'
