"""The project's own Python, in `.venv`: where it is, what it was made from, and how to go on in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
REQUIREMENTS = {
    "app": ("requirements.txt",),
    "test": ("requirements.txt", "requirements-test.txt"),
}
WINDOWS = os.name == "nt"


def environment_python() -> Path:
    """Where the environment's Python is, or will be."""
    return ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")


def stamp(kind: str, python_version: tuple[int, int]) -> str:
    """What an environment was made from, as one line: requirements, Python and platform.

    Args:
        kind: `app` or `test`.
        python_version: major and minor number of the Python the environment is made with.
    """
    import hashlib
    import sysconfig

    content = hashlib.sha256()
    for name in REQUIREMENTS[kind]:
        content.update((ROOT / name).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    version = ".".join(map(str, python_version))
    return f"{kind} {content.hexdigest()} python-{version} {sysconfig.get_platform()}"


def is_ready(wanted: str) -> bool:
    """Whether a set-up with this stamp was finished in the environment."""
    return environment_python().exists() and wanted in read_stamps()


def read_stamps() -> list[str]:
    """The finished set-ups of this environment; `["unfinished"]` where one was cut off."""
    try:
        return (ENVIRONMENT / ".descent").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def write_stamps(lines: list[str]) -> None:
    """Record the finished set-ups. A reader sees the old lines or the new ones, never half of them."""
    file = ENVIRONMENT / ".descent.new"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.replace(ENVIRONMENT / ".descent")


def environment_version() -> tuple[int, int] | None:
    """Major and minor version of the Python in `.venv`, or None where it does not work."""
    import subprocess

    ask = [str(environment_python()), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=True)
        major, minor = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return major, minor


def hand_over(python_arguments: list[str], environment: dict[str, str]) -> int:
    """Become the environment's Python, so that signals and the exit code are its own."""
    python = str(environment_python())
    variables = {**os.environ, **environment}
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(python, [python, *python_arguments], variables)
    import subprocess

    # Windows cannot replace a process. Ctrl-C reaches both; this one waits for the other to end.
    process = subprocess.Popen([python, *python_arguments], env=variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
