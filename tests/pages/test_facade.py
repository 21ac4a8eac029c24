"""Pages talk to the engine, not to its parts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "pages"
PARTS = {"store", "pool", "questions", "scheduler", "tasks", "owned", "owned_tables", "whose_rows"}


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: path.name)
def test_no_page_reaches_into_the_engine(path: Path) -> None:
    reached = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert not reached & PARTS


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: path.name)
def test_one_module_owns_the_session_state(path: Path) -> None:
    assert ("session_state" in path.read_text("utf-8")) == (path == PAGES / "session.py")
