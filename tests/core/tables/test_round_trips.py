"""Tables that others write, in many dialects and encodings, are read back as they were."""

from __future__ import annotations

import csv
import io
import random

import numpy as np
import pandas as pd
import pytest

from core import read_table
from core.tables import delimited, quotes

LETTERS = {
    "utf-8": "abcäöß血糖年龄🙂éж",
    "utf-8-sig": "abcäöß血糖年龄",
    "utf-16": "abcäöß血糖年龄🙂",
    "gb18030": "血糖年龄姓名城市患者体重",
    "cp1252": "abcdäeéo",
}
SIGNS = ["", " ", ",", ";", '"', "\n", "\t", "|", "''", "#", "-", "=", "@"]


def some_text(draw: random.Random, letters: str) -> str:
    return "x" + "".join(
        draw.choice([draw.choice(letters), draw.choice("abcxyz"), draw.choice(SIGNS)]) for _ in range(6)
    )


def some_frame(draw: random.Random, letters: str, rows: int) -> pd.DataFrame:
    whole = [draw.randint(-(10**6), 10**14) for _ in range(rows)]
    real = [draw.uniform(-1e3, 1e3) * 10 ** draw.randint(-8, 8) for _ in range(rows)]
    words = [some_text(draw, letters) for _ in range(rows)]
    gaps = [draw.choice([draw.uniform(0, 1), np.nan]) for _ in range(rows)]
    codes = [f"0{draw.randint(0, 99):02d}" for _ in range(rows)]
    return pd.DataFrame(
        {"whole": whole, "real number": real, f"name {letters[3:5]}x": words, "gaps": gaps, "codes": codes}
    )


def assert_same(read: pd.DataFrame, written: pd.DataFrame) -> None:
    assert list(read.columns) == list(written.columns)
    for name in written.columns:
        if written[name].dtype.kind in "if":
            np.testing.assert_array_equal(read[name].to_numpy(float), written[name].to_numpy(float))
        else:
            assert read[name].tolist() == written[name].tolist()


@pytest.mark.parametrize("encoding", LETTERS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_pandas_writes_is_read_back(encoding: str, delimiter: str, line_end: str) -> None:
    for seed in range(4):
        draw = random.Random(f"{encoding}{delimiter}{line_end}{seed}")
        frame = some_frame(draw, LETTERS[encoding], draw.choice([3, 40, 700]))
        text = frame.to_csv(
            index=False,
            sep=delimiter,
            lineterminator=line_end,
            quoting=draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        )
        assert_same(read_table(text.encode(encoding), "x.csv").frame, frame)


@pytest.mark.parametrize("seed", range(6))
def test_decimal_commas_are_read_back(seed: int) -> None:
    draw = random.Random(seed)
    frame = pd.DataFrame(
        np.array([[draw.uniform(-1e5, 1e5) for _ in range(3)] for _ in range(30)]), columns=list("abc")
    )
    table = read_table(frame.to_csv(index=False, sep=";", decimal=",").encode(), "x.csv")
    assert_same(table.frame, frame)
    assert any("decimal comma" in sentence for sentence in table.assumptions)


@pytest.mark.parametrize("seed", range(30))
def test_both_readers_read_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast one, and the one of one sign after the other."""
    draw = random.Random(seed)
    rows = [[some_text(draw, "äb糖"), draw.choice(["", "q", 'a"']), some_text(draw, "yz")] for _ in range(40)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    data = out.getvalue().encode()
    fast = read_table(data, "x.csv").frame
    monkeypatch.setattr(delimited, "quotes_are_plain", lambda *_: False)
    slow = read_table(data, "x.csv").frame
    pd.testing.assert_frame_equal(fast, slow)
    assert fast["a"].tolist() == [row[0] for row in rows]


@pytest.mark.parametrize("seed", range(60))
def test_a_cell_too_many_or_too_few_is_always_refused_with_its_line(seed: int) -> None:
    from core import TableRefused

    draw = random.Random(seed)
    width = draw.randint(2, 6)
    lines = [[str(draw.randint(0, 99)) for _ in range(width)] for _ in range(draw.choice([5, 600, 2000]))]
    wrong = draw.randrange(1, len(lines))
    lines[wrong] = lines[wrong][:-1] if draw.random() < 0.5 else [*lines[wrong], "7"]
    text = "\n".join(",".join(line) for line in [[f"n{index}" for index in range(width)], *lines])
    with pytest.raises(TableRefused) as refused:
        read_table(text.encode(), "x.csv")
    assert refused.value.line == wrong + 2


def test_quotes_at_the_edges_of_what_is_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'a,b\n"x ""y"" z","1\n2"\n"","q"\n'
    expected = read_table(data, "x.csv").frame
    for size in range(1, 12):
        monkeypatch.setattr(quotes, "_CHUNK", size)
        assert quotes.quotes_are_plain(data, ",")
        pd.testing.assert_frame_equal(read_table(data, "x.csv").frame, expected)


def test_ends_of_lines_at_every_place_of_a_block() -> None:
    """pyarrow 26.0.1 loses a byte between \\r and \\n at some of them."""
    for pad in range(0, 40, 3):
        rows = [f"{'x' * pad}z{index},{index}" for index in range(60_000)]
        table = read_table(("a,b\r\n" + "\r\n".join(rows)).encode(), "x.csv")
        assert table.frame["b"].sum() == sum(range(60_000))
        assert table.rows == 60_000
        assert table.frame["a"].str.len().max() == pad + 6
