"""A link of TensorFlow Playground is pasted, becomes the experiment, and trains."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage

LINK = (
    "http://playground.tensorflow.org/#activation=tanh&amp;batchSize=10&amp;dataset=gauss&amp;regDataset=reg-plane"
    "&amp;learningRate=0.03&amp;regularizationRate=0&amp;noise=10&amp;networkShape=4,2&amp;seed=0.54321"
    "&amp;showTestData=false&amp;discretize=false&amp;percTrainData=60&amp;x=true&amp;y=true&amp;cosX=true"
    "&amp;http://example.invalid=&amp;[a](http://example.invalid)&amp;<img src=x onerror=alert(1)>"
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def link_input(train: TrainPage) -> Locator:
    train.page.get_by_role("button", name="Import").click()
    field = train.page.get_by_role("textbox", name="TensorFlow Playground link")
    expect(field).to_be_visible()
    return field


def test_a_pasted_link_becomes_the_experiment_and_trains(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons")
    # Without a mouse: the button opens with Enter, the field takes the link and Enter applies it.
    train.page.get_by_role("button", name="Import").press("Enter")
    field = train.page.get_by_role("textbox", name="TensorFlow Playground link")
    field.fill(LINK)
    field.press("Enter")
    train.wait_for_query(
        dataset="blobs", classes="2", test_fraction="0.4", layers="4-tanh,2-tanh", optimizer="sgd", seed="54321"
    )
    notes = train.control("import_notes")
    expect(notes).to_contain_text("cos x")
    expect(notes).to_contain_text("breaks off")
    expect(train.page.get_by_test_id("stPopoverBody").locator("a, img")).to_have_count(0)
    train.close_popovers()
    expect(train.control("card_preset")).to_contain_text(re.compile(r"From TensorFlow Playground: \d notes"))
    train.fill_number("epochs", 20)
    expect(train.control("card_preset")).not_to_contain_text("TensorFlow Playground:")
    train.train()
    train.wait_for_state("done")
    assert float(train.attribute("val-accuracy") or 0) > 0.9


def test_notes_push_nothing_around_and_can_be_dismissed(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons")
    before = train.live.bounding_box()
    field = link_input(train)
    field.fill(LINK)
    field.press("Enter")
    train.wait_for_query(dataset="blobs")
    assert train.live.bounding_box() == before
    train.control("dismiss_import").get_by_role("button").click()
    expect(train.control("import_notes")).to_have_count(0)


def test_another_text_is_refused_where_it_was_typed(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons")
    field = link_input(train)
    field.fill("see http://example.invalid or me@example.invalid")
    field.press("Enter")
    refusal = train.page.get_by_test_id("stPopoverBody").get_by_role("alert")
    expect(refusal).to_contain_text("This is not a TensorFlow Playground link")
    expect(refusal.locator("a")).to_have_count(0)
    assert train.query["dataset"] == "moons"


def test_a_phone_has_room_for_it(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons", **PHONE)
    field = link_input(train)
    field.fill(LINK)
    field.press("Enter")
    train.wait_for_query(dataset="blobs")
    expect(train.control("import_notes")).to_be_visible()
    box = train.page.get_by_test_id("stPopoverBody").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert train.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
