"""Intervals against scipy, published worked examples and hand-made tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score

from core.evaluation.counts import drawn_matrices, matthews_corrcoef
from core.evaluation.intervals import bias_corrected, of_mean, of_mean_square, spread_of, wilson
from core.evaluation.ranking import area_interval, average_precision_draws, influences

#: 43 patients with ovarian cancer of DeLong, DeLong and Clarke-Pearson (1988), as the SAS manual prints them
#: ("Comparing Receiver Operating Characteristic Curves"): albumin, total protein, K-G score, and who had the event.
OVARIAN = np.fromstring(
    """3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1
    3.8 5.7 5 1 3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1
    4.2 7.6 4 0 4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1
    4.3 7.0 5 1 4.3 6.5 4 1 3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1
    3.5 6.2 5 1 2.9 5.7 9 0 2.1 4.8 7 1 2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1""",
    sep=" ",
).reshape(43, 4)


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (9, 10), (10, 10), (1, 3), (523, 1000)])
def test_a_proportion_has_wilson_s_interval(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high))
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("score", "area", "error"),
    [
        (OVARIAN[:, 0], 0.7366, 0.0927),
        (OVARIAN[:, 1], 0.6478, 0.1000),
        (10 - OVARIAN[:, 2], 0.7258, 0.1028),
    ],
    ids=["albumin", "total protein", "K-G score"],
)
def test_areas_and_errors_are_those_of_the_sas_manual(score: np.ndarray, area: float, error: float) -> None:
    found, influence = influences(OVARIAN[:, 3] == 1, score)
    assert found == pytest.approx(area, abs=5e-5)
    assert np.sqrt(np.sum(influence**2)) == pytest.approx(error, abs=5e-5)


def test_delong_s_variance_is_that_of_its_definition() -> None:
    """Every pair is compared, in place of sorting."""
    rng = np.random.default_rng(0)
    event = rng.uniform(size=80) < 0.3
    score = (rng.normal(size=80) + event).round(1)
    positive, negative = score[event], score[~event]
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    expected = wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative)
    area, influence = influences(event, score)
    assert area == pytest.approx(roc_auc_score(event, score))
    assert np.sum(influence**2) == pytest.approx(expected)


def test_an_area_of_one_has_wilson_s_bound() -> None:
    event = np.arange(40) >= 30
    area, influence = influences(event, np.arange(40.0))
    low, high = area_interval(area, influence, 10)
    assert (low, high) == pytest.approx(wilson(10, 10))
    area, influence = influences(event, -np.arange(40.0))
    assert area_interval(area, influence, 10) == pytest.approx(wilson(0, 10))


def test_the_interval_of_a_mean_is_scipy_s() -> None:
    losses = np.random.default_rng(1).exponential(size=90) ** 2
    found = of_mean(losses, seed=0)
    expected = stats.bootstrap((losses,), np.mean, method="BCa", n_resamples=9999, rng=0).confidence_interval
    assert found == pytest.approx((expected.low, expected.high), rel=0.04)
    assert of_mean(np.full(9, 2.0), seed=0) == (2.0, 2.0)
    assert of_mean(np.ones(1), seed=0) is None


def test_of_very_many_rows_a_mean_is_normal() -> None:
    losses = np.random.default_rng(1).exponential(size=30_000)
    low, high = of_mean(losses, seed=0) or (0.0, 0.0)
    error = losses.std(ddof=1) / np.sqrt(len(losses))
    assert (low, high) == pytest.approx(stats.norm.interval(0.95, losses.mean(), error))


@pytest.mark.parametrize("rows", [70, 30_000])
def test_the_spread_of_what_sums_make_is_the_linearised_one(rows: int) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(3, 1, rows)
    y = 2 * x + rng.normal(size=rows)

    def ratio(sums: np.ndarray, rows: int) -> np.ndarray:
        return np.asarray(sums[..., 1] / sums[..., 0])

    found = spread_of(ratio, np.stack([x, y], axis=1), seed=0)
    assert found == pytest.approx(np.std(y - y.sum() / x.sum() * x, ddof=1) / np.sqrt(rows) / x.mean(), rel=0.05)


def test_the_interval_of_a_mean_square_is_that_of_chi_squared() -> None:
    """Of normal errors with a known mean, n · mean square / σ² is chi-squared."""
    squares = np.random.default_rng(6).normal(0, 3, 200) ** 2
    low, high = stats.chi2.ppf([0.975, 0.025], 200)
    expected = (200 * squares.mean() / low, 200 * squares.mean() / high)
    assert of_mean_square(squares, seed=0) == pytest.approx(expected, rel=0.06)


def test_the_bias_of_samples_is_taken_out_as_scipy_does_it() -> None:
    """BCa of a symmetric statistic has no acceleration: what is left is the correction of the bias."""
    values = np.random.default_rng(7).normal(size=60)
    expected = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=4000, rng=1)
    found = bias_corrected(values.mean(), expected.bootstrap_distribution)
    limits = expected.confidence_interval
    assert found == pytest.approx((limits.low, limits.high), abs=0.02)
    assert bias_corrected(0.0, np.array([np.nan])) is None


def test_samples_of_average_precision_are_scikit_learn_s_on_repeated_rows() -> None:
    rng = np.random.default_rng(3)
    event = rng.uniform(size=50) < 0.4
    score = (rng.normal(size=50) + event).round(1)  # with ties
    drawn = average_precision_draws(event, score, columns=1, seed=7)
    order = np.argsort(-score, kind="stable")
    places = np.random.default_rng(7).integers(50, size=(len(drawn), 50), dtype=np.int32)
    for number in range(5):
        rows = order[places[number]]
        assert drawn[number] == pytest.approx(average_precision_score(event[rows], score[rows]))


def test_samples_of_many_rows_are_as_wide_as_those_of_each_row() -> None:
    rng = np.random.default_rng(4)
    event = rng.uniform(size=5_001) < 0.4
    score = rng.normal(size=5_001) + event
    binned = average_precision_draws(event, score, columns=1, seed=0)
    exact = average_precision_draws(event[:-1], score[:-1], columns=1, seed=0)
    assert binned.mean() == pytest.approx(exact.mean(), abs=0.005)
    assert binned.std() == pytest.approx(exact.std(), rel=0.25)


def test_samples_of_a_matrix_have_its_rows_and_its_mean() -> None:
    matrix = np.array([[50, 4], [6, 40]])
    drawn = drawn_matrices(matrix, seed=0)
    assert (drawn.sum((1, 2)) == 100).all()
    np.testing.assert_allclose(drawn.mean(0), matrix, atol=0.6)
    assert np.isfinite(matthews_corrcoef(drawn)).all()
