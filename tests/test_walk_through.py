"""The figures of the walk-through from a score to a decision are those of the run that it describes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from core import Trainer
from core.evaluation.evaluate import Evaluation, evaluate
from core.evaluation.figures import Figure
from core.exchange.link import from_query

DOCS = Path(__file__).parent.parent / "docs"
LANGUAGES = ("from-score-to-decision.md", "from-score-to-decision.zh.md")


def link_in(text: str) -> str:
    found = re.search(r"`\?(dataset=breast_cancer[^`]*)`", text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    link = link_in((DOCS / LANGUAGES[0]).read_text("utf-8"))
    trainer = Trainer(from_query(dict(parse_qsl(link))).config)
    trainer.fit()
    return trainer


@pytest.fixture(scope="module", params=LANGUAGES)
def text(request: pytest.FixtureRequest) -> str:
    return (DOCS / request.param).read_text("utf-8")


def rows_of(text: str, number: int) -> list[list[str]]:
    """The figures in the rows of a table, the first of them without the words in front."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")][1:] for row in tables[number].splitlines()[2:]]


def test_what_is_trained_is_described(trainer: Trainer, text: str) -> None:
    dataset = trainer.dataset
    assert link_in(text) == link_in((DOCS / LANGUAGES[0]).read_text("utf-8"))
    for figure in (trainer.epoch, len(dataset.y_validation), len(dataset.y_test), int((dataset.y_test == 0).sum())):
        assert re.search(rf"(?<![\d.]){figure}(?![\d.])", text), figure


def evaluated(trainer: Trainer, threshold: float, prevalence: float | None) -> Evaluation:
    dataset = trainer.dataset
    benign = trainer.predict(dataset.x_test)[:, 0]
    return evaluate(
        dataset.y_test,
        np.stack([1 - benign, benign], axis=1),
        class_names=dataset.class_names,
        positive="malignant",
        threshold=threshold,
        prevalence=prevalence,
    )


def as_told(value: float | None, digits: int) -> str:
    assert value is not None
    return f"{value:.{digits}f}".replace("-", "−")


def test_the_tables_are_of_that_run(trainer: Trainer, text: str) -> None:
    for number, prevalence in enumerate((None, 0.01)):
        for row, threshold in zip(rows_of(text, number), (0.5, 0.1), strict=True):
            found = evaluated(trainer, threshold, prevalence)
            if prevalence is None:
                assert found.counts
                told = [str(found.counts.false_negatives), str(found.counts.false_positives)]
                told.append(as_told(found.metrics["recall"].value, 3))
            else:
                told = [as_told(found.missed.value, 1), as_told(found.false_alarms.value, 1)]
                told.append(as_told(found.metrics["positive_predictive_value"].value, 3))
            assert row == [*told, as_told(found.net_benefit.value, 3)]


def test_the_intervals_are_of_that_run(trainer: Trainer, text: str) -> None:
    metrics = evaluated(trainer, 0.5, None).metrics
    value, low, high = (as_told(100 * (each or 0.0), 1) for each in bounds(metrics["accuracy"]))
    assert f"{value} %" in text
    assert f"{low}–{high} %" in text
    _, low, high = (as_told(each, 3) for each in bounds(metrics["recall"]))
    assert f"{low}–{high}" in text


def bounds(figure: Figure) -> tuple[float | None, float | None, float | None]:
    return figure.value, figure.low, figure.high


def test_the_patient_is_in_that_run(trainer: Trainer, text: str) -> None:
    found = re.search(r"(?:Row|第) (\d+)[^%]*?([\d.]+) %", text[text.index("## 7.") :])
    assert found
    row, told = int(found[1]), found[2]
    benign = float(trainer.predict(trainer.dataset.x_test[row : row + 1])[0, 0])
    assert trainer.dataset.y_test[row] == 0  # malignant
    assert told == as_told(100 * (1 - benign), 1)
