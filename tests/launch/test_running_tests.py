"""In how many processes the tests run."""

from __future__ import annotations

import pytest

from launch import testing
from launch.testing import processes


@pytest.mark.parametrize(("cores", "expected"), [(1, "1"), (2, "2"), (16, "4")])
def test_there_are_as_many_processes_as_cores_but_at_most_four(
    cores: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "cores", lambda: cores)
    assert processes([]) == ["-n", expected]
    assert processes(["tests/core", "-k", "iris"]) == ["-n", expected]


@pytest.mark.parametrize("said", [["-n", "3"], ["-n3"], ["--numprocesses=3"], ["tests/core", "-n", "0"], ["--pdb"]])
def test_what_the_caller_says_counts(said: list[str]) -> None:
    assert processes(said) == []


@pytest.mark.parametrize("file", ["tests/core/test_errors.py", "tests/core/test_errors.py::test_one", "test_errors.py"])
def test_one_file_runs_in_one_process(file: str) -> None:
    assert processes([file, "-x"]) == []
    assert processes([file, "tests/test_settings.py"]) != []
