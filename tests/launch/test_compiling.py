"""Our own modules are compiled for the next start, also where Python is told not to keep what it compiles."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from launch import compiling


@pytest.mark.parametrize("told", [True, False])
def test_own_modules_are_compiled_where_python_would_not_keep_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(compiling, "environment_python", lambda: sys.executable)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1" if told else "")
    module = project / "core" / "errors.py"
    module.parent.mkdir()
    module.write_text("one = 1\n")
    compiling.compile_own()
    assert Path(importlib.util.cache_from_source(module)).exists() is told


def test_what_is_compiled_is_what_the_app_imports() -> None:
    from tests.core.test_floors import ROOMS

    assert {room.split(".")[0] for room in ROOMS} == {name.removesuffix(".py") for name in compiling.OWN}
