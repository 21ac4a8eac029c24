"""The examples in docstrings do what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_example_in_a_docstring_holds() -> None:
    """In a process of its own: some trace networks, whose memory TensorFlow does not give back."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--doctest-modules", "core", "launch", "pages"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-2000:]
