"""The tools that read the code agree with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy", "core", "pages", "benchmarks", "launch", "tests", "app.py", "run.py"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_code_satisfies(name: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *CHECKS[name]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"{name} says:\n{answer.stdout[-6000:]}{answer.stderr[-2000:]}"
