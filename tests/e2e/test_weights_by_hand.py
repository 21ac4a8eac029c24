"""A weight is set by hand while the class watches, and taken back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain

MOONS = "?dataset=moons&layers=3-tanh&epochs=400&speed=10&seed=2"


def test_a_paused_network_answers_to_a_weight_set_by_hand_and_undo_takes_it_back(open_train: OpenTrain) -> None:
    train = open_train(MOONS)
    train.train()
    train.wait_for_epoch(3)
    editor = train.page.get_by_test_id("weight-editor")
    canvas = train.page.get_by_test_id("network-canvas")
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        canvas.press(key)
    expect(editor).to_be_hidden()  # it trains: weights are its own business
    train.click("pause")
    train.wait_for_state("paused")
    expect(editor).to_be_visible()
    expect(editor).to_contain_text("Hidden 1, neuron 1")
    train.settle()
    before = train.counts()
    value, tip = train.page.get_by_test_id("weight-value"), train.page.get_by_test_id("network-tip")
    editor.get_by_role("combobox").select_option("weight from x")
    old = value.input_value()
    value.fill("8.5")
    value.press("Enter")
    undo = train.page.get_by_test_id("undo-weight")
    expect(undo).to_be_enabled()
    canvas.focus()
    canvas.press("ArrowUp")
    expect(tip).to_contain_text("8.500·x")
    # A display never touches the history: the run still has as many epochs.
    epoch = train.epoch
    undo.click()
    expect(undo).to_be_disabled()
    expect(value).to_have_value(old)
    assert (train.counts(), train.epoch) == (before, epoch)
