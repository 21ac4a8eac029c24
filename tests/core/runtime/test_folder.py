"""Where the data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.runtime.folder import data_folder


def test_a_variable_chooses_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_otherwise_it_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_DATA")
    assert data_folder().name == "Descent"
    assert Path.home() in data_folder().parents
