"""The processes of the suite: a grown one is replaced, and one that is too large fails the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import processes

ROOT = Path(processes.__file__).resolve().parent.parent
NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


def run_suite(folder: Path, *options: str, **limits: float) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder as `python3 run.py test` does, with limits of one's own."""
    settings = "\n".join(f"processes.{name} = {value}" for name, value in limits.items())
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text(
        f'from tests import processes\npytest_plugins = ["tests.processes"]\n{settings}\n', encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *options, str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def write_tests(folder: Path, files: int, body: str = "pass") -> None:
    """Some test files of three tests each."""
    for number in range(files):
        tests = "".join(f"def test_{name}():\n    {body}\n\n\n" for name in "abc")
        (folder / f"test_file_{number}.py").write_text(f"import os\n\n\n{tests}", encoding="utf-8")


def who_ran(output: str) -> dict[str, set[str]]:
    """Which process ran each file."""
    ran: dict[str, set[str]] = {}
    for process, file in re.findall(r"^\[(gw\d+)\].*PASSED (\S+)::", output, re.MULTILINE):
        ran.setdefault(file.rpartition("/")[2], set()).add(process)
    return ran


def test_each_file_runs_in_one_process_and_small_ones_stay(tmp_path: Path) -> None:
    write_tests(tmp_path, 6)
    answer = run_suite(tmp_path, "-n", "2")
    assert answer.returncode == 0, answer.stdout
    ran = who_ran(answer.stdout)
    assert len(ran) == 6
    assert all(len(by) == 1 for by in ran.values())
    assert set.union(*ran.values()) == {"gw0", "gw1"}


@NEEDS_PROC
def test_a_grown_process_is_replaced_at_the_end_of_a_file(tmp_path: Path) -> None:
    write_tests(tmp_path, 10)
    answer = run_suite(tmp_path, "-n", "3", REPLACED_FROM=1)  # three at once: one is through while others still collect
    assert answer.returncode == 0, answer.stdout
    assert "30 passed" in answer.stdout
    ran = who_ran(answer.stdout)
    assert len(set.union(*ran.values())) == 10, "a process for each file"


@NEEDS_PROC
@pytest.mark.parametrize("options", [["-n", "2"], []], ids=["several processes", "one process"])
def test_a_process_that_becomes_too_large_fails_the_run(tmp_path: Path, options: list[str]) -> None:
    write_tests(tmp_path, 2, "assert bytearray(os.urandom(1) * 200_000_000)")
    assert run_suite(tmp_path, *options).returncode == 0
    answer = run_suite(tmp_path, *options, MOST_MEMORY=200e6)
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"A test process took 0\.\d GB \(.*\); 0\.2 GB are the most", answer.stdout)


def test_a_failing_test_fails_the_run(tmp_path: Path) -> None:
    write_tests(tmp_path, 2, "raise ValueError")
    assert run_suite(tmp_path, "-n", "2").returncode == pytest.ExitCode.TESTS_FAILED
