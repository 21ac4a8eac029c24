"""Groups of rows by a column, their figures and who is harmed most."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, recall_score, roc_auc_score

from core.evaluation.subgroups import groups_by, subgroups_of_classes, subgroups_of_numbers
from core.experiment.columns import ColumnConfig

NUMBER = ColumnConfig(name="age", kind="number")
LEVELS = ColumnConfig(name="ward", kind="category", categories=("A", "B"), counts=(3, 3))


def titles(values: list[float], column: ColumnConfig, limits: tuple[float, ...] | None = None) -> dict[str, list[int]]:
    return {str(title): np.flatnonzero(rows).tolist() for title, rows in groups_by(np.array(values), column, limits)}


def test_levels_are_groups_and_so_are_rows_without_a_value() -> None:
    assert titles([0, 1, np.nan, 0, 2], LEVELS) == {"A": [0, 3], "B": [1], "something else": [4], "missing": [2]}


def test_few_numbers_are_groups_and_many_are_quarters() -> None:
    assert titles([3, 1, 3], NUMBER) == {"1": [1], "3": [0, 2]}
    quarters = titles(list(range(100)), NUMBER)
    assert list(quarters) == ["under 24.75", "24.75 to under 49.5", "49.5 to under 74.25", "74.25 and more"]
    assert sorted(row for rows in quarters.values() for row in rows) == list(range(100))
    assert {len(rows) for rows in quarters.values()} == {25}
    assert titles(list(range(10)), NUMBER, (7.0,)) == {"under 7": list(range(7)), "7 and more": [7, 8, 9]}


def test_dates_are_written_as_dates() -> None:
    assert titles([0, 365], ColumnConfig(name="seen", kind="date")) == {"1970-01-01": [0], "1971-01-01": [1]}


def test_whoever_is_harmed_most_comes_first_with_scikit_learn_s_figures() -> None:
    rng = np.random.default_rng(0)
    ill, old = rng.integers(2, size=300), rng.uniform(size=300) < 0.3
    score = np.clip(0.5 + (ill - 0.5) * np.where(old, 0.1, 0.6) + rng.normal(0, 0.15, 300), 0, 1)
    groups = groups_by(old.astype(float), NUMBER)
    probabilities = np.stack([1 - score, score], axis=1)
    worst, best = subgroups_of_classes(groups, ill, probabilities, positive=1, threshold=0.5, missed=5.0)
    assert (str(worst.title), str(best.title)) == ("1", "0")
    assert worst.rows == old.sum()
    called = score >= 0.5
    assert worst.figures["recall"].value == pytest.approx(recall_score(ill[old], called[old]))
    assert worst.figures["roc_auc"].value == pytest.approx(roc_auc_score(ill[old], score[old]))
    by_hand = np.mean(5.0 * (ill[old] == 1) * ~called[old] + (ill[old] == 0) * called[old])
    assert worst.harm.value == pytest.approx(by_hand)
    assert best.harm.high is not None
    assert worst.harm.low is not None
    assert best.harm.high < worst.harm.low
    assert not worst.is_uncertain


def test_small_groups_say_that_they_are_uncertain() -> None:
    groups = [(groups_by(np.zeros(8), NUMBER)[0][0], np.arange(8) < 8)]
    (found,) = subgroups_of_classes(groups, np.ones(8, int), np.full((8, 2), 0.5), positive=1, threshold=0.5)
    assert found.is_uncertain
    assert found.figures["specificity"].value is None
    assert found.figures["roc_auc"].reason is not None
    assert found.harm.value == 0


def test_groups_of_a_number_are_sorted_by_how_far_off_it_is() -> None:
    actual, half = np.arange(80.0), np.arange(80) < 40
    predicted = actual + np.where(half, 1.0, 9.0)
    groups = groups_by(half.astype(float), NUMBER)
    worst, _ = subgroups_of_numbers(groups, actual, predicted)
    assert str(worst.title) == "0"
    assert worst.harm.value == mean_absolute_error(actual[~half], predicted[~half])
