"""Pause, step, stop, reset and continue, in the right order and in the wrong one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain, Server

SHORT = "?dataset=circles&layers=6-tanh&learning_rate=0.02&batch_size=16&epochs=60&seed=3"
LONG = "?dataset=circles&layers=6-tanh&learning_rate=0.02&batch_size=16&epochs=5000&seed=3&speed=20"


def active_runs(server: Server, run: str) -> int:
    """How many runs of the browser that owns `run` have not ended."""
    with closing(sqlite3.connect(f"file:{server.data / 'runs.sqlite'}?mode=ro", uri=True)) as database:
        return int(
            database.execute(
                "SELECT count(*) FROM runs WHERE state IN ('queued', 'running', 'paused')"
                " AND owner = (SELECT owner FROM runs WHERE id = ?)",
                (run,),
            ).fetchone()[0]
        )


def test_pausing_and_stepping_leave_no_trace_in_the_curve(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    train.click("step")  # from the initial weights: one epoch, then paused
    disturbed = train.wait_for_run()
    train.wait_for_epoch(1)
    train.wait_for_state("paused")
    assert train.epoch == 1
    train.click("step")
    train.wait_for_epoch(2)
    train.wait_for_state("paused")
    expect(train.control("pause")).to_contain_text("Resume")
    train.click("pause")
    train.wait_for_epoch(5)
    if train.state == "running":  # it may be quicker than we are
        train.button("pause").evaluate("button => button.click()")
    train.page.wait_for_function(
        "() => ['paused', 'done'].includes(document.querySelector('[data-testid=live]').dataset.state)"
    )
    if train.state == "paused":
        expect(train.control("pause")).to_contain_text("Resume")
        train.click("pause")
    train.wait_for_state("done")

    undisturbed = train.train()
    train.wait_for_state("done")
    assert undisturbed != disturbed
    assert len(train.history(undisturbed)) == 60
    assert train.history(undisturbed) == train.history(disturbed)


def test_pause_holds_still_and_resume_goes_on_from_there(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    run = train.train()
    train.wait_for_epoch(3)
    train.click("pause")
    train.wait_for_state("paused")
    held = train.epoch
    recorded = train.history(run)
    train.page.wait_for_timeout(300)  # twenty epochs a second: six would have passed
    assert train.epoch == held == len(recorded)
    expect(train.control("pause")).to_contain_text("Resume")
    train.click("pause")
    train.wait_for_epoch(held + 3)
    assert train.run == run
    assert train.history(run)[:held] == recorded


def test_space_pauses_and_resumes_unless_a_control_has_it(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    train.train()
    train.wait_for_epoch(2)
    expect(train.button("pause")).to_be_enabled()
    train.page.evaluate("document.activeElement.blur()")
    train.page.keyboard.press("Space")
    train.wait_for_state("paused")
    expect(train.control("pause")).to_contain_text("Resume")
    train.page.keyboard.press("Space")
    train.wait_for_state("running")
    expect(train.control("pause")).to_contain_text("Pause")
    train.live.get_by_role("checkbox", name="log").focus()
    train.page.keyboard.press("Space")
    expect(train.live.get_by_role("checkbox", name="log")).to_be_checked()
    assert train.state == "running"


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_space_pauses_while_a_slider_has_the_focus(open_train: OpenTrain, by: str) -> None:
    """No slider has a use for it."""
    train = open_train(LONG)
    train.train()
    train.wait_for_epoch(2)
    expect(train.button("pause")).to_be_enabled()
    sliders = [train.control(key).locator("input") for key in ("speed", "learning_rate", "test_fraction")]
    state, other = "running", "paused"
    for slider in [*sliders, train.page.get_by_test_id("time-slider")]:
        if by == "mouse":
            slider.scroll_into_view_if_needed()
            slider.evaluate(
                "slider => { slider.focus(); slider.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true})) }"
            )
        else:
            slider.focus()
        train.page.keyboard.press("Space")
        train.wait_for_state(other)
        expect(train.control("pause")).to_contain_text("Resume" if other == "paused" else "Pause")
        state, other = other, state


def test_train_is_not_the_strong_button_while_a_run_is_active(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    expect(train.button("train")).to_have_attribute("kind", "primary")
    place = train.button("train").bounding_box()
    train.train()
    train.wait_for_state("running")
    expect(train.button("train")).to_have_attribute("kind", "secondary")
    expect(train.button("train")).to_be_enabled()
    train.click("pause")
    train.wait_for_state("paused")
    expect(train.control("pause")).to_contain_text("Resume")
    expect(train.button("train")).to_have_attribute("kind", "secondary")
    train.click("stop")
    train.wait_for_state("stopped")
    expect(train.button("train")).to_have_attribute("kind", "primary")
    assert train.button("train").bounding_box() == place


def test_after_train_was_pressed_again_one_can_go_back_to_the_run_before(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    before, after = train.page.get_by_test_id("run-before"), train.page.get_by_test_id("run-after")
    expect(before).to_be_hidden()
    first = train.train()
    train.wait_for_epoch(3)
    places = "() => JSON.stringify([...document.querySelectorAll('.dsc-stat, .dsc-card, .dsc-actions > *')].map("
    places += "e => e.getBoundingClientRect()))"
    expect(train.live.get_by_text("Download")).to_be_visible()
    still = train.page.evaluate(places)
    second = train.train()
    train.wait_for_epoch(1)
    expect(before).to_be_visible()
    expect(after).to_be_hidden()
    assert train.page.evaluate(places) == still
    before.click()
    expect(train.live).to_have_attribute("data-run", first)
    train.wait_for_state("stopped")
    train.wait_for_query(run=first)
    assert train.epoch == len(train.history(first)) >= 3
    expect(before).to_be_hidden()
    expect(train.button("continue")).to_be_visible()
    after.click()
    expect(train.live).to_have_attribute("data-run", second)
    train.wait_for_query(run=second)
    expect(train.button("stop")).to_be_enabled()
    train.click("reset")
    train.wait_for_state("idle")
    before.click()  # behind the initial weights lies the newest run
    expect(train.live).to_have_attribute("data-run", second)


def test_a_run_without_an_epoch_is_none_to_go_back_to(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    train.train()
    train.wait_for_state("done")
    expect(train.button("reset")).to_be_enabled()
    first = train.run
    # It is another element once the run is over: clicks on the old one would go nowhere.
    expect(train.button("train")).to_have_attribute("kind", "primary")
    train.settle()
    train.button("train").evaluate("button => { button.click(); button.click(); button.click() }")
    train.wait_for_run(other_than=first)
    train.settle()
    train.wait_for_state("done")
    before = train.page.get_by_test_id("run-before")
    while before.is_visible():
        shown = train.run
        before.click()
        train.wait_for_run(other_than=shown)
        assert train.run
        expect(train.live).to_have_attribute("data-run", train.run)
        assert train.history(train.run)
        train.settle()
    assert train.run == first


def test_stop_ends_the_run_and_train_starts_again_from_the_initial_weights(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    first = train.train()
    train.wait_for_epoch(10)
    train.click("stop")
    train.wait_for_state("stopped")
    stopped = train.history(first)
    assert len(stopped) == train.epoch >= 10

    second = train.train()
    train.wait_for_epoch(10)
    train.click("stop")
    train.wait_for_state("stopped")
    again = train.history(second)
    both = min(len(stopped), len(again))
    assert again[:both] == stopped[:both]


def test_reset_shows_the_initial_weights_and_the_same_curve_follows(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    first = train.train()
    train.wait_for_state("done")
    curve = train.history(first)
    expect(train.button("reset")).to_be_enabled()
    train.click("reset")
    train.wait_for_state("idle")
    assert train.epoch == 0
    assert train.attribute("loss") == ""
    expect(train.page.get_by_test_id("loss-curve")).to_have_attribute("data-points", "0")
    train.page.wait_for_function("() => !new URLSearchParams(location.search).has('run')")
    second = train.train()
    train.wait_for_state("done")
    assert train.history(second) == curve


def test_reset_in_the_middle_of_a_run_ends_it(open_train: OpenTrain, server: Server) -> None:
    train = open_train(LONG)
    run = train.train()
    train.wait_for_epoch(3)
    train.click("reset")
    train.wait_for_state("idle")
    train.page.wait_for_function("() => !new URLSearchParams(location.search).has('run')")
    assert active_runs(server, run) == 0
    assert train.history(run), "what it recorded is kept"


def test_continue_trains_as_many_epochs_more(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    run = train.train()
    train.wait_for_state("done")
    first = train.history(run)
    expect(train.button("continue")).to_have_text(re.compile("Continue: 60 more$"))
    train.click("continue")
    train.wait_for_epoch(120)
    train.wait_for_state("done")
    assert train.run == run
    assert train.epoch == 120
    assert train.history(run)[:60] == first
    assert len(train.history(run)) == 120
    train.click("continue")  # and once more
    train.wait_for_epoch(180)
    train.wait_for_state("done")
    assert train.epoch == 180


def test_a_stopped_run_continues_too(open_train: OpenTrain) -> None:
    train = open_train(SHORT + "&speed=2")  # it must not end before it is stopped
    run = train.train()
    train.wait_for_epoch(4)
    train.click("stop")
    train.wait_for_state("stopped")
    stopped = train.epoch
    train.nudge("speed", 7)
    train.click("continue")
    train.wait_for_state("done")
    assert train.run == run
    assert train.epoch == stopped + 60


def test_speed_can_be_changed_while_it_runs(open_train: OpenTrain) -> None:
    train = open_train(SHORT.replace("epochs=60", "epochs=400") + "&speed=1")
    train.train()
    train.wait_for_epoch(2)
    assert train.epoch < 30
    train.nudge("speed", 7)
    train.wait_for_state("done")
    assert train.epoch == 400
    assert "speed" not in train.query


def test_fifty_clicks_on_train_leave_one_active_run(open_train: OpenTrain, server: Server) -> None:
    train = open_train(LONG)
    train.button("train").evaluate("button => { for (let i = 0; i < 50; i++) button.click() }")
    train.wait_for_state("running")
    train.wait_for_epoch(2)
    train.settle()
    train.wait_for_state("running")
    assert train.run
    assert active_runs(server, train.run) == 1
    train.click("stop")
    train.wait_for_state("stopped")
    assert active_runs(server, train.run) == 0


def test_train_during_a_run_stops_it_and_starts_anew(open_train: OpenTrain, server: Server) -> None:
    train = open_train(LONG)
    first = train.train()
    train.wait_for_epoch(2)
    second = train.train()
    train.wait_for_state("running")
    train.wait_for_epoch(2)
    assert first != second
    assert active_runs(server, second) == 1


def test_buttons_pressed_twice_or_in_the_wrong_order_do_no_harm(open_train: OpenTrain) -> None:
    """Each button is clicked as it stands at that moment: impatient fingers do not wait for the page."""
    train = open_train(LONG)
    for keys in (
        ["pause", "stop", "step", "reset"],
        ["train", "train"],
        ["pause", "pause", "pause"],
        ["stop", "stop", "pause"],
        ["step", "train", "stop", "train", "step"],
        ["reset", "reset", "stop"],
        ["new_seed", "train"],
    ):
        for key in keys:
            train.button(key).evaluate("button => button.click()")
        train.settle()
    train.page.evaluate("document.querySelector('.st-key-train button').click()")
    train.wait_for_state("running")
    train.wait_for_epoch(2)
    train.settle()
    expect(train.page.get_by_test_id("stException")).to_have_count(0)
    expect(train.button("stop")).to_be_enabled()
    train.click("stop")
    train.wait_for_state("stopped")


def test_new_seed_changes_the_experiment_and_its_link(open_train: OpenTrain) -> None:
    train = open_train(SHORT)
    assert train.query["seed"] == "3"
    train.click("new_seed")
    train.page.wait_for_function("() => new URLSearchParams(location.search).get('seed') !== '3'")
    train.train()
    train.wait_for_state("done")
    assert train.query["seed"] != "3"
