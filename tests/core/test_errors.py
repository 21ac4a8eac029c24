"""Errors carry data and read as sentences."""

from __future__ import annotations

import inspect

import pytest

from core import errors
from core.errors import DescentError, NotFiniteLoss


@pytest.mark.parametrize(
    "error",
    [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)],
)
def test_every_error_is_a_descent_error_and_in_the_tree(error: type[Exception]) -> None:
    assert issubclass(error, DescentError)
    assert error.__name__ in (errors.__doc__ or "")


def test_a_loss_that_is_no_number_carries_epoch_and_cause() -> None:
    error = NotFiniteLoss(3, "The learning rate is high.")
    assert (error.epoch, error.cause) == (3, "The learning rate is high.")
    assert str(error) == "The loss was no longer a number in epoch 3. The learning rate is high."
    assert isinstance(error, ArithmeticError)
