"""Step 2 of the set-up: install the requirements with pip."""

from __future__ import annotations

import re
from pathlib import Path

from launch import environment
from launch.environment import REQUIREMENTS, WINDOWS, environment_python
from launch.errors import Trouble
from launch.steps import Running, Step, tail


def install(kind: str) -> None:
    """Install the requirements with pip, showing how far it is."""
    step = Step(2, "Installing the packages")
    before = count_packages()
    progress = PipProgress()
    said: list[str] = []
    # Compiling is the next step: there it uses every core.
    options = ["--disable-pip-version-check", "--no-input", "--prefer-binary", "--no-compile"]
    pip = [str(environment_python()), "-m", "pip", "install", *options, "--progress-bar", "off"]
    pip += ["-r", REQUIREMENTS[kind][-1]]
    with Running(pip, {"PIP_USER": "0"}) as running:
        for line in running:
            if line:
                said.append(line)
                progress.read(line)
            step.show(progress.text(count_packages() - before))
    if running.exit_code != 0:
        step.done("failed")
        raise Trouble(
            "The packages could not be installed. Check the internet connection and the space on the disk, "
            f"then run the same command again. pip said last:\n{tail(said)}"
        )
    step.done(f"{count_packages()} packages")


class PipProgress:
    """How far pip is, read from the lines it prints."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.fetched: set[str] = set()
        self.to_install = 0
        self.now = ""

    def read(self, line: str) -> None:
        """
        >>> progress = PipProgress()
        >>> progress.read("Collecting keras<4,>=3.15 (from -r requirements.txt (line 6))")
        >>> progress.read("Downloading keras-3.15.1-py3-none-any.whl (1.4 MB)")
        >>> progress.text(0)
        'fetching package 1: keras (1.4 MB)'
        """
        words = line.split()
        if words[0] == "Collecting" and len(words) > 1:
            found = re.match(r"[\w.-]+", words[1])
            if found:
                self.known.add(canonical(found[0]))
        elif words[0] in ("Downloading", "Using", "Processing") and re.search(r"\.whl\b(?!\.metadata)", line):
            file = next(word for word in words if ".whl" in word)
            name = canonical(re.split(r"[/\\]", file)[-1].split("-")[0])
            size = re.search(r"\(([\d.]+ [kMG]B)\)", line)
            self.known.add(name)
            self.fetched.add(name)
            self.now = f"{name} ({size[1]})" if size else name
        elif line.startswith("Installing collected packages:"):
            self.to_install = line.count(",") + 1

    def text(self, installed: int) -> str:
        """One phrase for the live line; `installed` is how many packages are new in the environment."""
        if self.to_install:
            return f"installed {min(installed, self.to_install)} of {self.to_install}"
        if not self.fetched:
            return ""
        # Older pips fetch as they find: then the number known so far says nothing about the end.
        total = f" of {len(self.known)}" if len(self.known) > len(self.fetched) + 1 else ""
        return f"fetching package {len(self.fetched)}{total}: {self.now}"


def canonical(name: str) -> str:
    """A package's name as PyPI compares it: `typing_extensions` is `typing-extensions`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def site_packages() -> Path:
    """The folder where the environment keeps its packages."""
    if WINDOWS:
        return environment.ENVIRONMENT / "Lib" / "site-packages"
    return next(environment.ENVIRONMENT.glob("lib/python3*/site-packages"), environment.ENVIRONMENT / "lib")


def count_packages() -> int:
    """How many packages are installed in the environment."""
    return sum(1 for _ in site_packages().glob("*.dist-info"))
