"""A weight of a paused run is set by hand: the picture answers, the run records it, undo takes it back."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.errors import CannotEdit, NotYourRun
from core.protocol.messages import Edit
from core.training import TrainingState
from tests.core.tiny_runs import experiment, shown_epoch, until, wait, wait_for_end, wait_for_rest

CONFIG = experiment(dataset="moons", layers="3-tanh,2-tanh", epochs=12)


@pytest.fixture
def paused(engine: Engine, owner: str) -> RunFeed:
    feed = engine.train(CONFIG, owner=owner, steps=4)
    wait(feed, lambda feed: feed.state == "paused" and feed.epoch == 4)
    wait_for_rest(engine, feed)
    return feed


def _weights(feed: RunFeed) -> tuple[np.ndarray, np.ndarray]:
    assert feed.frame is not None
    return feed.frame.blocks["weights"].copy(), feed.frame.blocks["map_confidence"].copy()


def _edited(engine: Engine, feed: RunFeed, edit: Edit, owner: str) -> None:
    before = feed.frame
    engine.edit_weight(feed.id, edit, owner=owner)
    until(lambda: feed.frame is not before, "the picture did not answer")


def test_the_picture_shows_the_new_weight_at_once_and_the_run_records_it(
    engine: Engine, owner: str, paused: RunFeed
) -> None:
    before, map_before = _weights(paused)
    _edited(engine, paused, Edit(0, 1, 2, 2.5), owner)
    after, map_after = _weights(paused)
    place = 1 * 3 + 2
    assert after[place] == 2.5
    np.testing.assert_array_equal(np.delete(after, place), np.delete(before, place))
    assert not np.array_equal(map_before, map_after)
    assert shown_epoch(paused) == paused.epoch == 4
    (edit,) = paused.edits
    assert (edit.epoch, edit.value, np.float32(edit.before)) == (4, 2.5, before[place])
    assert engine.store.edits(paused.id) == [dataclasses.asdict(edit)]


def test_undo_gives_the_very_weights_back_and_the_run_goes_on_as_if_nothing_had_been(
    engine: Engine, owner: str, paused: RunFeed
) -> None:
    checkpoint = engine.store.kept(paused.id, "checkpoint")
    _edited(engine, paused, Edit(0, 0, 0, -9.0), owner)
    _edited(engine, paused, Edit(2, None, 0, 4.0), owner)
    engine.undo_edit(paused.id, owner=owner)
    engine.undo_edit(paused.id, owner=owner)
    assert paused.edits == ()
    assert engine.store.edits(paused.id) == []
    until(lambda: engine.store.kept(paused.id, "checkpoint") == checkpoint, "not the weights from before")
    engine.resume(paused.id, owner=owner)
    wait_for_end(paused)
    other = engine.train(CONFIG, owner="without edits")
    wait_for_end(other)
    np.testing.assert_array_equal(paused.history(), other.history())


def test_training_goes_on_from_the_edited_weights_and_undo_then_leaves_them(
    engine: Engine, owner: str, paused: RunFeed
) -> None:
    _edited(engine, paused, Edit(1, 2, 1, 3.0), owner)
    wait_for_rest(engine, paused)
    until(lambda: 3.0 in _first(engine, paused, 2), "the checkpoint does not have the edit")
    engine.step(paused.id, owner=owner)
    wait(paused, lambda feed: feed.epoch == 5)
    engine.undo_edit(paused.id, owner=owner)
    assert len(paused.edits) == 1
    engine.resume(paused.id, owner=owner)
    wait_for_end(paused)
    plain = engine.train(CONFIG, owner="without edits")
    wait_for_end(plain)
    np.testing.assert_array_equal(paused.history()[:4], plain.history()[:4])
    assert not np.array_equal(paused.history()[4:], plain.history()[4:])


def _first(engine: Engine, feed: RunFeed, variable: int) -> np.ndarray:
    state = TrainingState.from_bytes(engine.store.kept(feed.id, "checkpoint") or b"")
    return state.variables[variable]


@pytest.mark.parametrize(
    "edit",
    [
        Edit(-1, 0, 0, 1.0),
        Edit(3, 0, 0, 1.0),
        Edit(0, 2, 0, 1.0),
        Edit(0, -1, 0, 1.0),
        Edit(0, 0, 3, 1.0),
        Edit(0, 0, 0, float("nan")),
        Edit(0, 0, 0, 1e30),
        Edit(True, 0, 0, 1.0),
    ],
)
def test_a_weight_that_is_not_there_or_no_number_is_refused(
    engine: Engine, owner: str, paused: RunFeed, edit: Edit
) -> None:
    with pytest.raises(CannotEdit):
        engine.edit_weight(paused.id, edit, owner=owner)
    assert paused.edits == ()


WRONG: list[Any] = ["0", None, [0], {}]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *((name, wrong) for name in ("layer", "unit", "value") for wrong in WRONG),
        ("layer", 0.5),
        ("unit", 0.5),
    ],
)
def test_what_a_browser_may_send_instead_of_a_number_is_refused(
    engine: Engine, owner: str, paused: RunFeed, name: str, wrong: Any
) -> None:
    told: dict[str, Any] = {"layer": 0, "row": 0, "unit": 0, "value": 1.0, name: wrong}
    with pytest.raises(CannotEdit):
        engine.edit_weight(paused.id, Edit(**told), owner=owner)


def test_only_the_owner_edits_and_only_while_paused(engine: Engine, owner: str, paused: RunFeed) -> None:
    with pytest.raises(NotYourRun):
        engine.edit_weight(paused.id, Edit(0, 0, 0, 1.0), owner="somebody else")
    engine.resume(paused.id, owner=owner)
    wait_for_end(paused)
    with pytest.raises(CannotEdit, match="paused"):
        engine.edit_weight(paused.id, Edit(0, 0, 0, 1.0), owner=owner)
