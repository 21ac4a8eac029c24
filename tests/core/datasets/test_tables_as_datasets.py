"""From a file to a data set: scikit-learn's split, and nothing of the held-out rows in what is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_sample_weight

from core import ExperimentConfig, load_dataset
from core.datasets import Dataset
from core.datasets.table_rows import read_rows
from core.errors import CannotTrain, TableNotFound
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.preparation import FENCE
from core.tables import open_tables, read_table

ROWS = 200


def patients(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 90, ROWS).astype(float)
    age[rng.random(ROWS) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "patient": rng.integers(0, 60, ROWS),
            "age": age,
            "smoker": rng.choice(["yes", "no"], ROWS),
            "city": rng.choice(["Köln", "北京", "Lima"], ROWS, p=[0.6, 0.3, 0.1]),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.permutation(ROWS), "D"),
            "ill": rng.choice(["yes", "no", ""], ROWS, p=[0.3, 0.65, 0.05]),
        }
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    return patients()


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame) -> str:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    return keep(frame)


def keep(frame: pd.DataFrame) -> str:
    table = read_table(frame.to_csv(index=False).encode(), "patients.csv")
    return open_tables().add(table, owner="somebody")


def config(content: str, **given: Any) -> DatasetConfig:
    return DatasetConfig.model_validate({"name": content, "target": "ill", **given})


def load(content: str, seed: int = 0, **given: Any) -> Dataset:
    return load_dataset(config(content, **given), seed=seed)


def test_the_rows_are_the_file_s_and_the_split_is_scikit_learn_s(content: str, frame: pd.DataFrame) -> None:
    dataset = load(content, seed=5)
    labelled = frame[frame.ill != ""]
    kept, held_out = train_test_split(
        labelled.index.to_numpy(), test_size=0.2, random_state=5, stratify=(labelled.ill == "yes").astype(int)
    )
    assert dataset.numbers is not None
    np.testing.assert_array_equal(dataset.numbers.train, kept)
    np.testing.assert_array_equal(dataset.numbers.test, held_out)
    np.testing.assert_array_equal(dataset.y_test, (frame.ill[held_out] == "yes").astype(int))
    assert dataset.raw_feature_names == ("patient", "age", "smoker", "city", "seen")
    np.testing.assert_array_equal(dataset.raw_test[:, 1], frame.age[held_out])
    np.testing.assert_array_equal(dataset.raw_test[:, 2], (frame.smoker[held_out] == "yes").astype(float))
    days = (frame.seen[held_out] - pd.Timestamp("1970-01-01")).dt.days
    np.testing.assert_array_equal(dataset.raw_test[:, 4], days)
    assert np.isfinite(dataset.x_train).all()
    assert dataset.x_train.shape[1] == len(dataset.feature_names) == len(config(content).feature_names)
    assert {"age = ?", "smoker = yes", "city = 北京"} <= set(dataset.feature_names)


def test_numbers_are_scaled_by_the_training_rows(content: str) -> None:
    dataset = load(content, inputs=["age"], preparation={"indicator": False})
    filled = np.where(np.isnan(dataset.raw_train), np.nanmedian(dataset.raw_train), dataset.raw_train)
    np.testing.assert_allclose(dataset.x_train, (filled - filled.mean()) / filled.std(), rtol=1e-5)


def test_test_rows_of_ten_to_the_thirtieth_change_no_bit_of_the_training_rows(
    content: str, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(content, validation_fraction=0.2)
    assert before.numbers is not None
    canary = frame.copy()
    held_out = np.concatenate([before.numbers.test, before.numbers.validation])
    filled = [row for row in held_out if not np.isnan(canary.age[row])]
    canary.loc[filled, "age"] = 1e30
    after = load(keep(canary), validation_fraction=0.2)
    assert after.x_test.max() > 1e20
    assert before.x_train.tobytes() == after.x_train.tobytes()
    assert before.y_train.tobytes() == after.y_train.tobytes()


def test_rows_with_missing_values_can_be_dropped(content: str, frame: pd.DataFrame) -> None:
    dataset = load(content, preparation={"missing": "drop_rows"})
    kept = frame[(frame.ill != "") & frame.age.notna()]
    assert len(dataset.x_train) + len(dataset.x_test) == len(kept)
    assert "age = ?" not in dataset.feature_names


def test_far_out_training_rows_are_dropped_and_test_rows_stay(content: str, frame: pd.DataFrame) -> None:
    before = load(content)
    assert before.numbers is not None
    broken = frame.copy()
    known = [row for row in (*before.numbers.train[:20], *before.numbers.test[:9]) if not np.isnan(broken.age[row])]
    broken.loc[known, "age"] = 5000.0
    after = load(keep(broken), preparation={"outliers": "drop"})
    assert after.numbers is not None
    assert set(before.numbers.train) - set(after.numbers.train) == set(known) & set(before.numbers.train)
    np.testing.assert_array_equal(after.numbers.test, before.numbers.test)
    first, third = np.nanpercentile(after.raw_train[:, 1], [25, 75])
    assert np.nanmax(after.raw_train[:, 1]) <= third + 2 * FENCE * (third - first)


@pytest.mark.parametrize(("balance", "wanted"), [("oversample", max), ("undersample", min)])
def test_classes_can_be_balanced_in_the_training_rows_alone(content: str, balance: str, wanted: Any) -> None:
    usual, dataset = load(content), load(content, preparation={"balance": balance})
    counts = np.bincount(usual.y_train)
    assert np.bincount(dataset.y_train).tolist() == [wanted(counts)] * 2
    np.testing.assert_array_equal(dataset.x_test, usual.x_test)
    assert {row.tobytes() for row in dataset.x_train} <= {row.tobytes() for row in usual.x_train}


def test_class_weights_are_scikit_learn_s_and_change_no_row(content: str) -> None:
    usual, dataset = load(content), load(content, preparation={"balance": "weights"})
    assert usual.train_weights is None
    np.testing.assert_array_equal(dataset.x_train, usual.x_train)
    wanted = compute_sample_weight("balanced", dataset.y_train).astype(np.float32)
    assert dataset.train_weights is not None
    assert dataset.train_weights.dtype == np.float32
    np.testing.assert_array_equal(dataset.train_weights, wanted)


@pytest.mark.parametrize("balance", ["weights", "oversample", "undersample"])
def test_a_number_cannot_be_balanced(content: str, balance: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate(
            {"dataset": {"name": content, "target": "age", "preparation": {"balance": balance}}}
        )
    ((field, problem),) = problems_of(caught.value)
    assert field == "dataset"
    assert "no classes to balance" in str(problem)


def test_a_patient_s_rows_never_straddle(content: str, frame: pd.DataFrame) -> None:
    dataset = load(content, group="patient", validation_fraction=0.25)
    assert dataset.numbers is not None
    sides = [set(frame.patient[rows]) for rows in dataset.numbers]
    assert all(sides)
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    assert "patient" not in dataset.raw_feature_names


def test_the_latest_rows_are_held_out(content: str, frame: pd.DataFrame) -> None:
    dataset = load(content, time="seen", validation_fraction=0.25)
    assert dataset.numbers is not None
    train, validation, test = (frame.seen[rows] for rows in dataset.numbers)
    assert train.max() < validation.min()
    assert validation.max() < test.min()


def test_a_number_is_predicted_in_its_own_units(content: str, frame: pd.DataFrame) -> None:
    dataset = load(content, target="age", ignored=["ill"])
    assert dataset.task == "regression"
    assert dataset.numbers is not None
    np.testing.assert_allclose(dataset.in_own_units(dataset.y_test), frame.age[dataset.numbers.test], rtol=1e-5)


def test_few_of_the_columns_can_be_chosen_as_inputs(content: str) -> None:
    dataset = load(content, features=["smoker", "city"])
    assert dataset.feature_names == ("smoker = yes", "city = Köln", "city = Lima", "city = 北京")
    assert len(dataset.raw_feature_names) == 5


def test_it_trains_from_name_and_target_alone(content: str) -> None:
    from core import Trainer

    experiment = ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "ill"}, "training": {"epochs": 2}, "model": {"hidden_layers": []}}
    )
    trainer = Trainer(experiment)
    trainer.fit()
    assert trainer.model.count_params() == experiment.parameters
    assert np.isfinite(trainer.history[-1]["val_loss"])


def test_a_table_that_was_deleted_is_said(content: str) -> None:
    known = config(content)
    open_tables().delete(content, owner="somebody")
    with pytest.raises(TableNotFound):
        load_dataset(known)
    with pytest.raises(ValidationError):
        config(content)


def test_one_group_cannot_be_split(content: str, frame: pd.DataFrame) -> None:
    with pytest.raises(CannotTrain, match="one group"):
        load(keep(frame.assign(patient=7)), group="patient")


def test_a_level_without_a_place_of_its_own_is_among_the_rest(content: str, frame: pd.DataFrame) -> None:
    chosen = config(content, preparation={"rare": 0.2})
    assert "city = …" in chosen.feature_names
    assert "city = Lima" not in chosen.feature_names
    rows = read_rows(open_tables().get(content), chosen)
    inputs = load_dataset(chosen).inputs(rows.raw)
    rest = inputs[:, chosen.feature_names.index("city = …")]
    np.testing.assert_array_equal(rest == 1, frame.city[rows.numbers] == "Lima")


def test_a_column_of_numbers_with_a_few_words_is_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    frame = patients().assign(weight=[f"{60 + row % 30}.{row % 10}" for row in range(ROWS)])
    frame.loc[[3, 8], "weight"] = ["n.k.", "71,5"]
    content = keep(frame)
    assert "weight" not in config(content).feature_names
    (question,) = open_tables().get(content).questions
    assert question.rows[0] == 4
    called = config(content, kinds={"weight": "number"}, inputs=["weight"], preparation={"indicator": False})
    assert called.table is not None
    assert called.table.inputs[0].missing == 1  # 'n.k.', and 71,5 is a number
    rows = read_rows(open_tables().get(content), called)
    weights = dict(zip(rows.numbers.tolist(), rows.raw[:, 0].tolist(), strict=True))
    assert np.isnan(weights.get(3, np.nan))
    assert weights.get(8, 71.5) == 71.5
    assert weights[10] == 70.0
