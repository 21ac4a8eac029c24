"""Diverging losses, killed workers, killed servers: what was learned is kept, and the page says what happened."""

from __future__ import annotations

import math
import os
import signal
import sqlite3

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain, Server, StartServer

LONG = "?dataset=circles&layers=6-tanh&learning_rate=0.02&batch_size=16&epochs=5000&seed=3&speed=20"
ENDED = "() => ['failed', 'stopped', 'done'].includes(document.querySelector('[data-testid=live]').dataset.state)"


def test_a_diverging_run_ends_and_names_the_likely_cause(open_train: OpenTrain) -> None:
    train = open_train()
    train.choose("preset", "A learning rate that diverges")
    train.wait_for_query(dataset="diabetes", learning_rate="0.3")
    train.train()
    train.page.wait_for_function(ENDED)
    assert train.state == "failed"
    expect(train.status).to_contain_text("no longer a number")
    expect(train.status).to_contain_text("lower learning rate")
    for name in ("loss", "val-loss", "mae", "val-mae"):
        value = train.attribute(name)
        assert value == "" or math.isfinite(float(value or "nan")), f"data-{name} is {value}"
    logs = train.history()
    assert len(logs) == train.epoch < 100
    assert all(math.isfinite(float(cell)) for row in logs for cell in row)
    text = train.live.inner_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    # The sentence can be read to its end.
    assert train.status.evaluate("line => line.scrollWidth <= line.clientWidth + 1")

    train.choose("preset", "The article's example")
    train.train()
    train.wait_for_state("done")


def test_a_run_goes_on_by_itself_after_every_training_process_was_killed(
    start_server: StartServer, open_train: OpenTrain
) -> None:
    server = start_server()
    train = open_train(LONG, on=server)
    run = train.train()
    train.wait_for_epoch(10)
    seen = train.epoch
    for child in server.children():
        os.kill(int(child.split()[0]), signal.SIGKILL)
    expect(train.status).to_contain_text("A training process ended unexpectedly")
    kept = train.history(run)
    assert len(kept) >= seen
    train.wait_for_epoch(len(kept) + 5, timeout=120_000)  # a new process loads Keras
    assert train.run == run
    assert train.state == "running"
    train.click("stop")
    train.wait_for_state("stopped")
    logs = train.history(run)
    assert logs[: len(kept)] == kept
    assert [row[0] for row in logs] == [str(epoch) for epoch in range(1, train.epoch + 1)]
    again = train.train()
    train.wait_for_epoch(len(kept))
    train.click("stop")
    assert train.history(again)[: len(kept)] == kept, "an undisturbed run gives the same"
    train.page.close()
    server.stop()
    server.assert_left_nothing_behind()


def test_a_locked_database_is_said_in_one_line_and_training_goes_on(server: Server, open_train: OpenTrain) -> None:
    train = open_train(LONG)
    train.train()
    train.wait_for_epoch(5)
    other = sqlite3.connect(server.data / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        expect(train.status).to_contain_text("Another program has locked Descent's data")
        train.wait_for_epoch(train.epoch + 10)
        train.click("pause")
        train.wait_for_state("paused")
    finally:
        other.execute("ROLLBACK")
        other.close()
    expect(train.status).to_have_text("Paused.")
    train.reload()
    train.wait_for_state("paused")
    assert len(train.history()) == train.epoch


def test_a_run_that_waits_for_the_engine_can_be_paused_and_goes_on_later(
    start_server: StartServer, open_train: OpenTrain
) -> None:
    slow = LONG.replace("speed=20", "speed=1")  # the engine may be there before Pause
    train = open_train(slow, on=start_server(DESCENT_WORKERS="1"))
    train.train()
    train.click("pause")
    train.wait_for_state("paused", timeout=120_000)
    assert train.epoch < 5
    expect(train.control("pause")).to_contain_text("Resume")
    train.click("pause")
    train.wait_for_epoch(5)
    train.click("stop")
    train.wait_for_state("stopped")
