"""What a worker does while nobody trains, in which order, and what it forgets."""

from __future__ import annotations

import functools

import pytest

from core.worker.idle import IdleWork


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def idle() -> IdleWork:
    return IdleWork(limit=3)


def test_work_that_is_due_first_is_done_first(idle: IdleWork, done: list[str]) -> None:
    idle.add("a", lambda: done.append("late"), after=60)
    idle.add("a", lambda: done.append("now"))
    assert idle.waits() == 0
    idle.do_next()
    assert done == ["now"]
    waits = idle.waits()
    assert waits is not None
    assert 50 < waits <= 60


def test_without_work_nothing_waits(idle: IdleWork) -> None:
    assert idle.waits() is None


def test_dropped_work_is_never_done(idle: IdleWork, done: list[str]) -> None:
    idle.add("old", lambda: done.append("old"))
    idle.add("new", lambda: done.append("new"))
    idle.drop("old")
    idle.drop("unknown")
    idle.do_next()
    assert done == ["new"]
    assert idle.waits() is None


def test_the_oldest_is_forgotten_when_there_is_too_much(idle: IdleWork, done: list[str]) -> None:
    for index in range(5):
        idle.add(index, functools.partial(done.append, str(index)))
    while idle.waits() is not None:
        idle.do_next()
    assert done == ["2", "3", "4"]


def test_work_that_fails_is_not_tried_again(idle: IdleWork) -> None:
    idle.add("a", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        idle.do_next()
    assert idle.waits() is None
