"""Step 1 of the set-up: make `.venv`, or keep the one that is whole."""

from __future__ import annotations

import shutil
import subprocess

from launch import environment
from launch.environment import environment_version, read_stamps, write_stamps
from launch.errors import Trouble
from launch.steps import Step, tail


def create_environment(python: str, version: tuple[int, int]) -> list[str]:
    """Make `.venv`, or keep the one that is whole; returns the set-ups that were finished in it."""
    step = Step(1, "Creating the environment")
    finished = read_stamps()
    if finished != ["unfinished"] and environment_version() == version:
        step.done("kept the one that is there")
        return finished
    remove_environment()
    answer = subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False)
    if answer.returncode != 0:
        name = ".".join(map(str, version))
        raise Trouble(
            f"This Python {name} cannot make environments: a part of it (venv) is missing. "
            f"On Debian or Ubuntu: sudo apt install python{name}-venv. "
            "Elsewhere: take the Python from https://www.python.org/downloads/."
        )
    environment.ENVIRONMENT.mkdir()
    write_stamps(["unfinished"])  # from here on, a set-up that was cut off is known as one
    made = subprocess.run(
        [python, "-m", "venv", str(environment.ENVIRONMENT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise Trouble(f"The environment could not be made. Python said:\n{tail(made.stdout.splitlines())}")
    step.done()
    return []


def remove_environment() -> None:
    """Delete `.venv` where there is one.

    Raises:
        Trouble: a program still uses it.
    """
    if not environment.ENVIRONMENT.exists() and not environment.ENVIRONMENT.is_symlink():
        return
    try:
        shutil.rmtree(environment.ENVIRONMENT)
    except OSError as error:
        raise Trouble(
            f"The old environment could not be removed ({error}). "
            f"End what still uses it, delete the folder {environment.ENVIRONMENT}, and run this again."
        ) from None
