"""The learning rate is moved while the class watches."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain, Server

#: The second is large enough for a run at full speed to last while a browser is driven through it.
MOONS = "?dataset=moons&layers=6-tanh&optimizer=sgd&learning_rate=0.01&batch_size=16&epochs=10000&seed=1"
LARGE_MOONS = MOONS.replace("6-tanh", "128-tanh,128-tanh")


@pytest.mark.parametrize(("moons", "speed"), [(MOONS, "&speed=10"), (LARGE_MOONS, "")], ids=["slowly", "at full speed"])
def test_the_run_goes_on_with_the_new_rate_and_records_the_change(
    open_train: OpenTrain, server: Server, moons: str, speed: str
) -> None:
    train = open_train(moons + speed)
    run = train.train()
    train.wait_for_epoch(4)
    train.nudge("learning_rate", 4)
    train.wait_for_query(learning_rate="0.1", run=run)
    moved = train.epoch
    train.wait_for_epoch(moved + 6)
    assert train.state == "running"
    assert train.run == run
    expect(train.hint).not_to_contain_text("next run")
    train.click("stop")
    train.wait_for_state("stopped")
    changed = train.history(run)

    with closing(sqlite3.connect(f"file:{server.data / 'runs.sqlite'}?mode=ro", uri=True)) as database:
        changes = database.execute(
            "SELECT epoch, learning_rate FROM changes WHERE run = ? ORDER BY epoch", (run,)
        ).fetchall()
    assert changes[-1][1] == 0.1

    # The same experiment without the change: equal up to the first change, and from then on another.
    other = open_train(moons)
    unchanged_run = other.train()
    other.wait_for_epoch(len(changed))
    other.click("stop")
    unchanged = other.history(unchanged_run)
    first = changes[0][0]
    assert changed[:first] == unchanged[:first]
    assert changed[first] != unchanged[first], f"recorded after epoch {first}: it applies from the next one"


def test_a_run_whose_rate_was_changed_comes_back_with_the_new_rate(open_train: OpenTrain) -> None:
    train = open_train(f"{MOONS}&speed=10")
    run = train.train()
    train.wait_for_epoch(3)
    train.nudge("learning_rate", 1)
    train.wait_for_query(learning_rate="0.02", run=run)
    train.reload()
    train.wait_for_state("running")
    assert train.run == run
    expect(train.control("learning_rate")).to_contain_text("0.02")
    train.wait_for_query(learning_rate="0.02")
    expect(train.hint).not_to_contain_text("next run")
