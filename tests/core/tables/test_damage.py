"""Whatever bytes come: a table, or a refusal. Never another error, and never long."""

from __future__ import annotations

import io
import random
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import TableRefused, read_table
from tests.core.tables.bad_files import READ, REFUSED
from tests.core.tables.workbooks import workbook

SIGNS = b'",;\t|\r\n\\ 0123.eE-+#\x00\xff\xe4\x80'


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]}), out)
    return out.getvalue()


SOURCES = [
    (workbook({"A": [["a", "b"], [1, 2], ["x", 3.5]]}), ".xlsx"),
    (parquet(), ".parquet"),
    *((file.data, file.ending) for file in (*READ, *REFUSED) if len(file.data) < 5000),
]


def damaged(draw: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(out) + 1)
        what = draw.random()
        if what < 0.4:
            out[at : at + 1] = bytes([draw.choice(SIGNS) if what < 0.3 else draw.randrange(256)])
        elif what < 0.6:
            del out[at : at + draw.randint(1, 5)]
        elif what < 0.8:
            out[at:at] = bytes([draw.choice(SIGNS)])
        else:
            start = draw.randrange(len(out) + 1)
            out[at:at] = out[start : start + draw.randint(1, 30)]
    return bytes(out)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_are_read_or_refused(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(60):
        data, ending = draw.choice(SOURCES[:2]) if draw.random() < 0.3 else draw.choice(SOURCES)
        data = damaged(draw, data)
        started = time.process_time()
        try:
            table = read_table(data, "x" + ending)
        except TableRefused:
            pass
        else:
            assert table.rows > 0
            assert table.frame.shape == (table.rows, len(table.columns))
        assert time.process_time() - started < 4
