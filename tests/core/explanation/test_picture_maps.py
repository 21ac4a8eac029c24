"""Which pixels count: against finite differences, and against covering by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import WrongValue
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.explanation.picture_maps import covers, picture_maps
from core.training import Trainer
from core.worker.picture_maps import answer_picture_maps


def trained(name: str, **network: object) -> Trainer:
    config = {"dataset": {"name": name, "test_fraction": 0.8}, "training": {"epochs": 2}, **network}
    trainer = Trainer(ExperimentConfig.model_validate(config))
    trainer.fit()
    return trainer


#: tanh: finite differences would stumble over the kinks of ReLU.
TANH = {"model": {"hidden_layers": [{"units": 12, "activation": "tanh"}]}}


@pytest.fixture(scope="module")
def digits() -> Trainer:
    return trained("digits", **TANH)


@pytest.fixture(scope="module")
def patients() -> Trainer:
    return trained("patients")


def odds(trainer: Trainer, rows: np.ndarray, label: int) -> np.ndarray:
    """From the network's own probabilities."""
    p = class_probabilities(trainer.predict(rows.astype(np.float32)), trainer.config.output)[:, label]
    return np.log(p) - np.log1p(-p)


def test_the_slope_is_that_of_finite_differences(digits: Trainer) -> None:
    found = picture_maps(digits, 5, label=3)
    row, step = digits.dataset.x_test[5].astype(np.float64), 0.05
    for pixel in (10, 27, 36, 43, 58):
        moved = np.stack([row, row])
        moved[:, pixel] += (step, -step)
        up, down = odds(digits, moved, 3)
        assert found.blocks[0].slope[pixel] == pytest.approx((up - down) / (2 * step), rel=0.03, abs=2e-3)


def test_covering_is_what_covering_by_hand_gives(digits: Trainer) -> None:
    dataset = digits.dataset
    found = picture_maps(digits, 7)
    row, mean = dataset.x_test[7], dataset.x_train.mean(axis=0)
    label = int(found.probabilities.argmax())
    assert found.label == label
    assert found.value == pytest.approx(odds(digits, row[None], label)[0], abs=1e-3)
    covered = row.copy().reshape(8, 8)
    covered[3:6, 4:7] = mean.reshape(8, 8)[3:6, 4:7]  # around row 4, column 5
    fall = found.value - odds(digits, covered.reshape(1, 64), label)[0]
    assert found.blocks[0].covered.reshape(8, 8)[4, 5] == pytest.approx(fall, abs=1e-3)
    assert found.blocks[0].whole == pytest.approx(found.value - odds(digits, mean[None], label)[0], abs=1e-3)


def test_a_patch_ends_with_the_picture(digits: Trainer) -> None:
    corner, inner = covers(digits.dataset.blocks[0])[0], covers(digits.dataset.blocks[0])[9]
    assert corner.tolist() == [0, 1, 8, 9]
    assert inner.tolist() == [0, 1, 2, 8, 9, 10, 16, 17, 18]


def test_of_patients_scan_and_table_are_each_explained(patients: Trainer) -> None:
    dataset = patients.dataset
    found = picture_maps(patients, 0, label=1)
    scan, table = found.blocks
    assert (scan.block.name, len(scan.covered), table.block.name, len(table.covered)) == ("scan", 256, "table", 5)
    row, mean = dataset.x_test[0], dataset.x_train.mean(axis=0)
    without_scan, without_age = row.copy(), row.copy()
    without_scan[:256], without_age[256] = mean[:256], mean[256]
    falls = found.value - odds(patients, np.stack([without_scan, without_age]), 1)
    assert [scan.whole, table.covered[0]] == pytest.approx(falls, abs=1e-3)
    healthy = picture_maps(patients, 0, label=0)
    assert healthy.value == pytest.approx(-found.value)
    assert healthy.blocks[1].slope == pytest.approx(-table.slope)


def test_what_cannot_be_explained_is_said(digits: Trainer) -> None:
    with pytest.raises(WrongValue, match=r"There is no test row 5000\. Choose one from 0 to"):
        picture_maps(digits, 5000)
    with pytest.raises(WrongValue, match=r"There is no class 10\. Choose one from 0 to 9"):
        picture_maps(digits, 0, label=10)
    iris = Trainer(ExperimentConfig.model_validate({"dataset": {"name": "iris"}}))
    with pytest.raises(WrongValue, match="hold no picture"):
        picture_maps(iris, 0)
    assert str(answer_picture_maps(iris, row=0, label=None)) == "The inputs of this network hold no picture."


def test_the_answer_shows_the_row_as_it_is(patients: Trainer) -> None:
    told = answer_picture_maps(patients, row=3, label=None)
    assert isinstance(told, dict)
    scan, table = told["blocks"]
    assert (told["row"], told["rows"], told["classes"]) == (3, 2000, ["healthy", "ill"])
    assert 0 <= min(scan["shown"]) <= max(scan["shown"]) <= 255
    assert table["columns"] == ["age", "lactate", "creatinine", "bilirubin", "sodium"]
    assert table["shown"] == pytest.approx(patients.dataset.raw_test[3, 256:].tolist())
    assert told["actual"] == patients.dataset.y_test[3]
