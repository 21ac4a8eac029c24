"""The browser for the tests: found, installed, or missed in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from launch import browser as launch_browser
from launch import set_up
from launch.browser import find_browser, install_browser
from launch.command_line import main
from launch.errors import Trouble
from tests.launch.stand_ins import POSIX_ONLY, program


def test_a_browser_that_is_named_and_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DESCENT_BROWSER", str(tmp_path / "none"))
    with pytest.raises(Trouble, match=r"DESCENT_BROWSER is .*none"):
        find_browser()


@POSIX_ONLY
def test_the_browser_of_the_path_is_found(no_browser_here: Path) -> None:
    assert find_browser() is None
    browser = program(no_browser_here / "google-chrome")
    assert find_browser() == str(browser)


@POSIX_ONLY
def test_a_script_that_only_stands_in_for_a_browser_is_passed_over(no_browser_here: Path) -> None:
    program(no_browser_here / "chromium-browser", "echo install the snap; exit 1")
    if sys.platform.startswith("linux"):
        assert find_browser() is None
    playwrights = program(
        no_browser_here.parent / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux64" / "chrome"
    )
    if sys.platform.startswith("linux"):
        assert find_browser() == str(playwrights)


@POSIX_ONLY
def test_without_a_browser_the_tests_fail_and_say_why(
    no_browser_here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = program(no_browser_here / "installer", "echo no network; exit 1")
    monkeypatch.setattr(launch_browser, "browser_installers", lambda: iter([[[str(installer)]]]))
    monkeypatch.setattr(set_up, "set_up", lambda kind: False)
    assert main(["test"]) == 1
    said = capsys.readouterr()
    assert "no network" in said.out
    assert "none could be found or installed" in said.err


@POSIX_ONLY
def test_a_browser_that_an_installer_brings_is_used(no_browser_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = no_browser_here / "chromium"
    text = f"printf '#!/bin/sh\\nexit 0\\n' > {target}; /bin/chmod +x {target}"
    installer = program(no_browser_here / "installer", text)
    monkeypatch.setattr(launch_browser, "browser_installers", lambda: iter([[[str(installer)]]]))
    assert install_browser() == str(target)
