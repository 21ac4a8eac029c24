"""A reader of the article trains its example: Iris, 64-32-3, Adam 0.001, batch 32, 100 epochs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sklearn.metrics import accuracy_score, confusion_matrix

from core.exchange.presets import PRESETS
from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage

ARTICLE = "?dataset=iris&layers=64-relu,32-relu&optimizer=adam&learning_rate=0.001&batch_size=32&epochs=100"
SPECIES = ["setosa", "versicolor", "virginica"]


@pytest.fixture
def article(open_train: OpenTrain) -> TrainPage:
    """The article's example, trained to its end."""
    train = open_train(ARTICLE)
    train.train()
    train.wait_for_state("done")
    return train


def test_the_article_s_example_reaches_nine_of_ten_and_its_numbers_are_scikit_learn_s(
    article: TrainPage,
) -> None:
    accuracy = float(article.attribute("val-accuracy") or 0)
    assert article.epoch == 100
    assert accuracy >= 0.9

    header, *rows = article.predictions()
    assert header[:2] == ["actual", "predicted"]
    actual, predicted = [row[0] for row in rows], [row[1] for row in rows]
    assert article.counts() == confusion_matrix(actual, predicted, labels=SPECIES).tolist()
    assert sum(map(sum, article.counts())) == len(rows) == 30
    assert accuracy == pytest.approx(accuracy_score(actual, predicted), abs=1e-6)
    for row in rows:
        probabilities = [float(cell) for cell in row[2:]]
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        assert SPECIES[probabilities.index(max(probabilities))] == row[1]


def test_the_download_menu_gives_predictions_history_and_configuration(article: TrainPage, tmp_path: Path) -> None:
    article.predictions()  # it has come to rest
    files = {}
    for words in ("Predictions", "History", "Configuration"):
        menu = article.live.locator("details")
        if menu.get_attribute("open") is None:
            menu.locator("summary").click()
        with article.page.expect_download() as started:
            menu.get_by_role("link", name=words).click()
        files[words] = tmp_path / started.value.suggested_filename
        started.value.save_as(files[words])
    assert {path.name for path in files.values()} == {
        "descent-predictions.csv",
        "descent-history.csv",
        "descent-experiment.json",
    }
    history = list(csv.DictReader(files["History"].open(encoding="utf-8", newline="")))
    assert [row["epoch"] for row in history] == [str(epoch) for epoch in range(1, 101)]
    assert float(history[-1]["val_accuracy"]) == pytest.approx(float(article.attribute("val-accuracy") or 0), abs=1e-6)
    assert float(history[-1]["loss"]) == pytest.approx(float(article.attribute("loss") or 0), rel=1e-4)
    assert json.loads(files["Configuration"].read_text(encoding="utf-8"))["dataset"]["name"] == "iris"


def test_the_preset_is_the_same_experiment_and_says_what_to_look_for(open_train: OpenTrain) -> None:
    train = open_train()
    train.choose("preset", "The article's example")
    train.wait_for_query(dataset="iris", layers="64-relu,32-relu", optimizer="adam", batch_size="32")
    train.wait_for_query(learning_rate="0.001", epochs="100")
    expect(train.page.get_by_text(PRESETS["article"].look_for)).to_be_visible()
    train.train()
    train.wait_for_state("done")
    assert float(train.attribute("val-accuracy") or 0) >= 0.9
