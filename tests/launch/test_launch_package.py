"""What holds for `launch` as a whole."""

from __future__ import annotations

import ast
import sys

import pytest

from launch.environment import ROOT


def test_it_needs_nothing_that_python_does_not_bring() -> None:
    imported = set()
    for file in [ROOT / "run.py", *(ROOT / "launch").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert imported <= {"launch", *sys.stdlib_module_names}


def test_continuous_integration_runs_every_test_through_it() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec python3 run.py test"


@pytest.mark.parametrize("file", ["run.py", *sorted(f"launch/{path.name}" for path in (ROOT / "launch").glob("*.py"))])
def test_an_older_python_can_read_it_and_say_that_it_is_too_old(file: str) -> None:
    ast.parse((ROOT / file).read_text(encoding="utf-8"), feature_version=(3, 7))
