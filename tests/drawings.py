"""Drawings for tests: by chance, and as a hand would make them."""

from __future__ import annotations

import random

from core.experiment.catalogue import CATALOG
from core.experiment.dataset import DatasetConfig

Points = list[tuple[float, float, int]]


def clusters(*counts: int) -> Points:
    """A row of points for each class, one row above the other."""
    return [(-5 + 0.1 * index, 1.5 * label - 5, label) for label, count in enumerate(counts) for index in range(count)]


def random_points(rng: random.Random, classes: int, most: int = 300) -> Points:
    """At least ten of each class, anywhere on the plane."""
    return [
        (rng.uniform(-6, 6), rng.uniform(-6, 6), label)
        for label in range(classes)
        for _ in range(rng.randint(10, most))
    ]


def dataset_config(name: str) -> DatasetConfig:
    """A data set as it comes; the one that is drawn with a hundred points of each of three classes."""
    points = clusters(100, 100, 100) if CATALOG[name].is_drawn else None
    return DatasetConfig.model_validate({"name": name, "points": points})
