"""Two-dimensional data sets drawn from formulas: points in about [−6, 6]² with a class or a height.

Needs only NumPy, so that a page can draw points without importing scikit-learn. Noise is Gaussian, with `noise` as a
share of the shape's size; for the two regressions it is added to the height.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

#: Shapes reach about this far from the origin.
RADIUS = 5.0

_Points = tuple[np.ndarray, np.ndarray]


class Asked(Protocol):
    """What a formula needs of a `DatasetConfig`, which checks itself by drawing."""

    @property
    def name(self) -> str: ...
    @property
    def samples(self) -> int: ...
    @property
    def noise(self) -> float: ...
    @property
    def n_classes(self) -> int: ...


def generate(config: Asked, *, seed: int) -> _Points:
    """Draw the points of a synthetic data set.

    Returns:
        x: (samples, 2) float64 coordinates.
        y: (samples,) class indices (int64) or heights (float64).
    """
    rng = np.random.default_rng(seed)
    return _GENERATORS[config.name](config, rng)


def generator_of(name: str) -> Callable[[Asked, np.random.Generator], _Points]:
    """The function that draws a data set."""
    return _GENERATORS[name]


def _class_indices(config: Asked) -> np.ndarray:
    return np.arange(config.samples) % config.n_classes


def _with_noise(points: np.ndarray, config: Asked, rng: np.random.Generator) -> np.ndarray:
    return points + rng.normal(scale=config.noise * RADIUS, size=points.shape)


def _circles(config: Asked, rng: np.random.Generator) -> _Points:
    y = _class_indices(config)
    # Square roots spread points evenly over the area of disc and ring.
    inner = 0.5 * RADIUS * np.sqrt(rng.uniform(size=config.samples))
    outer = RADIUS * np.sqrt(rng.uniform(0.7**2, 1.0, size=config.samples))
    radius = np.where(y == 0, inner, outer)
    angle = rng.uniform(0.0, 2.0 * np.pi, size=config.samples)
    return _with_noise(_polar(radius, angle), config, rng), y


def _moons(config: Asked, rng: np.random.Generator) -> _Points:
    y = _class_indices(config)
    angle = rng.uniform(0.0, np.pi, size=config.samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    moons = np.where(y[:, None] == 0, upper, lower) - [0.5, 0.25]
    # Scale 3 makes the moons as wide as the other shapes; their noise is a share of the moons' own radius.
    return moons * 3.0 + rng.normal(scale=config.noise * 3.0, size=moons.shape), y


def _xor(config: Asked, rng: np.random.Generator) -> _Points:
    points = rng.uniform(-RADIUS, RADIUS, size=(config.samples, 2))
    points += np.where(points > 0, 0.3, -0.3)  # a gap along the axes
    y = (points[:, 0] * points[:, 1] >= 0).astype(np.int64)
    return _with_noise(points, config, rng), y


def _spirals(config: Asked, rng: np.random.Generator) -> _Points:
    arms = config.n_classes
    y = _class_indices(config)
    along = np.sqrt(rng.uniform(0.01, 1.0, size=config.samples))  # 0 centre … 1 rim
    turns = 1.75 if arms == 2 else 1.0
    angle = along * turns * 2.0 * np.pi + y * 2.0 * np.pi / arms
    points = _polar(RADIUS * along, angle)
    # Arms lie close together: a third of the noise is as hard as all of it elsewhere.
    return points + rng.normal(scale=config.noise * RADIUS / 3.0, size=points.shape), y


def _blobs(config: Asked, rng: np.random.Generator) -> _Points:
    y = _class_indices(config)
    angle = 2.0 * np.pi * y / config.n_classes + np.pi / 4.0
    centres = _polar(np.full(config.samples, 0.6 * RADIUS), angle)
    spread = 0.15 + config.noise
    return centres + rng.normal(scale=spread * RADIUS / 2.0, size=centres.shape), y


def _checkerboard(config: Asked, rng: np.random.Generator) -> _Points:
    points = rng.uniform(-6.0, 6.0, size=(config.samples, 2))
    square = np.floor(points / 3.0).astype(np.int64)  # 4 × 4 squares
    y = (square.sum(axis=1)) % 2
    return points + rng.normal(scale=config.noise * 3.0 / 2.0, size=points.shape), y


def _plane(config: Asked, rng: np.random.Generator) -> _Points:
    points = rng.uniform(-6.0, 6.0, size=(config.samples, 2))
    height = (points[:, 0] + points[:, 1]) / 10.0
    return points, height + rng.normal(scale=config.noise, size=config.samples)


#: (x, y, height) of the hills and hollows, after TensorFlow Playground's `reg-gauss`.
_BUMPS = (
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
)


def _bumps(config: Asked, rng: np.random.Generator) -> _Points:
    points = rng.uniform(-6.0, 6.0, size=(config.samples, 2))
    height = np.zeros(config.samples)
    for x, y, sign in _BUMPS:
        distance = np.hypot(points[:, 0] - x, points[:, 1] - y)
        hill = sign * np.clip(1.0 - distance / 2.0, 0.0, 1.0)
        height = np.where(np.abs(hill) > np.abs(height), hill, height)
    return points, height + rng.normal(scale=config.noise / 2.0, size=config.samples)


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


_GENERATORS: dict[str, Callable[[Asked, np.random.Generator], _Points]] = {
    "circles": _circles,
    "moons": _moons,
    "xor": _xor,
    "spirals": _spirals,
    "blobs": _blobs,
    "checkerboard": _checkerboard,
    "plane": _plane,
    "bumps": _bumps,
}
