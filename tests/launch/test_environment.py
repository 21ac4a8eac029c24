"""When an environment is ready, and when it is made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from launch.creating import create_environment
from launch.environment import environment_python, is_ready, stamp, write_stamps
from launch.errors import Trouble
from tests.launch.stand_ins import POSIX_ONLY, program


def test_the_stamp_follows_requirements_python_and_purpose(project: Path) -> None:
    first = stamp("app", (3, 12))
    assert first == stamp("app", (3, 12))
    assert first != stamp("app", (3, 13))
    assert first != stamp("test", (3, 12))
    (project / "requirements-test.txt").write_text("-r requirements.txt\npytest>=9\n")
    assert first == stamp("app", (3, 12))
    test = stamp("test", (3, 12))
    (project / "requirements.txt").write_text("keras>=3\n")
    assert first != stamp("app", (3, 12))
    assert test != stamp("test", (3, 12))


def test_line_endings_of_a_windows_checkout_do_not_matter(project: Path) -> None:
    first = stamp("app", (3, 12))
    (project / "requirements.txt").write_bytes(b"keras\r\n")
    assert first == stamp("app", (3, 12))


def test_an_environment_is_ready_only_with_its_stamp_and_its_python(project: Path) -> None:
    assert not is_ready("app 1")
    program(environment_python())
    assert not is_ready("app 1")
    write_stamps(["unfinished"])
    assert not is_ready("app 1")
    write_stamps(["app 1", "test 1"])
    assert is_ready("app 1")
    assert not is_ready("app 2")
    environment_python().unlink()
    assert not is_ready("app 1")


@POSIX_ONLY
@pytest.mark.parametrize(("stamps", "kept"), [(["app 1"], True), (["unfinished"], False)])
def test_only_a_finished_environment_is_kept(stamps: list[str], kept: bool, project: Path) -> None:
    program(environment_python(), "echo 3 12")
    leftover = project / ".venv" / "half-installed"
    leftover.touch()
    write_stamps(stamps)
    python = program(project / "python")
    assert create_environment(str(python), (3, 12)) == (stamps if kept else [])
    assert leftover.exists() is kept


@POSIX_ONLY
def test_another_pythons_environment_is_made_anew(project: Path) -> None:
    program(environment_python(), "echo 3 11")
    write_stamps(["app 1"])
    python = program(project / "python")
    assert create_environment(str(python), (3, 12)) == []
    assert not environment_python().exists()


@POSIX_ONLY
def test_a_missing_venv_is_answered_with_the_package_to_install(project: Path) -> None:
    python = program(project / "python3", "exit 1")
    with pytest.raises(Trouble, match=r"sudo apt install python3\.12-venv"):
        create_environment(str(python), (3, 12))
