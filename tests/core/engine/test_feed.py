"""What viewers of a feed get: every epoch once, the newest picture, and nothing twice."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from core.engine.cursor import Cursor
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Progress
from core.protocol.run_state import RunState
from core.protocol.wire import Part, encode
from core.words import Said

INFO = Part({"info": {"log_names": ["loss"]}})
VIEW = Part({"view": {"kind": "plane"}}, {"points_x": np.zeros(2, np.float32)})


def feed_with(*parts: Part) -> RunFeed:
    feed = RunFeed("run", owner="me", config=ExperimentConfig(), state="queued", epochs=1000)
    for part in parts:
        feed.open(part)
    return feed


def epochs(first: int, last: int, *, state: RunState = RunState.RUNNING, message: Said | None = None) -> Progress:
    """Epochs first to last, whose loss is their number."""
    logs = np.arange(first, last + 1, dtype=np.float32).reshape(-1, 1)
    return Progress("run", state, 1000, first, logs, 0.01, message)


def picture(epoch: int) -> Part:
    return Part({"frame": {"epoch": epoch}}, {"map_class": np.zeros((2, 2), np.uint8)})


def named(parts: list[Part]) -> dict[str, Part]:
    return {name: part for part in parts for name in part.header}


def test_a_new_viewer_gets_everything() -> None:
    feed = feed_with(INFO, VIEW)
    feed.progress(epochs(1, 5))
    feed.show(picture(5))
    seen = named(feed.unseen(Cursor()))
    assert set(seen) == {"info", "view", "state", "history", "frame"}
    assert seen["history"].blocks["history"][:, 0].tolist() == [1, 2, 3, 4, 5]


def test_nothing_is_sent_twice() -> None:
    feed, cursor = feed_with(INFO, VIEW), Cursor()
    feed.progress(epochs(1, 5))
    feed.show(picture(5))
    assert feed.unseen(cursor)
    assert feed.unseen(cursor) == []


def test_a_viewer_gets_only_the_epochs_it_has_not_seen() -> None:
    feed, cursor = feed_with(INFO, VIEW), Cursor()
    feed.progress(epochs(1, 5))
    feed.unseen(cursor)
    feed.progress(epochs(6, 7))
    feed.progress(epochs(8, 8))
    seen = named(feed.unseen(cursor))
    assert set(seen) == {"state", "history"}
    assert seen["history"].header["history"]["first_epoch"] == 6
    assert seen["history"].blocks["history"][:, 0].tolist() == [6, 7, 8]


def test_a_viewer_that_comes_back_gets_what_it_missed() -> None:
    feed = feed_with(INFO, VIEW)
    feed.progress(epochs(1, 9))
    seen = named(feed.unseen(Cursor(epoch=7)))
    assert seen["history"].header["history"]["first_epoch"] == 8
    assert seen["history"].blocks["history"][:, 0].tolist() == [8, 9]
    assert {"info", "view"} <= set(seen)


def test_every_part_that_fits_together_becomes_one_message() -> None:
    feed = feed_with(INFO, VIEW)
    feed.progress(epochs(1, 3))
    feed.show(picture(3))
    assert encode(feed.unseen(Cursor()))


def test_of_several_pictures_the_newest_wins() -> None:
    feed, cursor = feed_with(INFO, VIEW), Cursor()
    feed.unseen(cursor)
    for epoch in (1, 2, 3):
        feed.show(picture(epoch))
    (part,) = feed.unseen(cursor)
    assert part.header["frame"]["epoch"] == 3


def test_epochs_wait_for_the_description_and_are_not_lost() -> None:
    feed, cursor = feed_with(), Cursor()
    feed.progress(epochs(1, 3))
    assert "history" not in named(feed.unseen(cursor))
    feed.open(INFO)
    assert named(feed.unseen(cursor))["history"].blocks["history"][:, 0].tolist() == [1, 2, 3]


def test_a_new_plane_leaves_the_description_alone() -> None:
    feed, cursor = feed_with(INFO, VIEW), Cursor()
    feed.unseen(cursor)
    feed.open(Part({"view": {"kind": "pca"}}))
    seen = named(feed.unseen(cursor))
    assert "info" not in seen
    assert seen["view"].header["view"]["kind"] == "pca"


def test_the_description_and_the_plane_are_kept_in_one() -> None:
    opened = feed_with(Part({**INFO.header, **VIEW.header}, VIEW.blocks)).opened
    assert opened is not None
    assert set(opened.header) == {"info", "view"}
    assert set(opened.blocks) == {"points_x"}
    assert feed_with(INFO).opened is None


def test_the_state_says_how_it_stands() -> None:
    feed, cursor = feed_with(INFO), Cursor()
    feed.enter(RunState.QUEUED, None, queue_position=3)
    assert named(feed.unseen(cursor))["state"].header["state"]["queue_position"] == 3
    feed.progress(epochs(1, 2))
    state = named(feed.unseen(cursor))["state"].header["state"]
    assert (state["state"], state["epoch"], state["epochs"]) == ("running", 2, 1000)
    assert (state["queue_position"], state["tone"]) == (None, "info")
    feed.progress(epochs(3, 3, state=RunState.FAILED, message=Said("It diverged.")))
    state = named(feed.unseen(cursor))["state"].header["state"]
    assert (state["state"], state["message"], state["tone"]) == (
        "failed",
        {"said": "It diverged.", "values": {}},
        "error",
    )


def test_what_happened_and_what_cannot_be_saved_is_one_line_that_is_made_once() -> None:
    feed = feed_with(INFO)
    feed.remark(Said("It went on."))
    feed.set_trouble(Said("The disk is full."))
    state = feed._state_part().header["state"]
    assert (str(Said.from_json(state["message"])), state["tone"]) == ("It went on. The disk is full.", "warning")
    feed.progress(epochs(1, 2))
    assert feed._state_part().header["state"]["message"] is state["message"]
    feed.progress(epochs(3, 3, message=Said("Compiling …")))
    assert str(Said.from_json(feed._state_part().header["state"]["message"])) == "Compiling … The disk is full."
    feed.set_trouble(None)
    feed.progress(epochs(4, 4))
    assert feed._state_part().header["state"]["message"] == Said("It went on.").to_json()


def test_a_change_of_the_learning_rate_reaches_viewers_once_for_each_epoch() -> None:
    feed, cursor = feed_with(INFO), Cursor()
    feed.progress(epochs(1, 4))
    feed.unseen(cursor)
    feed.record_change(4, 0.1)
    feed.record_change(4, 0.2)
    state = named(feed.unseen(cursor))["state"].header["state"]
    assert state["changes"] == [{"epoch": 4, "learning_rate": 0.2}]
    assert state["learning_rate"] == 0.2


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_a_run_has_ended_in_these_states(state: str) -> None:
    feed = feed_with(INFO)
    feed.enter(RunState(state))
    assert feed.has_ended


@pytest.mark.parametrize("state", ["idle", "queued", "running", "paused"])
def test_a_run_has_not_ended_in_these_states(state: str) -> None:
    feed = feed_with(INFO)
    feed.enter(RunState(state))
    assert not feed.has_ended


def test_a_history_of_many_reports_stays_whole() -> None:
    feed = feed_with(INFO)
    for first in range(1, 3001, 3):
        feed.progress(epochs(first, first + 2))
    assert feed.history()[:, 0].tolist() == list(range(1, 3001))


def test_time_counts_while_a_run_trains_and_not_while_it_waits() -> None:
    feed = feed_with(INFO)
    assert feed.seconds == 0
    feed.enter(RunState.RUNNING)
    assert not feed.wait_until(lambda feed: False, 0.05)
    feed.enter(RunState.PAUSED)
    trained = feed.seconds
    assert trained >= 0.05
    assert not feed.wait_until(lambda feed: False, 0.05)
    feed.enter(RunState.STOPPED)
    assert feed.seconds == trained


def test_what_the_store_kept_comes_back() -> None:
    feed = RunFeed("run", owner="me", config=ExperimentConfig(), state="done", epochs=3)
    logs = np.arange(6, dtype=np.float32).reshape(3, 2)
    opened = Part({**INFO.header, **VIEW.header}, VIEW.blocks)
    feed.restore(logs, message=Said("Done."), changes=[(1, 0.5)], seconds=2.0, opened=opened, frame=picture(3))
    assert np.array_equal(feed.history(), logs)
    seen = named(feed.unseen(Cursor()))
    assert set(seen) == {"info", "view", "state", "history", "frame"}
    state = seen["state"].header["state"]
    assert (state["state"], state["epoch"], state["message"]) == ("done", 3, Said("Done.").to_json())


def test_waiting_ends_when_another_thread_changes_the_feed() -> None:
    feed = feed_with(INFO)
    threading.Timer(0.05, feed.enter, [RunState.DONE]).start()
    assert feed.wait_until(lambda feed: feed.has_ended, 10)
    assert not feed.wait_until(lambda feed: feed.state == "running", 0.01)


def test_a_listener_is_called_after_every_change_until_it_leaves() -> None:
    feed, states = feed_with(INFO), []
    unlisten = feed.listen(lambda: states.append(feed.state))
    assert feed.viewers == 1
    feed.enter(RunState.RUNNING)
    feed.enter(RunState.PAUSED)
    unlisten()
    feed.enter(RunState.STOPPED)
    assert states == ["running", "paused"]
    assert feed.viewers == 0


def test_many_viewers_in_many_threads_each_see_every_epoch_exactly_once() -> None:
    feed = feed_with(INFO, VIEW)
    seen: list[list[float]] = [[] for _ in range(8)]

    def look(mine: list[float]) -> None:
        cursor = Cursor()
        while len(mine) < 2000:
            assert feed.wait_until(lambda feed: feed.epoch > cursor.epoch, 30)
            for part in feed.unseen(cursor):
                if "history" in part.header:
                    assert part.header["history"]["first_epoch"] == len(mine) + 1
                    mine += part.blocks["history"][:, 0].tolist()

    viewers = [threading.Thread(target=look, args=(mine,)) for mine in seen]
    for viewer in viewers:
        viewer.start()
    for first in range(1, 2001, 4):
        feed.progress(epochs(first, first + 3))
    for viewer in viewers:
        viewer.join(30)
    assert seen == [list(range(1, 2001))] * 8
