"""Groups stay whole and keep the classes' shares; by time, the latest rows are held out."""

from __future__ import annotations

import numpy as np
import pytest

from core.datasets.grouped import check_classes, split_off_groups, split_off_latest
from core.errors import CannotTrain

RNG = np.random.default_rng(0)
GROUPS = np.sort(RNG.integers(0, 200, 1000))
TARGET = (RNG.random(1000) < 0.2).astype(np.int64)


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.35, 0.5, 0.9])
@pytest.mark.parametrize("target", [TARGET, None], ids=["classes", "numbers"])
def test_no_group_straddles_and_the_share_is_met(target: np.ndarray | None, fraction: float) -> None:
    kept, held_out = split_off_groups(GROUPS, target, fraction, seed=3)
    assert not set(GROUPS[kept]) & set(GROUPS[held_out])
    assert sorted([*kept, *held_out]) == list(range(1000))
    assert abs(len(held_out) / 1000 - fraction) < 0.05
    if target is not None:
        assert abs(target[held_out].mean() - target.mean()) < 0.03


def test_the_seed_decides_which_groups() -> None:
    first, same, other = (split_off_groups(GROUPS, TARGET, 0.2, seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert set(first) != set(other)


def test_few_groups_are_enough_and_one_is_not() -> None:
    kept, held_out = split_off_groups(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, 1]), 0.2, seed=0)
    assert {len(kept), len(held_out)} == {2, 3}
    with pytest.raises(CannotTrain, match="one group"):
        split_off_groups(np.zeros(5), None, 0.2, seed=0)


def test_the_future_is_held_out() -> None:
    time = RNG.permutation(100).astype(float)
    kept, held_out = split_off_latest(time, 0.25)
    assert len(held_out) == 25
    assert time[kept].max() < time[held_out].min()
    assert (np.diff(time[kept]) > 0).all()


def test_a_class_without_a_training_row_is_said() -> None:
    check_classes(np.array([0, 1]), ("no", "yes"), "group")
    with pytest.raises(CannotTrain, match=r"latest rows were held out.*'yes'"):
        check_classes(np.array([0, 0]), ("no", "yes"), "time")
