"""Dates as people write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import read_table
from core.tables.dates import days_of, format_of


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["2024-02-01", "2024-12-31"], "year month day"),
        (["2024/2/1"], "year month day"),
        (["2024年2月1日"], "year month day"),
        (["01.02.2024", "31.12.2024"], "day month year"),
        (["13/02/2024", "01/02/2024"], "day month year"),
        (["02/13/2024", "01/02/2024"], "month day year"),
        (["1 Feb 2024"], "day month year"),
        (["Feb 1, 2024"], "day month year"),
        (["2024-02-01 13:45", "2024-02-01T13:45:10Z"], "year month day"),
    ],
)
def test_ways_to_write_a_date(values: list[str], order: str) -> None:
    written = format_of(values)
    assert written is not None
    assert written.order == order


@pytest.mark.parametrize(
    "values",
    [["2023-02-29"], ["13/13/2024"], ["13/02/2024", "02/13/2024"], ["2024-02-01", "x"], ["5"], ["1.5"], ["12:30"], []],
)
def test_what_is_no_date(values: list[str]) -> None:
    assert format_of(values) is None


def test_what_may_be_read_in_two_ways_has_no_order() -> None:
    written = format_of(["01/02/2024", "03/04/2024"])
    assert written is not None
    assert written.order is None


def test_days_are_those_of_pandas() -> None:
    values = pd.date_range("1890-03-01", "2100-01-01", freq="333D6h").strftime("%Y-%m-%d %H:%M")
    expected = (pd.to_datetime(values) - pd.Timestamp("1970-01-01")) / pd.Timedelta("1D")
    np.testing.assert_allclose(days_of([*values, None, ""]), [*expected, np.nan, np.nan], atol=1e-9)


def test_both_orders_of_the_same_day() -> None:
    assert days_of(["13/02/2024"])[0] == days_of(["02/13/2024"])[0] == days_of(["2024-02-13"])[0]
    assert days_of(["01/02/2024"], "month day year")[0] == days_of(["2024-01-02"])[0]


def test_a_column_of_dates_is_one() -> None:
    table = read_table(b"d,e,f\n13/02/2024,01/02/2024,2024-02-30\n01/02/2024,02/03/2024,2024-02-01\n", "x.csv")
    assert [column.kind == "date" for column in table.columns] == [True, False, False]
    assert "day/month" in str(table.questions[0].said)
