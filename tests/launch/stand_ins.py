"""What the tests of `launch` put in the place of the real thing."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

import pytest

POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="signals and execve are POSIX's")


def options(**given: object) -> Namespace:
    return Namespace(**{"port": None, "classroom": False, "host": [], "no_browser": False, "workers": None, **given})


def program(path: Path, text: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
