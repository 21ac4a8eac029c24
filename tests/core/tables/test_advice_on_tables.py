"""Columns to look at before training."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.metrics import roc_auc_score

from core import Table, read_table
from core.tables import advice
from core.tables.advice import Advice, advice_on


def table_of(frame: pd.DataFrame) -> Table:
    return read_table(frame.to_csv(index=False).encode(), "x.csv")


def some(rows: int = 400) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(rows, 3))
    ill = (x[:, 0] + draw.normal(size=rows) > 0).astype(int)
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "site": draw.choice(list("pqr"), rows), "ill": ill})


def found(table: Table, target: str | None = "ill") -> dict[str, set[str]]:
    names = [column.name for column in table.columns]
    remarks = advice_on(table, None if target is None else names.index(target))
    kinds: dict[str, set[str]] = {}
    for remark in remarks:
        assert str(remark.said).endswith(".")
        kinds.setdefault(remark.kind, set()).add(names[remark.column])
    return kinds


def test_honest_columns_get_no_remark() -> None:
    assert found(table_of(some())) == {}


def test_identifiers_are_found() -> None:
    frame = some().assign(
        patient=[f"P{index:05d}" for index in range(400)],
        row=range(400),
        sample_id=np.random.default_rng(0).permutation(10**6)[:400],
        salary=np.random.default_rng(1).permutation(10**6)[:400],
    )
    assert found(table_of(frame)) == {"identifier": {"patient", "row", "sample_id"}}


def test_constants_are_found() -> None:
    assert found(table_of(some().assign(k=1, word="x"))) == {"constant": {"k", "word"}}


def test_copies_are_found() -> None:
    frame = some()
    frame["fahrenheit"] = frame["b"] * -1.8 + 32
    frame["place"] = frame["site"].map({"p": "Paris", "q": "Quito", "r": "Rome"})
    remarks = advice_on(table_of(frame), 4)
    assert [(each.kind, each.column, each.other) for each in remarks] == [("copy", 5, 1), ("copy", 6, 3)]


@pytest.mark.parametrize(
    "leak",
    [
        lambda y, draw: y + draw.normal(0, 0.3, len(y)),
        lambda y, draw: np.where(y == 1, "treated", "untreated"),
        lambda y, draw: np.abs(y - 0.5) * 0 + (y * 2 - 1) * draw.uniform(1, 2, len(y)),
        lambda y, draw: np.where(y == 1, np.nan, draw.normal(size=len(y))),
        lambda y, draw: np.where(y == 1, draw.choice([-5, 5], len(y)), 0) + draw.normal(0, 0.5, len(y)),
    ],
    ids=["noisy copy", "by name", "another scale", "missing where ill", "not monotone"],
)
def test_leaks_are_found(leak) -> None:
    frame = some(800)
    frame["discharge"] = leak(frame["ill"].to_numpy(), np.random.default_rng(9))
    assert found(table_of(frame)) == {"leak": {"discharge"}}


def test_leaks_of_classes_and_of_numbers_are_found() -> None:
    draw = np.random.default_rng(0)
    grade = draw.choice(["a", "b", "c"], 600)
    frame = some(600).drop(columns="ill").assign(grade=grade, note=np.where(draw.random(600) < 0.995, grade, "a"))
    assert found(table_of(frame), "grade") == {"leak": {"note"}}
    dose = draw.normal(size=3000)
    frame = some(3000).drop(columns="ill").assign(dose=dose, pills=dose * 3 + draw.normal(0, 0.05, 3000))
    assert found(table_of(frame), "dose") == {"leak": {"pills"}}


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris, load_wine, load_diabetes])
def test_no_column_of_the_known_sets_is_called_a_leak(load) -> None:
    data = load(as_frame=True)
    frame = data.frame
    remarks = advice_on(table_of(frame), list(frame.columns).index("target"))
    assert [remark for remark in remarks if remark.kind == "leak"] == []


def test_the_area_is_that_of_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    for _ in range(20):
        y = draw.integers(0, 2, 50)
        scores = draw.integers(0, 9, 50).astype(float)
        assert advice._auc(scores, y) == pytest.approx(roc_auc_score(y, scores))


def test_few_rows_are_no_proof() -> None:
    frame = some(30)
    frame["copy"] = frame["ill"] * 2.0 + 1
    assert "leak" not in found(table_of(frame))


def test_remarks_are_values() -> None:
    assert Advice.__dataclass_params__.frozen  # type: ignore[attr-defined]
