"""The first screen is ready: one click, and a network learns before one's eyes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage

#: Notes each new value of the live view's facts from now on, and every node that is added or removed as the view.
RECORD = """() => {
    const seen = window.seen = {points: [], map: [], epoch: [], remounts: 0}
    const note = (list, text) => { if (list.at(-1) !== Number(text)) list.push(Number(text)) }
    const look = () => {
        const at = name => document.querySelector(`[data-testid=${name}]`)
        note(seen.points, at('loss-curve')?.dataset.points)
        note(seen.map, at('boundary')?.dataset.epoch)
        note(seen.epoch, at('live')?.dataset.epoch)
        if (!at('live')?.marked) seen.remounts++
    }
    document.querySelector('[data-testid=live]').marked = true
    new MutationObserver(look).observe(document.body, {
        subtree: true, childList: true, attributes: true, attributeFilter: ['data-points', 'data-epoch']})
}"""


def growing(values: list[float]) -> bool:
    return values == sorted(values)


def seen(train: TrainPage) -> dict[str, Any]:
    return dict(train.page.evaluate("window.seen"))


def test_one_click_on_the_first_screen_trains_a_network_that_succeeds(open_train: OpenTrain) -> None:
    train = open_train()
    expect(train.notices).to_have_count(0)
    expect(train.button("train")).to_be_enabled()
    assert train.state == "idle"
    train.page.evaluate(RECORD)
    train.click("train")
    train.wait_for_epoch(60)
    train.wait_for_state("done", timeout=120_000)
    facts = seen(train)
    assert growing(facts["points"])
    assert growing(facts["map"])
    assert len(facts["points"]) > 2
    assert len(facts["map"]) > 1
    assert facts["remounts"] == 0
    assert float(train.attribute("val-accuracy") or 0) > 0.95


def test_the_untrained_network_is_shown_before_the_first_click(open_train: OpenTrain) -> None:
    train = open_train()
    expect(train.page.get_by_test_id("boundary-canvas")).to_have_attribute(
        "aria-label", re.compile("Map of the predicted class"), timeout=120_000
    )
    assert train.counts(), "the confusion matrix of the initial weights"


def test_the_live_view_is_never_taken_down(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=5000&speed=20&batch_size=32")
    train.page.evaluate(RECORD)
    train.train()
    train.wait_for_epoch(5)
    train.nudge("noise", 3)  # reruns the whole page
    train.click("add_layer")
    train.wait_for_query(layers="6-tanh,6-tanh")
    train.nudge("learning_rate", 1)
    train.nudge("speed", 1)
    train.reveal("samples")
    train.close_popovers()
    train.click("pause")
    train.wait_for_state("paused")
    paused = train.epoch
    train.click("step")
    train.wait_for_epoch(paused + 1)
    train.click("stop")
    train.wait_for_state("stopped")
    train.train()  # another run in the same view
    train.wait_for_epoch(3)
    train.click("reset")
    train.wait_for_state("idle")
    assert train.live.evaluate("live => live.marked === true && live.isConnected")
    assert seen(train)["remounts"] == 0


def test_the_zoom_stays_while_points_arrive(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=5000&speed=50")
    train.train()
    train.wait_for_epoch(40)
    curve = train.page.get_by_test_id("loss-curve")
    curve.focus()
    for _ in range(3):
        curve.press("+")
    expect(curve).not_to_have_attribute("data-range", re.compile(r"^[01],"))
    train.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    # What a zoomed chart shows is its own choice: it must not change as points arrive.
    shown = curve.get_attribute("data-range")
    train.wait_for_epoch(train.epoch + 20)
    train.nudge("speed", 1)
    assert curve.get_attribute("data-range") == shown
    curve.press("Escape")
    expect(curve).not_to_have_attribute("data-range", shown or "")


@pytest.mark.parametrize("task", ["moons", "plane"])
def test_the_exact_values_are_in_the_readout(open_train: OpenTrain, task: str) -> None:
    train = open_train(f"?dataset={task}&layers=6-tanh&epochs=40")
    train.train()
    train.wait_for_state("done")
    curve = train.page.get_by_test_id("loss-curve")
    box = curve.bounding_box()
    assert box
    train.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    readout = train.page.get_by_test_id("loss-readout")
    expect(readout).to_contain_text("epoch")
    expect(readout).not_to_contain_text("epoch 40")
