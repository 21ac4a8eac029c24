"""Which Python the environment is made with."""

from __future__ import annotations

import sys

from launch.environment import WINDOWS
from launch.errors import Trouble

# TensorFlow 2.21 has builds for these. 2.22 adds 3.14: then raise NEWEST_PYTHON.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)


def choose_python(version: tuple[int, int] | None = None) -> tuple[str, tuple[int, int]]:
    """The Python to make the environment with: this one if TensorFlow is built for it, else one beside it."""
    version = version or sys.version_info[:2]
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return sys.executable, version
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        found = find_python(minor)
        if found:
            return found, (3, minor)
    have = ".".join(map(str, version))
    newest = ".".join(map(str, NEWEST_PYTHON))
    why = "is too old" if version < OLDEST_PYTHON else "is newer than TensorFlow's builds"
    raise Trouble(
        f"Python {have} {why}: Descent needs Python 3.{OLDEST_PYTHON[1]} to {newest}. "
        f"Install Python {newest} (https://www.python.org/downloads/) and run: python{newest} run.py"
    )


def find_python(minor: int) -> str | None:
    """Where Python 3.`minor` is, or None."""
    import shutil

    found = shutil.which(f"python3.{minor}")
    if found or not WINDOWS or not shutil.which("py"):
        return found
    import subprocess

    ask = ["py", f"-3.{minor}", "-c", "import sys; print(sys.executable)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None if answer.returncode == 0 else None
