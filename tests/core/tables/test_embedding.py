"""Rows laid out by t-SNE: like scikit-learn's own, the same each time, and refused in words where they are too few."""

from __future__ import annotations

import io

import numpy as np
import pytest
from sklearn.manifold import TSNE, trustworthiness
from sklearn.preprocessing import StandardScaler

from core.errors import TableRefused
from core.tables import Table, read_table
from core.tables import embedding as module
from core.tables.embedding import embedding_of


def blobs(rows: int = 60) -> np.ndarray:
    draw = np.random.default_rng(1)
    return np.repeat(np.array([[0.0, 0, 0], [9, 9, 0], [0, 9, 9]]), rows // 3, axis=0) + draw.normal(size=(rows, 3))


def table_of(x: np.ndarray) -> Table:
    text = io.StringIO()
    print("a,b,c,class", file=text)
    for row, values in enumerate(x):
        print(*values, "xyz"[3 * row // len(x)], sep=",", file=text)
    return read_table(text.getvalue().encode(), "blobs.csv")


def test_points_are_those_of_scikit_learn() -> None:
    x = blobs()
    shares: list[float] = []
    made = embedding_of(table_of(x), 3, progress=shares.append)
    scaled = StandardScaler().fit_transform(x)
    expected = TSNE(perplexity=59 / 3, max_iter=500, init="pca", random_state=0).fit_transform(scaled)
    # The same start and the same steps; rounding in the last digit grows while it runs.
    assert trustworthiness(scaled, np.array(made.points)) == pytest.approx(trustworthiness(scaled, expected), abs=0.02)
    assert (made.columns, made.classes[:1], made.classes[-1:]) == ((0, 1, 2), (0,), (2,))
    assert shares == sorted(shares)
    assert [share for share in shares if 0.4 < share < 1] == pytest.approx([0.4 + 0.06 * each for each in range(1, 10)])
    assert embedding_of(table_of(x), 3) == made


def test_of_many_rows_a_sample_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 30)
    made = embedding_of(table_of(blobs()))
    assert len(set(made.rows)) == len(made.points) == 30
    assert set(made.classes) == {-1}


def test_too_few_rows_or_columns_are_said() -> None:
    with pytest.raises(TableRefused, match="needs at least two columns of numbers and 10 rows"):
        embedding_of(read_table(b"a,b\n" + b"1,x\n2,y\n" * 20, "t.csv"))
    with pytest.raises(TableRefused, match="This table has 2 and 2"):
        embedding_of(read_table(b"a,b\n1,3\n2,5\n", "t.csv"))
