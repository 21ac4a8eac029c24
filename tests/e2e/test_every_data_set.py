"""Every data set trains, and shows what it has learned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.experiment.catalogue import CATALOG
from tests.drawings import dataset_config
from tests.e2e.conftest import OpenTrain

MAP_COLOURS = """boundary => {
    const canvas = boundary.querySelector('canvas')
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const colours = new Set()
    for (let i = 0; i < data.length; i += 64) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2])
    return colours.size
}"""


@pytest.mark.parametrize("name", CATALOG)
def test_one_step_shows_map_and_outcome(open_train: OpenTrain, name: str) -> None:
    config = dataset_config(name)
    points = f"&points={config.points.text}" if config.points else ""
    train = open_train(f"?dataset={name}{points}&layers=8-relu&learning_rate=0.01&batch_size=32&epochs=50")
    expect(train.page.get_by_text(CATALOG[name].sentence)).to_be_visible()
    train.click("step")
    train.wait_for_epoch(1)
    train.wait_for_state("paused")
    assert train.epoch == 1
    expect(train.boundary).to_have_attribute("data-epoch", "1")
    # A map of one colour is an empty one. It is painted in the frame after its epoch is told.
    train.page.wait_for_function(f"({MAP_COLOURS})(document.querySelector('[data-testid=boundary]')) > 5")
    header, *rows = train.predictions()
    assert len(rows) == config.test_rows
    for attribute in ("loss", "val-loss"):
        assert float(train.attribute(attribute) or "nan") > 0
    if CATALOG[name].task == "classification":
        counts = train.counts()
        assert len(counts) == config.n_classes
        assert sum(map(sum, counts)) == config.test_rows
        right = sum(row[0] == row[1] for row in rows)
        assert right == sum(counts[i][i] for i in range(config.n_classes))
        assert float(train.attribute("val-accuracy") or "nan") == pytest.approx(right / config.test_rows, abs=1e-5)
    else:
        assert header == ["actual", "predicted"]
        error = sum(abs(float(actual) - float(predicted)) for actual, predicted in rows) / len(rows)
        assert float(train.attribute("val-mae") or "nan") == pytest.approx(error, rel=1e-3), "in own units"
        expect(train.page.get_by_test_id("scatter")).to_be_visible()
        expect(train.confusion.get_by_text("Predicted against actual")).to_be_visible()
        assert train.confusion.get_attribute("data-counts") is None


def test_pictures_choose_a_data_set(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&epochs=20")
    train.page.get_by_role("button", name="XOR", exact=True).click()
    train.wait_for_query(dataset="xor")
    expect(train.control("dataset").get_by_role("combobox")).to_have_value("XOR")


def test_a_change_during_a_run_leaves_it_on_screen_and_applies_to_the_next(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=2000&speed=20")
    run = train.train()
    train.wait_for_epoch(3)
    train.choose("dataset", "Iris")
    train.wait_for_query(dataset="iris")
    expect(train.hint).to_contain_text("next run")
    seen = train.epoch
    train.wait_for_epoch(seen + 3)
    assert train.state == "running"
    assert train.run == run
    assert len(train.counts()) == 2, "still the circles"
    train.click("add_layer")
    train.fill_number("units_0", 7)
    expect(train.hint).to_contain_text("next run")
    assert train.run == run

    other = train.train()
    train.wait_for_epoch(1)
    assert other != run
    train.page.wait_for_function(
        "() => JSON.parse(document.querySelector('[data-testid=confusion]').dataset.counts ?? '[]').length === 3"
    )
    expect(train.hint).not_to_contain_text("next run")


def test_undoing_the_change_takes_the_note_away(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=40")
    train.train()
    train.wait_for_state("done")
    expect(train.control("continue")).to_be_visible()
    train.fill_number("units_0", 7)
    expect(train.hint).to_contain_text("next run")
    expect(train.control("continue")).to_have_count(0)
    train.fill_number("units_0", 6)
    expect(train.hint).not_to_contain_text("next run")
    expect(train.control("continue")).to_be_visible()


def test_the_map_shows_the_two_features_that_were_chosen(open_train: OpenTrain) -> None:
    train = open_train("?dataset=iris&layers=8-relu&epochs=30")
    train.train()
    train.wait_for_state("done")
    train.boundary.get_by_role("checkbox", name="principal components").uncheck()
    train.boundary.get_by_label("Feature across").select_option("petal length (cm)")
    train.boundary.get_by_label("Feature up").select_option("petal width (cm)")
    canvas = train.page.get_by_test_id("boundary-canvas")
    expect(canvas).to_have_attribute("aria-label", _has("petal length (cm) across, petal width (cm) up"))
    expect(train.page.get_by_test_id("boundary-readout")).to_contain_text("median")
    train.reload()
    train.wait_for_state("done")
    expect(train.page.get_by_test_id("boundary-canvas")).to_have_attribute(
        "aria-label", _has("petal length (cm) across, petal width (cm) up")
    )


def test_the_map_of_the_run_on_screen_can_be_chosen_while_the_controls_say_another_data_set(
    open_train: OpenTrain,
) -> None:
    train = open_train("?dataset=iris&layers=8-relu&epochs=30")
    train.train()
    train.wait_for_state("done")
    train.choose("dataset", "Moons")
    expect(train.hint).to_contain_text("next run")
    train.boundary.get_by_role("checkbox", name="principal components").uncheck()
    train.boundary.get_by_label("Feature across").select_option("petal length (cm)")
    train.boundary.get_by_label("Feature up").select_option("petal width (cm)")
    expect(train.page.get_by_test_id("boundary-canvas")).to_have_attribute(
        "aria-label", _has("petal length (cm) across, petal width (cm) up")
    )


def _has(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))
