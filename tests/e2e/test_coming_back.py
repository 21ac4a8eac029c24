"""A run outlives its page: refresh, tabs, other browsers, restarts of the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain, StartServer
from tests.e2e.train_page import TrainPage

SHORT = "?dataset=circles&layers=6-tanh&learning_rate=0.02&batch_size=16&epochs=60&seed=3"
LONG = "?dataset=circles&layers=6-tanh&learning_rate=0.02&batch_size=16&epochs=5000&seed=3&speed=20"


def wait_for_points(train: TrainPage, number: int) -> None:
    """Until the curves hold at least so many epochs."""
    train.page.wait_for_function(
        "n => Number(document.querySelector('[data-testid=loss-curve]').dataset.points) >= n", arg=number
    )


def test_a_refresh_comes_back_to_the_running_run_with_all_its_history(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    run = train.train()
    train.wait_for_epoch(10)
    train.reload()
    train.wait_for_state("running")
    assert train.run == run
    wait_for_points(train, 10)
    train.wait_for_epoch(train.epoch + 3)
    expect(train.button("stop")).to_be_enabled()
    train.click("stop")
    train.wait_for_state("stopped")
    assert len(train.history()) == train.epoch


def test_a_refresh_keeps_the_speed(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    train.train()
    train.wait_for_epoch(2)
    train.reload()
    train.wait_for_state("running")
    train.wait_for_query(speed="20")
    expect(train.control("speed")).to_contain_text("20 epochs/s")


def test_a_refresh_keeps_what_was_changed_for_the_next_run(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    run = train.train()
    train.wait_for_state("done")
    train.fill_number("units_0", 9)
    train.wait_for_query(layers="9-tanh", run=run)
    train.reload()
    train.wait_for_state("done")
    assert train.run == run
    expect(train.control("units_0").locator("input")).to_have_value("9")
    expect(train.hint).to_contain_text("next run")


def test_a_second_tab_watches_and_controls_the_same_run(open_train: OpenTrain) -> None:
    first = open_train(LONG)
    run = first.train()
    first.wait_for_epoch(5)
    second = open_train(f"?run={run}")
    second.wait_for_state("running")
    wait_for_points(second, 5)
    expect(second.button("pause")).to_be_enabled()
    second.click("pause")
    second.wait_for_state("paused")
    first.wait_for_state("paused")
    expect(first.control("pause")).to_contain_text("Resume")  # its buttons follow
    first.click("pause")
    second.wait_for_state("running")


def test_another_browser_sees_the_run_read_only(open_train: OpenTrain) -> None:
    owner = open_train(LONG)
    run = owner.train()
    owner.wait_for_epoch(5)
    guest = open_train(f"?run={run}", another_browser=True)
    guest.wait_for_state("running")
    wait_for_points(guest, 5)
    expect(guest.hint).to_contain_text("Read-only")
    for key in ("pause", "step", "stop"):
        expect(guest.button(key)).to_be_disabled()
    expect(guest.control("continue")).to_have_count(0)
    guest.page.evaluate("document.activeElement.blur()")
    guest.page.keyboard.press("Space")
    guest.nudge("learning_rate", 2)
    guest.wait_for_epoch(guest.epoch + 3)
    assert guest.state == owner.state == "running"
    assert "learning_rate=0.02" in owner.page.url
    # Its buttons stay as they are when the run ends.
    owner.click("stop")
    guest.wait_for_state("stopped")
    expect(guest.control("continue")).to_have_count(0)
    expect(guest.button("stop")).to_be_disabled()


def test_two_browsers_train_at_once_and_do_not_see_each_other(open_train: OpenTrain) -> None:
    one = open_train(LONG)
    two = open_train(LONG.replace("circles", "moons"), another_browser=True)
    first, second = one.train(), two.train()
    assert first != second
    one.wait_for_epoch(5)
    two.wait_for_epoch(5)
    two.click("stop")
    two.wait_for_state("stopped")
    one.wait_for_epoch(one.epoch + 3)
    assert one.state == "running"
    assert one.run == first
    assert two.run == second
    assert one.query["dataset"] == "circles"
    # A fresh page shows nobody's run.
    assert open_train(another_browser=True).run is None


def test_an_id_that_does_not_exist_is_answered_in_one_line(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&epochs=20&run=nobody-has-this-one")
    expect(train.notices).to_have_count(1)
    expect(train.notices).to_contain_text("This run does not exist")
    assert train.run is None
    assert train.state == "idle"
    train.train()
    train.wait_for_state("done")


@pytest.mark.allow_console_errors  # a socket that finds no server is an error to the browser
def test_after_a_restart_finished_runs_are_there_and_the_others_go_on(
    start_server: StartServer, open_train: OpenTrain
) -> None:
    server = start_server(DESCENT_WORKERS="1")
    finished = open_train(SHORT, on=server)
    done = finished.train()
    finished.wait_for_state("done")
    curve, predictions = finished.history(done), finished.predictions(done)
    running = open_train(LONG, on=server)
    cut = running.train()
    running.wait_for_epoch(12)
    seen = running.history(cut)

    server.kill()
    server.assert_left_nothing_behind()
    server.restart()

    # The pages that stayed open find their way back by themselves.
    # Streamlit draws such a page anew, and for a moment the old view and the new one are both there.
    again = running.status.filter(has_text="The server was started again")
    expect(again).to_have_count(1, timeout=120_000)
    expect(running.page.locator("[data-testid=live][data-state=running]")).to_have_count(1, timeout=120_000)
    expect(running.live).to_have_count(1)
    running.wait_for_state("running", timeout=120_000)
    running.wait_for_epoch(len(seen) + 20, timeout=120_000)
    assert running.run == cut
    running.click("stop")
    running.wait_for_state("stopped")
    kept = running.history(cut)
    assert kept[: len(seen)] == seen
    assert [row[0] for row in kept] == [str(epoch) for epoch in range(1, len(kept) + 1)]

    finished.reload()
    finished.wait_for_state("done")
    assert finished.run == done
    assert finished.history(done) == curve
    assert finished.predictions(done) == predictions
    assert sum(map(sum, finished.counts())) == 60
    expect(finished.boundary).to_have_attribute("data-epoch", "60")
    finished.click("continue")  # from its checkpoint
    finished.wait_for_epoch(120)
    finished.wait_for_state("done")
    assert finished.history(done)[:60] == curve


def test_a_page_that_lost_its_cookies_still_trains(open_train: OpenTrain) -> None:
    train = open_train(SHORT, another_browser=True)
    train.page.context.clear_cookies()
    train.train()
    train.wait_for_state("done")
