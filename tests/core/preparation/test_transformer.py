"""Columns become inputs: against hand-made tables and plain NumPy, and on training rows only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from core.experiment.columns import ColumnConfig
from core.experiment.preparation import FENCE, PreparationConfig, prepared_columns
from core.preparation import inputs_of
from core.preparation.steps import FenceClipper, RareLevels, fences

NAN = np.nan
AGE = ColumnConfig(name="age", kind="number", missing=1)
SMOKER = ColumnConfig(name="smoker", kind="yes_no", categories=("no", "yes"), counts=(3, 2), missing=1)
CITY = ColumnConfig(name="city", kind="category", categories=("A", "B", "C"), counts=(3, 1, 1), missing=1)
STAGE = ColumnConfig(name="stage", kind="ordered", categories=("low", "mid", "high"), counts=(2, 2, 2))
COLUMNS = (AGE, SMOKER, CITY, STAGE)
RAW = np.array(
    [
        [40.0, 0.0, 0.0, 0.0],
        [50.0, 1.0, 0.0, 1.0],
        [60.0, 1.0, 1.0, 2.0],
        [NAN, 0.0, 2.0, 0.0],
        [70.0, NAN, NAN, 1.0],
        [80.0, 0.0, 0.0, 2.0],
    ]
)


def prepare(raw: np.ndarray = RAW, scaling: Any = "none", **settings: Any) -> tuple[list[str], np.ndarray]:
    prepared = prepared_columns(COLUMNS, len(RAW), PreparationConfig(**settings), scaling)
    return [name for column in prepared for name in column.names], inputs_of(prepared).fit(RAW).transform(raw)


def test_the_usual_preparation_by_hand() -> None:
    names, x = prepare()
    assert names == [
        *("age", "age = ?"),
        *("smoker = yes", "smoker = ?"),
        *("city = A", "city = B", "city = C", "city = ?"),
        "stage",
    ]
    np.testing.assert_array_equal(
        x,
        [
            [40, 0, 0, 0, 1, 0, 0, 0, 0],
            [50, 0, 1, 0, 1, 0, 0, 0, 1],
            [60, 0, 1, 0, 0, 1, 0, 0, 2],
            [60, 1, 0, 0, 0, 0, 1, 0, 0],
            [70, 0, 0, 1, 0, 0, 0, 1, 1],
            [80, 0, 0, 0, 1, 0, 0, 0, 2],
        ],
    )


def test_without_marks_the_most_frequent_level_stands_in() -> None:
    names, x = prepare(indicator=False, missing="mean")
    assert names == ["age", "smoker = yes", "city = A", "city = B", "city = C", "stage"]
    assert x[3, 0] == 60.0  # the mean of the others
    assert x[4].tolist() == [70, 0, 1, 0, 0, 1]


def test_columns_with_missing_values_can_be_left_out() -> None:
    names, x = prepare(missing="drop_column")
    assert names == ["stage"]
    assert x.shape == (6, 1)


def test_categories_as_numbers_of_their_levels() -> None:
    names, x = prepare(encoding="ordinal")
    assert names == ["age", "age = ?", "smoker = yes", "smoker = ?", "city", "city = ?", "stage"]
    assert x[:, 4].tolist() == [0, 0, 1, 2, 0, 0]


def test_rare_levels_share_an_input() -> None:
    names, x = prepare(rare=0.2)
    assert names[4:7] == ["city = A", "city = …", "city = ?"]
    assert x[:, 5].tolist() == [0, 0, 1, 1, 0, 0]


def test_one_column_can_be_prepared_otherwise() -> None:
    names, x = prepare(columns=[{"column": "age", "missing": "mean", "indicator": False, "scaling": "minmax"}])
    assert names[:2] == ["age", "smoker = yes"]
    assert x[:, 0].tolist() == [0.0, 0.25, 0.5, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust"])
def test_numbers_are_scaled_and_levels_of_two_are_not(scaling: str) -> None:
    _, x = prepare(scaling=scaling, indicator=False)
    filled = np.where(np.isnan(RAW[:, 0]), 60.0, RAW[:, 0])
    middle, width = {
        "standard": (filled.mean(), filled.std()),
        "minmax": (filled.min(), np.ptp(filled)),
        "robust": (np.median(filled), np.subtract(*np.percentile(filled, [75, 25]))),
    }[scaling]
    np.testing.assert_allclose(x[:, 0], (filled - middle) / width)
    assert set(x[:, 1]) == {0.0, 1.0}


def test_a_level_that_the_table_does_not_have_is_a_missing_one_or_the_rest() -> None:
    strange = np.array([[50.0, 7.0, 9.0, 9.0]])
    names, x = prepare(strange)
    found = dict(zip(names, x[0], strict=True))
    assert found["smoker = yes"] == 0.0  # the most frequent
    assert [found[f"city = {level}"] for level in "ABC"] == [0, 0, 0]
    assert found["stage"] == 1.0  # the median
    names, x = prepare(strange, rare=0.2)
    assert dict(zip(names, x[0], strict=True))["city = …"] == 1.0


def test_far_out_values_are_moved_to_the_fence() -> None:
    values = np.array([[1.0], [2.0], [3.0], [4.0], [1000.0], [NAN]])
    first, third = np.percentile(values[:5], [25, 75])
    (low,), (high,) = fences(values)
    assert (low, high) == (first - FENCE * (third - first), third + FENCE * (third - first))
    clipped = FenceClipper().fit(values).transform(values)
    assert clipped[:5, 0].tolist() == [1, 2, 3, 4, high]
    assert np.isnan(clipped[5, 0])


def test_many_columns_take_one_step_each_way() -> None:
    columns = [ColumnConfig(name=f"x{index}", kind="number") for index in range(200)]
    prepared = prepared_columns(columns, 10, None, "standard")
    (step, _) = inputs_of(prepared).steps
    assert len(step[1].transformers) == 1


@pytest.mark.parametrize("kind", [SimpleImputer, StandardScaler, OneHotEncoder, OrdinalEncoder, MissingIndicator])
def test_every_step_is_fitted_on_the_training_rows_alone(
    kind: type[BaseEstimator], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    name = "fit_transform" if kind is MissingIndicator else "fit"  # it is the one that does not call its `fit`
    fit = getattr(kind, name)

    def spy(self: Any, x: Any, y: Any = None, **more: Any) -> Any:
        seen.append(len(x))
        return fit(self, x, y, **more)

    monkeypatch.setattr(kind, name, spy)
    prepared = prepared_columns(COLUMNS, len(RAW), None, "standard")
    transformer = inputs_of(prepared).fit(RAW[:4])
    transformer.transform(RAW)
    assert seen, "the step is part of it"
    assert set(seen) == {4}


def test_rare_levels_keep_missing_ones_missing() -> None:
    codes = RareLevels((0, 2), 9).fit(RAW[:, [2]]).transform(np.array([[0.0], [1.0], [2.0], [NAN]]))
    np.testing.assert_array_equal(codes, [[0.0], [9.0], [2.0], [NAN]])


def test_rare_numbers_beside_many_equal_ones_are_not_far_out() -> None:
    """Days in hospital: most have none, and the others are who matters. The profile says so, too."""
    days = np.array([[0.0]] * 9 + [[5.0], [9.0], [NAN]])
    np.testing.assert_array_equal(FenceClipper().fit(days).transform(days), days)
