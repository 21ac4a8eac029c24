"""A small coverage simulation; `python -m benchmarks evaluate` makes the full one, of 2,000 samples."""

from __future__ import annotations

import pytest

from benchmarks.coverage import PROPORTIONS, coverage

SAMPLES = 100


@pytest.mark.parametrize("population", ["two classes", "a number"])
def test_intervals_of_sixty_rows_hold_the_truth_about_as_often_as_they_say(population: str) -> None:
    """Of 100 samples 95 ± 2.2 are expected: this finds intervals that are wrong, not ones that are a little narrow."""
    for name, held in coverage(population, rows=60, samples=SAMPLES, seed=1, population_rows=200_000).items():
        assert held.samples == SAMPLES
        assert (0.88 if name in PROPORTIONS else 0.86) <= held.share <= 1.0, (name, held)
        assert held.width > 0
