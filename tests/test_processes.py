"""The processes of the suite: a grown one is replaced, and one that is too large fails the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forking, processes

ROOT = Path(processes.__file__).resolve().parent.parent
NEEDS_FORK = pytest.mark.skipif(not forking.CAN_FORK, reason="TensorFlow can be forked on Linux only")
NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


def run_suite(folder: Path, *options: str, fixtures: str = "", **limits: float) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder as `python3 run.py test` does, with limits of one's own."""
    settings = "\n".join(f"processes.{name} = {value}" for name, value in limits.items())
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text(
        f'from tests import processes\npytest_plugins = ["tests.processes"]\n{settings}\n{fixtures}', encoding="utf-8"
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


def test_nothing_is_computed_while_tests_are_imported(request: pytest.FixtureRequest) -> None:
    """TensorFlow would have threads then. Parametrised tests make tensors and models in functions (`lambda: ...`)."""
    forks = request.config.pluginmanager.get_plugin("descent forks")
    assert forks is None or forks.is_possible


def test_each_file_runs_in_one_process_and_small_ones_stay(tmp_path: Path) -> None:
    write_tests(tmp_path, 6)
    answer = run_suite(tmp_path, "-n", "2")
    assert answer.returncode == 0, answer.stdout
    ran = who_ran(answer.stdout)
    assert len(ran) == 6
    assert all(len(by) == 1 for by in ran.values())
    assert set.union(*ran.values()) == {"gw0", "gw1"}


@NEEDS_PROC
@pytest.mark.parametrize("forks", [pytest.param(True, marks=NEEDS_FORK), False], ids=["by a fork", "by another"])
def test_a_grown_process_is_replaced_at_the_end_of_a_file(tmp_path: Path, forks: bool) -> None:
    write_tests(tmp_path, 6, "open(f'{__file__}.ran', 'a').write(f'{os.getpid()} {os.getppid()} ')")
    # Three at once: one is through while others still collect.
    answer = run_suite(tmp_path, "-n", "3", REPLACED_FROM=1, FORKS=forks)
    assert answer.returncode == 0, answer.stdout
    assert "18 passed" in answer.stdout
    ran = [file.read_text(encoding="utf-8").split() for file in tmp_path.glob("*.ran")]
    assert [len(set(each[::2])) for each in ran] == [1] * 6, "a file stays in its process"
    assert len({each[0] for each in ran}) == 6, "a process for each file"
    assert (len({each[1] for each in ran}) == 3) == forks
    assert len(set.union(*who_ran(answer.stdout).values())) == (3 if forks else 6)


@NEEDS_FORK
def test_tests_of_several_files_share_a_fork_and_what_it_holds(tmp_path: Path) -> None:
    write_tests(tmp_path, 4, "assert once == os.getpid()")
    (tmp_path / "test_file_9.py").write_text("def test_once(once):\n    assert once\n", encoding="utf-8")
    for file in tmp_path.glob("test_*.py"):
        file.write_text(file.read_text(encoding="utf-8").replace("():", "(once):"), encoding="utf-8")
    fixture = """
import os

import pytest


@pytest.fixture(scope="session")
def once():
    yield os.getpid()
    open("ended", "a").write("once ")
"""
    answer = run_suite(tmp_path, "-n", "1", fixtures=fixture)
    assert answer.returncode == 0, answer.stdout
    assert (tmp_path / "ended").read_text(encoding="utf-8") == "once "


@pytest.mark.parametrize("files", [0, 1])
@pytest.mark.parametrize("forks", [pytest.param(True, marks=NEEDS_FORK), False], ids=["in a fork", "without"])
def test_a_crash_is_heard_once_and_the_rest_is_run(tmp_path: Path, files: int, forks: bool) -> None:
    write_tests(tmp_path, files)
    (tmp_path / "test_crash.py").write_text(
        "import os\n\ndef test_first():\n    os.abort()\n\ndef test_second():\n    pass\n", encoding="utf-8"
    )
    answer = run_suite(tmp_path, "-n", "1", FORKS=forks)
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED
    assert "crashed while running 'test_crash.py::test_first'" in answer.stdout
    assert f"1 failed, {1 + 3 * files} passed" in answer.stdout


@NEEDS_FORK
def test_what_a_session_s_fixture_fails_at_its_end_fails_the_run(tmp_path: Path) -> None:
    write_tests(tmp_path, 2)
    fixture = """
import pytest


@pytest.fixture(scope="session", autouse=True)
def left():
    yield
    assert not "left behind"
"""
    answer = run_suite(tmp_path, "-n", "1", fixtures=fixture)
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"6 passed.* 1 error", answer.stdout)


@NEEDS_PROC
@pytest.mark.parametrize("options", [["-n", "2"], []], ids=["several processes", "one process"])
def test_a_process_that_becomes_too_large_fails_the_run(tmp_path: Path, options: list[str]) -> None:
    write_tests(tmp_path, 2, "assert os.urandom(1) * 200_000_000")
    assert run_suite(tmp_path, *options).returncode == 0
    answer = run_suite(tmp_path, *options, MOST_MEMORY=200e6)
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"A test process took 0\.\d GB \(.*\); 0\.2 GB are the most", answer.stdout)


def test_a_failing_test_fails_the_run(tmp_path: Path) -> None:
    write_tests(tmp_path, 2, "raise ValueError")
    assert run_suite(tmp_path, "-n", "2").returncode == pytest.ExitCode.TESTS_FAILED
