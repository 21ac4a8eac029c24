"""The order in which epochs take their rows: NumPy's own permutations, however the epochs are divided into calls."""

from __future__ import annotations

import numpy as np

from core.training.orders import RowOrders


def test_an_epoch_s_order_is_the_permutation_of_its_seed_and_number() -> None:
    orders = RowOrders(50, seed=3).of(7, count=2)
    assert orders.dtype == np.int32
    for epoch, order in zip((7, 8), orders, strict=True):
        assert np.array_equal(order, np.random.default_rng([3, epoch]).permutation(50))


def test_epochs_one_by_one_have_the_orders_of_epochs_together() -> None:
    orders = RowOrders(20, seed=1)
    assert np.array_equal(np.concatenate([orders.of(epoch) for epoch in range(5)]), orders.of(0, count=5))


def test_rows_that_are_not_shuffled_stay_as_they_are() -> None:
    orders = RowOrders(4, seed=1, shuffle=False).of(9, count=3)
    assert orders.dtype == np.int32
    assert orders.tolist() == [[0, 1, 2, 3]] * 3


def test_no_epoch_has_no_order_but_its_rows_are_known() -> None:
    assert RowOrders(4, seed=1).of(0, count=0).shape == (0, 4)
