"""Parquet: typed columns, and none that declares more than can be held."""

from __future__ import annotations

import datetime
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import TableRefused, read_table


def written(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def test_columns_keep_their_types() -> None:
    table = read_table(
        written(
            pa.table(
                {
                    " n ": pa.array([1, 2, None], pa.int32()),
                    "x": pa.array([1.5, float("nan"), 3]),
                    "t": ["a", "", "c"],
                    "d": [datetime.date(2024, 1, 2), None, datetime.date(2024, 1, 3)],
                    "b": [True, False, None],
                    "when": pa.array([datetime.datetime(2024, 1, 2)] * 3, pa.timestamp("us")),
                    "big": pa.array([10**17, 1, 2]),
                    "code": pa.array(["x", "y", "x"]).dictionary_encode(),
                }
            )
        ),
        "x.parquet",
    )
    assert [column.name for column in table.columns] == ["n", "x", "t", "d", "b", "when", "big", "code"]
    assert table.cells.to_pydict() == {
        "c0": [1, 2, None],
        "c1": [1.5, None, 3.0],
        "c2": ["a", None, "c"],
        "c3": ["2024-01-02", None, "2024-01-03"],
        "c4": ["true", "false", None],
        "c5": ["2024-01-02"] * 3,
        "c6": [str(10**17), "1", "2"],
        "c7": ["x", "y", "x"],
    }
    assert table.assumptions == ()


def test_many_rows_in_few_bytes_are_refused() -> None:
    rows = pa.table({f"c{index}": pa.nulls(3_000_000, pa.int8()) for index in range(20)})
    data = written(rows)
    assert len(data) < 1_000_000
    with pytest.raises(TableRefused, match="cells can be read"):
        read_table(data, "x.parquet")


def test_a_long_text_a_million_times_is_refused() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 30_000]))
    with pytest.raises(TableRefused, match="too much text"):
        read_table(written(pa.table({"a": words})), "x.parquet")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"a": [[1, 2], [3]]}), "lists"),
        (pa.table({"a": [b"x"]}), "bytes"),
        (pa.table({"a": pa.array([], pa.int64())}), "no rows"),
        (pa.table({"a": [float("inf")]}), "infinite"),
        (pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), "same name"),
        (pa.table({f"c{index}": [1] for index in range(1001)}), "columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused(table: pa.Table, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        read_table(written(table), "x.parquet")


def test_a_damaged_file_is_refused() -> None:
    data = written(pa.table({"a": list(range(1000)), "b": ["x"] * 1000}))
    for broken in (data[:-20], data[:50] + bytes(50) + data[100:], b"PAR1" + bytes(100) + b"PAR1"):
        with pytest.raises(TableRefused):
            read_table(broken, "x.parquet")
