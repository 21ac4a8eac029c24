"""Run the tests in the environment."""

from __future__ import annotations

from launch.browser import find_browser, install_browser
from launch.environment import hand_over


def run_tests(pytest_arguments: list[str]) -> int:
    """Run pytest in the environment, with a browser for the tests that need one."""
    browser = find_browser() or install_browser()
    return hand_over(["-m", "pytest", *pytest_arguments], {"DESCENT_BROWSER": browser})
