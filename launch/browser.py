"""The browser that the tests drive: find one, or install one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from launch import environment
from launch.environment import environment_python
from launch.errors import Trouble
from launch.steps import tail

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_browser() -> str | None:
    """A Chromium, Chrome or Edge of this computer, or None.

    Raises:
        Trouble: DESCENT_BROWSER names a file that is not there.
    """
    chosen = os.environ.get("DESCENT_BROWSER")
    if chosen:
        if not shutil.which(chosen):
            raise Trouble(f"DESCENT_BROWSER is {chosen}, and no program is there. Correct it, or unset it.")
        return shutil.which(chosen)
    for candidate in browser_candidates():
        if starts(candidate):
            return candidate
    return None


def browser_candidates() -> Iterator[str]:
    """Programs that may be a browser, those on the PATH first."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"):
        found = shutil.which(name)
        if found:
            yield found
    programs = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    mac = ["/Applications", str(Path.home() / "Applications")]
    places = [f"{folder}/{browser}" for folder in mac for browser in MAC_BROWSERS]
    places += [f"{folder}/{browser}" for folder in programs if folder for browser in WINDOWS_BROWSERS]
    for place in places:
        if Path(place).is_file():
            yield str(Path(place))
    for folder in playwright_folders():
        for browser in PLAYWRIGHT_BROWSERS:
            yield from sorted(map(str, folder.glob(f"chromium-*/{browser}")), reverse=True)


MAC_BROWSERS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
PLAYWRIGHT_BROWSERS = (
    "chrome-linux*/chrome",
    "chrome-mac*/*.app/Contents/MacOS/*",
    "chrome-win*/chrome.exe",
)
WINDOWS_BROWSERS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


def playwright_folders() -> list[Path]:
    """Where `playwright install` puts its browsers."""
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "0")
    usual = [
        Path.home() / ".cache" / "ms-playwright",
        Path.home() / "Library" / "Caches" / "ms-playwright",
        Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ms-playwright",
    ]
    return ([] if own == "0" else [Path(own)]) + usual


def starts(browser: str) -> bool:
    """Whether it is a browser at all: Ubuntu's chromium-browser may be a script that says to get a snap."""
    if not sys.platform.startswith("linux"):  # elsewhere --version opens a window
        return True
    try:
        answer = subprocess.run([browser, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install_browser() -> str:
    """Fetch a Chromium: from Debian's packages where we may, else with Playwright."""
    print("The tests need a browser and none was found: installing Chromium.", flush=True)
    for commands in browser_installers():
        for command in commands:
            print(f"    {' '.join(command)}", flush=True)
            variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            try:
                answer = subprocess.run(
                    command,
                    cwd=environment.ROOT,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    timeout=900,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                print(f"    {error}", flush=True)
                break
            if answer.returncode != 0:
                print(tail(answer.stdout.splitlines(), 4), flush=True)
                break
        found = find_browser()
        if found:
            return found
    raise Trouble(
        "The tests drive a real browser, and none could be found or installed. Install Chromium, Chrome "
        "or Edge, or set DESCENT_BROWSER to the path of one, and run `python3 run.py test` again."
    )


def browser_installers() -> Iterator[list[list[str]]]:
    """Ways to get a Chromium, the best first; each is a list of commands."""
    if sys.platform.startswith("linux") and shutil.which("apt-get"):
        root = os.geteuid() == 0
        if root or shutil.which("sudo"):
            prefix = [] if root else ["sudo", "-n"]
            yield [[*prefix, "apt-get", "update"], [*prefix, "apt-get", "install", "-y", "chromium"]]
    yield [[str(environment_python()), "-m", "playwright", "install", "chromium"]]
