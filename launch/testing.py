"""Run the tests in the environment."""

from __future__ import annotations

import os

from launch.browser import find_browser, install_browser
from launch.environment import hand_over

#: Each process holds up to 3 GB and has a browser and training processes beside it.
MOST_PROCESSES = 4


def run_tests(pytest_arguments: list[str]) -> int:
    """Run pytest in the environment, with a browser for the tests that need one.

    Args:
        pytest_arguments: what follows `python3 run.py test`.
    """
    browser = find_browser() or install_browser()
    return hand_over(["-m", "pytest", *processes(pytest_arguments), *pytest_arguments], {"DESCENT_BROWSER": browser})


def processes(pytest_arguments: list[str]) -> list[str]:
    """The option for as many processes as there are cores; none where the caller chooses, or names one file.

    >>> processes(["tests/test_settings.py", "-k", "folder"])
    []
    """
    alone = ("-n", "--numprocesses", "--pdb", "--trace", "--collect-only", "--co", "-h", "--help", "--version")
    said = any(each.startswith(alone) for each in pytest_arguments)
    files = [each for each in pytest_arguments if ".py" in each and not each.startswith("-")]
    if said or len(files) == 1:
        return []
    return ["-n", str(min(cores(), MOST_PROCESSES))]


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
