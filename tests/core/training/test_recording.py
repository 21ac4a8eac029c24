"""Recording is dense early, thins out, and stays within its limit whatever the network's size."""

from __future__ import annotations

import itertools

import pytest

from core.experiment.config import MAX_EPOCHS
from core.training.recording import LIMIT, is_recorded, recording_density, until_recorded


def _recorded(epochs: int, density: int) -> list[int]:
    return [epoch for epoch in range(epochs + 1) if is_recorded(epoch, density)]


@pytest.mark.parametrize("density", [1, 2, 5, 10, 16])
def test_steps_lead_from_each_recorded_epoch_to_the_next(density: int) -> None:
    epoch, seen = 0, [0]
    while (epoch := epoch + (until_recorded(epoch, density) or 0)) <= 3000:
        seen.append(epoch)
    assert seen == _recorded(3000, density)


@pytest.mark.parametrize("density", [1, 5, 10])
def test_gaps_never_shrink_and_every_doubling_has_as_many(density: int) -> None:
    epochs = _recorded(5120, density)
    gaps = [after - before for before, after in itertools.pairwise(epochs)]
    assert gaps == sorted(gaps)
    assert epochs[: 4 * density + 1] == list(range(4 * density + 1))
    for start in (4 * density * 2**power for power in range(4)):
        assert sum(start <= epoch < 2 * start for epoch in epochs) == density


@pytest.mark.parametrize("size", [100, 3_000, 29_000, 200_000, 1_000_000, 3_600_000, 9_000_000])
@pytest.mark.parametrize("epochs", [1, 100, 400, MAX_EPOCHS])
def test_what_is_kept_fits_the_limit(size: int, epochs: int) -> None:
    density = recording_density(epochs, size)
    kept = len({*_recorded(epochs, density), epochs})
    assert kept * size <= LIMIT or density == 0
    if density == 0:  # only the start and the end
        assert _recorded(epochs, density) == [0]


def test_nothing_is_due_where_nothing_is_recorded() -> None:
    assert until_recorded(7, 0) is None
    assert is_recorded(0, 0)
    assert not is_recorded(8, 0)
