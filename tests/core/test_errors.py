"""Errors carry data and read as sentences."""

from __future__ import annotations

import inspect
import pickle

import pytest

from core import errors
from core.errors import (
    CannotEdit,
    CannotTrain,
    DescentError,
    NotAPlaygroundLink,
    NotFiniteLoss,
    SnapshotNotKept,
    TaskRefused,
    WrongValue,
    said_of,
)
from core.words import Said


@pytest.mark.parametrize(
    "error",
    [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)],
)
def test_every_error_is_a_descent_error_and_in_the_tree(error: type[Exception]) -> None:
    assert issubclass(error, DescentError)
    assert error.__name__ in (errors.__doc__ or "")


def test_a_loss_that_is_no_number_carries_epoch_and_cause() -> None:
    error = NotFiniteLoss(3, Said("The learning rate is high."))
    assert (error.epoch, error.cause) == (3, Said("The learning rate is high."))
    assert str(error) == "The loss was no longer a number in epoch 3. The learning rate is high."
    assert isinstance(error, ArithmeticError)


@pytest.mark.parametrize(
    "error",
    [
        *(kind(Said("Choose {n}.", {"n": 3})) for kind in (CannotEdit, CannotTrain, TaskRefused, WrongValue)),
        NotAPlaygroundLink("x"),
        NotFiniteLoss(3, Said("The learning rate is high.")),
        SnapshotNotKept(7, Said("It is busy.")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_travels_with_what_it_says(error: DescentError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.said, str(again), vars(again)) == (error.said, str(error.said), vars(error))


def test_of_somebody_else_s_error_its_own_words_are_said() -> None:
    assert str(said_of(KeyError("{x}"))) == "'{x}'"
    assert said_of(WrongValue(Said("Choose another."))) == Said("Choose another.")
