"""The compiled epoch itself: orders, batches, states."""

from __future__ import annotations

import numpy as np
import pytest

from core import load_dataset
from core.training.arrays import Arrays
from core.training.program import EpochProgram
from tests.core.fit_reference import fresh_model, small


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    dataset = load_dataset(small().dataset)
    return Arrays.of(dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)


@pytest.fixture(scope="module")
def program(arrays: Arrays) -> EpochProgram:
    return EpochProgram(fresh_model(small()), arrays)


def orders(epochs: int, rows: int = 40) -> np.ndarray:
    return np.tile(np.arange(rows, dtype=np.int32), (epochs, 1))


@pytest.mark.parametrize("batch", [1, 16, 20, 39, 40, 41, 10_000])
def test_an_epoch_updates_once_per_batch(program: EpochProgram, arrays: Arrays, batch: int) -> None:
    program.load(program.initial_state)
    logs, finite = program.run(arrays, orders(2), batch)
    assert finite
    assert logs.shape == (2, len(program.log_names))
    assert logs.dtype == np.float64
    assert int(np.asarray(program.model.optimizer.iterations)) == 2 * -(-40 // batch)


def test_the_order_of_the_rows_matters_between_batches(program: EpochProgram, arrays: Arrays) -> None:
    results = []
    for order in (orders(1), orders(1)[:, ::-1]):
        program.load(program.initial_state)
        results.append(program.run(arrays, order, 16)[0][0, 0])
    assert results[0] != results[1]


def test_a_row_left_out_of_the_order_is_not_learned_from(program: EpochProgram, arrays: Arrays) -> None:
    program.load(program.initial_state)
    some, _ = program.run(arrays, orders(1, rows=16), 16)
    program.load(program.initial_state)
    first = Arrays(arrays.x_train[:16], arrays.y_train[:16], arrays.x_test, arrays.y_test)
    np.testing.assert_array_equal(program.run(first, orders(1, rows=16), 16)[0], some)


def test_a_saved_state_is_a_copy(program: EpochProgram, arrays: Arrays) -> None:
    program.load(program.initial_state)
    state = [np.array(value) for value in program.state()]
    tensors = program.state()
    program.run(arrays, orders(1), 16)
    for left, right in zip(tensors, state, strict=True):
        np.testing.assert_array_equal(left, right)
    assert any(not np.array_equal(left, right) for left, right in zip(program.state(), state, strict=True))


def test_metrics_are_no_part_of_the_state(program: EpochProgram) -> None:
    model = program.model
    assert len(program.state()) == len(model.weights) + len(model.optimizer.variables)


def test_too_few_variables_are_refused(program: EpochProgram) -> None:
    with pytest.raises(ValueError, match=r"Expected \d+ variables, received 2"):
        program.load(program.state()[:2])
