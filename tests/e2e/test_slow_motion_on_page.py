"""Slow motion on a real run: the numbers on screen are those of the network, and the run trains on untouched."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain

MOONS = "?dataset=moons&layers=3-tanh&optimizer=sgd&epochs=30&seed=4"


def test_before_training_and_after_it_every_phase_can_be_seen(open_train: OpenTrain) -> None:
    train = open_train(MOONS)
    opener, panel = train.page.get_by_test_id("slow-motion"), train.page.get_by_test_id("slow-panel")
    for trained in (False, True):
        if trained:
            train.train()
            train.wait_for_state("done")
            train.settle()
        opener.click()
        expect(train.page.get_by_test_id("slow-where")).to_contain_text("batch 1 of 15")
        expect(train.page.get_by_test_id("slow-sentence")).to_contain_text(f"epoch {31 if trained else 1}")
        address = f"{train.url}/descent/runs/{train.attribute('run')}/slow-motion.json?batch=0&sample=0"
        step = train.page.request.get(address).json()
        train.page.get_by_test_id("slow-next").click()
        expect(train.page.get_by_test_id("slow-code")).to_contain_text("model(x")
        z, a = train.page.get_by_test_id("slow-equations").locator("div").all_inner_texts()
        for shown, value in ((z, step["layers"][0]["z"][0]), (a, step["layers"][0]["a"][0])):
            assert float(shown.rsplit("= ", 1)[1].replace("−", "-")) == pytest.approx(value, abs=1e-3)
        for line in ("loss_fn", "tape.gradient", "apply_gradients"):
            train.page.get_by_test_id("slow-next").click()
            expect(train.page.get_by_test_id("slow-code")).to_contain_text(line)
        train.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()


def test_a_run_trains_on_as_if_it_had_not_been_looked_at(open_train: OpenTrain) -> None:
    plain = open_train(MOONS)
    plain.train()
    plain.wait_for_state("done")
    expected = plain.history()
    train = open_train(MOONS + "&speed=2")  # it must not end before it is paused
    train.train()
    train.wait_for_epoch(2)
    train.click("pause")
    train.wait_for_state("paused")
    train.page.get_by_test_id("slow-motion").click()
    expect(train.page.get_by_test_id("slow-where")).to_contain_text("batch 1")
    train.page.get_by_test_id("phase-4").click()
    train.page.get_by_test_id("slow-next").click()
    expect(train.page.get_by_test_id("slow-where")).to_contain_text("batch 2")
    train.page.get_by_test_id("slow-close").click()
    train.settle()
    train.nudge("speed", 7)
    train.click("pause")
    train.wait_for_state("done")
    assert train.history() == expected
