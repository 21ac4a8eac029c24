"""A link of a table with very many columns stays short: a reference stands for what is said of them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core import ExperimentConfig
from core.exchange.link import MAX_WITH_POINTS, from_query, to_query
from core.tables import long_links, open_tables, read_table
from core.tables.long_links import find_words, keep_words

WIDE = 150


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    names = [f"measurement number {place}" for place in range(WIDE)]
    rows = [",".join([*(str(row * place % 7) for place in range(WIDE)), "yn"[row % 2]]) for row in range(30)]
    return open_tables().add(read_table("\n".join([",".join([*names, "ill"]), *rows]).encode(), "w.csv"), owner="me")


def experiment(content: str, every: int = 2) -> ExperimentConfig:
    inputs = [f"measurement number {place}" for place in range(1, WIDE, every)]
    return ExperimentConfig.model_validate({"dataset": {"name": content, "target": "ill", "inputs": inputs}})


def test_it_says_the_same_and_is_short(content: str) -> None:
    config = experiment(content)
    long, short = to_query(config), to_query(config, keep_words=keep_words)
    assert len(urlencode(long)) > MAX_WITH_POINTS
    assert len(urlencode(short)) < 400
    assert short["columns"].startswith("sha-")
    assert short == to_query(config, keep_words=keep_words)
    link = from_query(short, find_words=find_words)
    assert (link.config, link.problems) == (config, ())
    assert from_query(long).config == config, "a link of before still opens"


def test_a_short_link_says_it_itself(content: str) -> None:
    config = experiment(content, every=WIDE)
    assert to_query(config, keep_words=keep_words) == to_query(config)


def test_what_stands_beside_the_reference_counts_more(content: str) -> None:
    short = to_query(experiment(content), keep_words=keep_words)
    link = from_query({**short, "inputs": "measurement number 1"}, find_words=find_words)
    assert link.config.dataset.feature_names == ("measurement number 1",)


@pytest.mark.parametrize("reference", ["sha-" + "0" * 32, "sha-../x", "nonsense"])
def test_what_is_not_kept_is_said(content: str, reference: str) -> None:
    link = from_query({"dataset": content, "target": "ill", "columns": reference}, find_words=find_words)
    (problem,) = map(str, link.problems)
    assert "what it says of the table's columns is not kept on this server any more" in problem
    assert len(link.config.dataset.feature_names) == WIDE - len(range(0, WIDE, 7)), "constant columns are ignored"


def test_it_goes_with_the_table_and_old_ones_make_room(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_links, "MOST_KEPT", 2)
    kept = []
    for place in range(3):
        kept.append(keep_words(content, f"inputs={place}"))
        for path in (open_tables().folder / content).glob("link-*.json"):
            if path.stat().st_mtime > 1_000:
                os.utime(path, (place, place))
    assert [find_words(content, reference or "") for reference in kept[1:]] == ["inputs=1", "inputs=2"]
    assert find_words(content, kept[0] or "") is None
    open_tables().delete(content, owner="me")
    assert find_words(content, kept[2] or "") is None
    assert keep_words(content, "inputs=4") is None
