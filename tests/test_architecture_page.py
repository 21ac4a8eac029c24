"""The page that a newcomer reads first stays short, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_it_is_read_in_five_minutes() -> None:
    assert len(PAGE.split()) <= 1_000


def test_every_folder_and_module_that_it_names_exists() -> None:
    named = re.findall(r"`((?:core|pages|tests|launch|benchmarks|docs)/[\w/.-]*)`", PAGE)
    assert len(named) > 25, "the pattern finds them"
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_invariant_names_a_test() -> None:
    rows = PAGE[PAGE.index("| invariant | test |") :].split("\n\n")[0].splitlines()[2:]
    assert len(rows) > 10
    every = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    for row in rows:
        names = {Path(name).name for name in re.findall(r"`([\w/.]+\.py)`", row)}
        assert names, row
        assert names <= every, row


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([\w./-]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
