"""A link is an experiment: every control is in it, and a wrong value costs one sentence, never the page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage


def assert_calm(train: TrainPage) -> None:
    """No traceback, no path of the server, nothing that broke."""
    expect(train.page.get_by_test_id("stException")).to_have_count(0)
    text = train.page.locator("body").inner_text()
    assert "Traceback" not in text
    assert not re.search(r"(/[\w.-]+){2,}\.py\b|[A-Z]:\\|pydantic|ValidationError", text)


def test_a_bad_link_gets_a_sentence_for_each_problem_and_a_page_that_works(open_train: OpenTrain) -> None:
    """More of them in tests/pages/test_opening.py."""
    image = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    train = open_train(
        f"?dataset=wine&features=alcohol,{image}&layers=%00%E2%80%AE8-relu&epochs=5&epochs=7&seed={'9' * 5000}"
    )
    expect(train.notices).to_have_count(4)
    sentences = train.notices.all_inner_texts()
    for word in ("features", "layers", "epochs", "seed"):
        assert any(word in sentence for sentence in sentences), f"nothing about {word}"
    for sentence in sentences:
        assert len(sentence) < 400
        assert sentence.rstrip().endswith(".")
    assert_calm(train)
    expect(train.button("train")).to_be_enabled()
    train.wait_for_state("idle")


def test_a_page_with_a_bad_link_trains(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&epochs=20&learning_rate=NaN&layers=100000-relu")
    train.train()
    train.wait_for_state("done")
    assert train.epoch == 20
    assert_calm(train)


def test_sixty_kilobytes_of_parameters_are_cut_short(open_train: OpenTrain) -> None:
    train = open_train("?" + "&".join(f"p{index}={'x' * 50}" for index in range(1000)))
    assert 1 <= train.notices.count() <= 5, "a wall of sentences helps nobody"
    assert_calm(train)
    expect(train.button("train")).to_be_in_viewport()


FULL = (
    "dataset=blobs&samples=450&noise=0.25&classes=4&test_fraction=0.3&scaling=minmax&features=x,y,xy"
    "&layers=5-relu-d0.25,7-selu-bn,3-tanh&initializer=he_normal&l1=0.001&l2=0.002&optimizer=rmsprop"
    "&learning_rate=0.005&batch_size=24&epochs=123&early_stopping=17&seed=42&speed=50"
)


def test_a_link_with_everything_in_it_comes_back_word_for_word(open_train: OpenTrain) -> None:
    wanted = dict(parse_qsl(FULL))
    train = open_train(f"?{FULL}")
    expect(train.notices).to_have_count(0)
    assert train.query == wanted
    train.reload()
    assert train.query == wanted
    train.page.get_by_test_id("copy-link").click()
    copied = train.page.evaluate("navigator.clipboard.readText()")
    assert dict(parse_qsl(urlsplit(copied).query)) == wanted
    assert open_train(f"?{urlsplit(copied).query}").query == wanted


def test_copy_link_copies_the_experiment_without_the_run(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=4-tanh&epochs=20")
    train.train()
    train.wait_for_state("done")
    train.page.get_by_test_id("copy-link").click()
    expect(train.page.get_by_text("Link copied")).to_be_attached()
    copied = train.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{train.url}/?")
    query = dict(parse_qsl(urlsplit(copied).query))
    assert "run" not in query
    assert query == {name: value for name, value in train.query.items() if name != "run"}


def test_every_kind_of_control_arrives_in_the_address_bar(open_train: OpenTrain) -> None:
    """Open on a card and in a popover; tests/pages/test_settings_on_page.py has each single one."""
    train = open_train("?dataset=moons&layers=8-tanh&epochs=50")
    train.choose("dataset", "Blobs")
    train.wait_for_query(dataset="blobs")
    train.nudge("noise", 5)
    train.wait_for_query(noise="0.15")
    train.fill_number("units_0", 5)
    train.choose("activation_0", "elu")
    train.wait_for_query(layers="5-elu")
    train.click("add_layer")
    train.wait_for_query(layers="5-elu,5-elu")
    train.nudge("learning_rate", 1)
    train.wait_for_query(learning_rate="0.02")
    train.fill_number("epochs", 33)
    train.wait_for_query(epochs="33")

    train.reveal("samples")
    train.fill_number("samples", 250)
    train.wait_for_query(samples="250")
    train.reveal("dropout_0")
    train.nudge("dropout_0", 4)
    train.wait_for_query(layers="5-elu-d0.2,5-elu")
    train.reveal("batch_normalization_1").locator("label").click()
    train.wait_for_query(layers="5-elu-d0.2,5-elu-bn")
    train.reveal("initializer")
    train.choose("initializer", "he_normal")
    train.wait_for_query(initializer="he_normal")
    train.reveal("early_stopping").locator("label").click()
    train.wait_for_query(early_stopping="20")
    train.reveal("patience")
    train.fill_number("patience", 7)
    train.wait_for_query(early_stopping="7")
    train.close_popovers()

    said = train.query
    train.reload()
    assert train.query == said
    expect(train.notices).to_have_count(0)
    expect(train.control("units_0").locator("input")).to_have_value("5")
    expect(train.control("epochs").locator("input")).to_have_value("33")
    train.train()
    train.wait_for_epoch(1)
    assert {**train.query, "run": ""} == {**said, "run": ""}


def test_a_card_says_what_is_not_at_its_default(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=8-tanh-d0.2&samples=450&scaling=minmax&l2=0.01&early_stopping=9")
    for words in ("samples 450", "min-max", "dropout", "0.01", "stops early after 9"):
        expect(train.page.get_by_text(re.compile(words, re.IGNORECASE)).first).to_be_visible()


def test_no_hidden_layer_and_twelve_of_them_both_train(open_train: OpenTrain) -> None:
    for layers in ("none", ",".join(["4-relu"] * 12)):
        train = open_train(f"?dataset=xor&layers={layers}&epochs=3")
        expect(train.notices).to_have_count(0)
        train.train()
        train.wait_for_state("done")
        assert train.query["layers"] == layers


def test_a_wrong_combination_is_refused_with_the_reason(open_train: OpenTrain) -> None:
    """Softmax declared as logits."""
    train = open_train("?dataset=iris&output_activation=softmax&from_logits=true")
    expect(train.notices).to_have_count(1)
    expect(train.notices).to_contain_text(re.compile("logits"))
    assert_calm(train)
    expect(train.button("train")).to_be_enabled()
