"""Without a mouse, and without eyes: the keyboard reaches everything, and everything has a name."""

from __future__ import annotations

import re
from collections import Counter

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage

WIDGETS = {
    "button", "checkbox", "combobox", "link", "listbox", "menuitem", "radio", "searchbox", "slider", "spinbutton",
    "switch", "tab", "textbox", "DisclosureTriangle",
}  # fmt: skip


def widgets(train: TrainPage) -> list[tuple[str, str]]:
    """(role, accessible name) of every widget on the page, as Chromium computes them."""
    session = train.page.context.new_cdp_session(train.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in nodes
        if not node.get("ignored") and node.get("role", {}).get("value") in WIDGETS
    ]


def test_every_widget_has_a_name(open_train: OpenTrain) -> None:
    train = open_train("?dataset=iris&layers=8-relu,8-tanh&epochs=40")
    train.train()
    train.wait_for_state("done")
    expect(train.control("continue")).to_be_visible()
    found = widgets(train)
    assert len(found) > 25
    assert [widget for widget in found if not widget[1]] == []
    for opener in train.openers.all():
        opener.click()
        expect(train.page.get_by_test_id("stPopoverBody")).to_be_visible()
        assert [widget for widget in widgets(train) if not widget[1]] == []
        train.close_popovers()


def test_names_tell_widgets_apart(open_train: OpenTrain) -> None:
    """Three buttons that are all called More tell a screen reader's user nothing."""
    train = open_train("?dataset=iris&layers=8-relu,8-tanh&epochs=40")
    ours = [each for each in widgets(train) if each[1] not in {"Open", "Increment", "Decrement"}]
    assert [each for each, count in Counter(ours).items() if count > 1] == []  # the link Train is no button Train


def test_tab_reaches_train_and_enter_presses_it(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=40")
    train.page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        train.page.keyboard.press("Tab")
        if train.button("train").evaluate("button => button === document.activeElement"):
            break
    expect(train.button("train")).to_be_focused()
    outline = train.button("train").evaluate(
        "button => { const s = getComputedStyle(button); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
    )
    assert outline, "one sees where the focus is"
    train.page.keyboard.press("Enter")
    train.wait_for_state("done")
    assert train.epoch == 40


def test_the_curves_can_be_read_with_the_arrow_keys(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=40")
    train.train()
    train.wait_for_state("done")
    curve = train.page.get_by_test_id("loss-curve")
    expect(curve).to_have_attribute("data-points", "40")  # the last epochs are drawn
    curve.focus()
    curve.press("ArrowLeft")
    expect(train.page.get_by_test_id("loss-readout")).to_contain_text("epoch 3")
    expect(curve).to_have_attribute("aria-label", re.compile("^Loss after epoch 40: training"))


def test_focus_stays_on_a_button_that_was_pressed(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=2000&speed=20")
    train.button("train").focus()
    train.page.keyboard.press("Enter")
    train.wait_for_epoch(3)
    expect(train.button("train")).to_be_focused()
    train.button("pause").focus()
    train.page.keyboard.press("Enter")
    train.wait_for_state("paused")
    expect(train.control("pause")).to_contain_text("Resume")
    expect(train.button("pause")).to_be_focused()
    train.page.keyboard.press("Enter")
    train.wait_for_state("running")


def test_the_state_is_spoken(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=20")
    assert train.status.get_attribute("aria-live") == "polite"
    train.train()
    train.wait_for_state("done")
    expect(train.status).to_have_text("Finished.")
    bar = train.page.get_by_role("progressbar", name="Training progress")
    expect(bar).to_have_attribute("aria-valuenow", "20")
    expect(bar).to_have_attribute("aria-valuemax", "20")
