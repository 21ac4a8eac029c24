"""What a table looks like, against pandas, NumPy and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from core import Table, read_table
from core.tables import components, correlations
from core.tables.profile import TableProfile, profile_of
from core.tables.quality import PARTS
from core.tables.repeats import repeats_of


def patients(rows: int = 500) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    age = draw.normal(60, 12, rows).round()
    frame = pd.DataFrame(
        {
            "age": age.astype(int),
            "pressure": (100 + age * 0.6 + draw.normal(0, 9, rows)).round(1),
            "dose": draw.lognormal(0, 1, rows).round(3),
            "sex": draw.choice(["male", "female"], rows),
            "smoker": draw.choice(["yes", "no"], rows),
            "visit": pd.Series(
                pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 90, rows), unit="D")
            ).dt.strftime("%Y-%m-%d"),
            "outcome": draw.choice(["well", "ill", "dead"], rows, p=[0.6, 0.3, 0.1]),
        }
    )
    frame.loc[draw.choice(rows, 60, replace=False), "pressure"] = np.nan
    frame.loc[draw.choice(rows, 20, replace=False), "sex"] = np.nan
    return frame


def table_of(frame: pd.DataFrame) -> Table:
    return read_table(frame.to_csv(index=False).encode(), "x.csv")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return patients()


@pytest.fixture(scope="module")
def described(frame: pd.DataFrame) -> TableProfile:
    return profile_of(table_of(frame), 6)


def test_numbers_are_those_of_pandas(frame: pd.DataFrame, described: TableProfile) -> None:
    for index, name in enumerate(["age", "pressure", "dose"]):
        column, values = described.columns[index], frame[name]
        assert column.missing == values.isna().sum()
        assert column.distinct == values.nunique()
        assert column.missing_rows == tuple(np.flatnonzero(values.isna()) + 1)
        assert column.mean == pytest.approx(values.mean())
        assert column.deviation == pytest.approx(values.std())
        for share, value in column.quantiles:
            assert value == pytest.approx(values.quantile(share))


def test_outliers_are_those_beyond_three_interquartile_ranges(frame: pd.DataFrame, described: TableProfile) -> None:
    for index, name in enumerate(["age", "pressure", "dose"]):
        values, outliers = frame[name], described.columns[index].outliers
        assert outliers is not None
        first, third = values.quantile(0.25), values.quantile(0.75)
        far = (values < first - 3 * (third - first)) | (values > third + 3 * (third - first))
        assert outliers.count == far.sum()
        assert outliers.rows == tuple(np.flatnonzero(far) + 1)
    assert described.columns[2].outliers.count > 0  # type: ignore[union-attr]


def test_histograms_are_those_of_numpy_and_add_up_by_class(frame: pd.DataFrame, described: TableProfile) -> None:
    for index, name in enumerate(["age", "pressure", "dose"]):
        histogram = described.columns[index].histogram
        assert histogram is not None
        values = frame[name].dropna()
        clipped = values.clip(histogram.edges[0], histogram.edges[-1])
        counts, _ = np.histogram(clipped, bins=np.array(histogram.edges))
        assert histogram.counts == tuple(counts)
        assert tuple(np.sum(histogram.by_class, axis=0)) == histogram.counts
        for number, (label, _) in enumerate(described.classes):
            own = clipped[frame.loc[values.index, "outcome"] == label]
            assert histogram.by_class[number] == tuple(np.histogram(own, bins=np.array(histogram.edges))[0])


def test_levels_are_counted_by_class(frame: pd.DataFrame, described: TableProfile) -> None:
    crossed = pd.crosstab(frame["sex"], frame["outcome"])
    assert described.classes == tuple(
        (label, int((frame["outcome"] == label).sum())) for label in ["dead", "ill", "well"]
    )
    for level in described.columns[3].levels:
        assert level.count == (frame["sex"] == level.value).sum()
        assert level.by_class == tuple(crossed.loc[level.value, ["dead", "ill", "well"]])
    assert described.columns[3].missing == 20
    visit = described.columns[5]
    assert visit.kind == "date"
    assert visit.quantiles[0][1] == (pd.Timestamp(frame["visit"].min()) - pd.Timestamp("1970-01-01")).days


def test_correlations_are_those_of_pandas(frame: pd.DataFrame, described: TableProfile) -> None:
    names = ["age", "pressure", "dose"]
    assert described.correlations.columns == (0, 1, 2)
    for method, found in (("pearson", described.correlations.pearson), ("spearman", described.correlations.spearman)):
        np.testing.assert_allclose(np.array(found, float), frame[names].corr(method=method), atol=1e-10)


def test_components_are_those_of_scikit_learn(frame: pd.DataFrame, described: TableProfile) -> None:
    numbers = frame[["age", "pressure", "dose"]]
    scaled = StandardScaler().fit_transform(numbers.fillna(numbers.mean()))
    fitted = PCA().fit(scaled)
    np.testing.assert_allclose(described.components.shares, fitted.explained_variance_ratio_, atol=1e-10)
    points = fitted.transform(scaled)[:, :2]
    ours = np.array(described.components.points)
    np.testing.assert_allclose(np.abs(ours), np.abs(points), atol=1e-8)
    assert len(described.components.classes) == len(frame)


def test_a_constant_column_correlates_with_nothing() -> None:
    frame = pd.DataFrame({"a": [1.5, 2, 3, 4], "k": [1, 1, 1, 1], "b": [2, 4, 6, 8.5]})
    assert profile_of(table_of(frame)).correlations.columns == (0, 2)


def test_rows_that_repeat_others_are_found() -> None:
    frame = patients(200).drop(columns="visit").assign(weight=np.random.default_rng(1).normal(70, 9, 200))
    frame.insert(0, "id", [f"P{index}" for index in range(200)])
    same = frame.iloc[[3, 3, 50]]
    near = frame.iloc[[7, 9]].assign(id=["Q1", "Q2"], weight=lambda each: each["weight"] + 1e-4)
    together = pd.concat([frame, same, near], ignore_index=True)
    found = repeats_of(table_of(together))
    assert found.exact == together.duplicated().sum() == 3
    assert found.exact_groups == ((4, 201, 202), (51, 203))
    without = repeats_of(table_of(together.drop(index=[200, 201, 202])))
    assert (without.exact, without.near) == (0, 2)
    assert without.near_groups == ((8, 201), (10, 202))


def test_nothing_is_repeated_where_nothing_is() -> None:
    found = repeats_of(table_of(patients().assign(weight=np.random.default_rng(1).normal(70, 9, 500))))
    assert (found.exact, found.near) == (0, 0)


def test_the_score_is_the_weighted_mean_of_its_parts(described: TableProfile) -> None:
    parts = {part.key: part for part in described.quality.parts}
    assert parts.keys() == PARTS.keys()
    assert sum(weight for _, weight in PARTS.values()) == pytest.approx(1)
    assert described.quality.score == pytest.approx(
        sum(parts[key].score * weight for key, (_, weight) in PARTS.items()), abs=0.06
    )
    assert parts["completeness"].score == pytest.approx(100 * (1 - 80 / 3500), abs=0.06)
    assert parts["completeness"].count == 80
    assert parts["leakage"].score == 100


def test_each_fault_lowers_its_part_and_names_its_rows() -> None:
    clean = (
        patients().fillna({"pressure": 130.0, "sex": "male"}).assign(weight=np.random.default_rng(1).normal(70, 9, 500))
    )
    before = {part.key: part for part in profile_of(table_of(clean), 6).quality.parts}
    assert before["completeness"].score == before["uniqueness"].score == before["consistency"].score == 100

    def part(key: str, broken: pd.DataFrame) -> tuple[float, tuple[int, ...]]:
        found = {part.key: part for part in profile_of(table_of(broken), 6).quality.parts}[key]
        assert found.score < before[key].score
        return found.score, found.rows

    gaps = clean.astype({"age": float})
    gaps.loc[[4, 9], "age"] = np.nan
    assert part("completeness", gaps)[1] == (5, 10)
    assert part("uniqueness", pd.concat([clean, clean.iloc[[2]]]))[1] == (501,)
    assert 8 in part("validity", clean.assign(weight=clean["weight"].where(clean.index != 7, 9999)))[1]
    assert part("consistency", clean.assign(sex=clean["sex"].where(clean.index != 11, " Male")))[1] == (12,)
    assert part("leakage", clean.assign(note=clean["outcome"].map({"well": 1.5, "ill": 2.5, "dead": 7.5})))[0] == 0


def test_a_profile_is_plain_json(described: TableProfile) -> None:
    told = json.loads(json.dumps(described.to_json(), allow_nan=False))
    assert told["rows"] == 500
    assert set(told["columns"][0]) >= {"name", "kind", "missing", "histogram", "quantiles"}
    assert told["quality"]["parts"][0]["said"]["said"]


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a,b\n,\n,\n",
        "a,b\nx,\ny,\n",
        "a,b\n1,2\n1,2\n",
        "a\n1e300\n-1e300\n5\n",
        "d\n2024-01-02\n2024-01-03\n",
    ],
)
def test_small_and_empty_tables_have_a_profile(text: str) -> None:
    for target in (None, 0):
        json.dumps(profile_of(read_table(text.encode(), "x.csv"), target).to_json(), allow_nan=False)


def test_large_tables_are_sampled_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlations, "SAMPLE", 50)
    monkeypatch.setattr(components, "POINTS", 40)
    monkeypatch.setattr(correlations, "_PIECE", 64)
    frame = patients()
    found = profile_of(table_of(frame))
    assert found.correlations.rows == 50
    assert len(found.components.points) == len(found.components.rows) == 40
    np.testing.assert_allclose(
        np.array(found.correlations.pearson, float), frame[["age", "pressure", "dose"]].corr(), atol=1e-10
    )


def test_of_rows_held_out_at_random_so_many_have_a_copy() -> None:
    draw = np.random.default_rng(3)
    frame = pd.DataFrame({"x": draw.normal(size=300).round(2), "y": draw.normal(size=300).round(2)})
    frame = pd.concat([frame, frame.head(60), frame.head(30)])
    expected = repeats_of(table_of(frame)).across
    shares = []
    for _ in range(300):
        held_out = draw.random(len(frame)) < 0.2
        known = set(map(tuple, frame[~held_out].to_numpy()))
        shares.append(np.mean([tuple(row) in known for row in frame[held_out].to_numpy()]))
    assert expected == pytest.approx(np.mean(shares), abs=0.01)
    assert repeats_of(table_of(frame.head(300))).across == pytest.approx(0, abs=0.01)


def test_of_many_columns_the_first_are_correlated() -> None:
    x = np.random.default_rng(0).normal(size=(30, 130)).round(3)
    frame = pd.DataFrame(x, columns=[f"x{place}" for place in range(130)])
    described = profile_of(table_of(frame))
    first = correlations.CORRELATED
    assert described.correlations.columns == tuple(range(first))
    found = np.array(described.correlations.pearson, dtype=np.float64)
    np.testing.assert_allclose(found, np.asarray(np.corrcoef(x[:, :first].T)), atol=1e-9)
    assert len(described.components.columns) == 130
