"""The clinic is fixed, its causes are known, and its files hold what they say."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score

from core.datasets import load_dataset
from core.datasets.clinic import (
    BAYES_ACCURACY,
    BAYES_AUC,
    INFO,
    clinic_csv,
    draw_patients,
    external_rows,
    log_odds,
    source_rows,
)
from core.datasets.messy import MISSING, messy_csv
from core.experiment.dataset import DatasetConfig


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_catalogue_counts_what_is_drawn() -> None:
    values, ill = source_rows()
    assert values.shape == (800, 8) == (INFO.rows, len(INFO.columns))
    assert INFO.class_rows == tuple(np.bincount(ill))
    for place, column in enumerate(INFO.columns):
        if column.categories:
            assert column.counts == tuple(np.bincount(values[:, place].astype(int)))
    assert external_rows()[0].shape == (2_000, 8)


def test_seed_samples_and_noise_change_none_of_its_rows() -> None:
    rows = []
    for seed, samples in ((0, 300), (1, 500)):
        dataset = load_dataset(DatasetConfig(name="clinic", samples=samples, noise=seed), seed=seed)
        rows.append(np.sort(np.concatenate([dataset.raw_train, dataset.raw_test]), axis=0))
    assert np.array_equal(rows[0], rows[1])


def test_rows_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        source_rows()[0][0, 0] = 1


def test_who_knows_the_causes_reaches_the_limit_that_is_stated() -> None:
    values, ill = draw_patients(400_000, seed=1)
    risk = 1 / (1 + np.exp(-log_odds(values)))
    assert roc_auc_score(ill, risk) == pytest.approx(BAYES_AUC, abs=0.002)
    assert accuracy_score(ill, risk >= 0.5) == pytest.approx(BAYES_ACCURACY, abs=0.002)


def test_a_logistic_regression_finds_the_causes_again() -> None:
    values, ill = draw_patients(100_000, seed=2)
    age, sex, smoker, activity, bmi, pressure, glucose, crp = values.T
    effects = [(age - 55) / 15, sex, smoker * (1 + (age - 55) / 15), activity - 1, (bmi - 27) / 4.5]
    effects += [(pressure - 130) / 16, (glucose - 6) / 1.2, np.log(crp / 3) / 0.8]
    found = LogisticRegression(C=1e6).fit(np.stack(effects, axis=1), ill)
    assert np.allclose(found.coef_[0], [0.5, 0.3, 0.4, -0.3, 0.5, 0.5, 1.3, 1.3], atol=0.06)
    assert found.intercept_[0] == pytest.approx(-0.8, abs=0.06)


def test_the_file_holds_the_rows() -> None:
    rows = read(clinic_csv())
    values, ill = source_rows()
    assert [row["diagnosis"] for row in rows] == [("healthy", "ill")[label] for label in ill]
    for place, column in enumerate(INFO.columns):
        cells = [row[column.name] for row in rows]
        numbers = [column.categories.index(cell) if column.categories else float(cell) for cell in cells]
        assert np.array_equal(numbers, values[:, place])


def test_the_messy_table_is_messy_in_every_way_that_it_states() -> None:
    rows = read(messy_csv())
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert len(rows) == 252
    assert sum(count - 1 for count in Counter(tuple(row.values()) for row in rows).values()) == 12
    assert len(set(columns["patient"])) == 240
    assert set(columns["hospital"]) == {"North"}
    assert set(MISSING) <= set(columns["C-reactive protein (mg/L)"])
    assert sum("," in cell for cell in columns["body mass index (kg/m²)"]) >= 20
    assert columns["age (years)"].count("999") >= 2
    assert columns["systolic blood pressure (mmHg)"].count("0") >= 3
    assert max(map(int, columns["systolic blood pressure (mmHg)"])) > 800
    assert {"F", "M", "Female", " male", "female", "male"} <= set(columns["sex"])
    is_treated = [days != "0" for days in columns["treatment (days)"]]
    assert is_treated == [diagnosis == "ill" for diagnosis in columns["diagnosis"]]
    assert messy_csv() == messy_csv()
