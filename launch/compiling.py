"""Steps 3 and 4 of the set-up: compile what was installed and our own modules, and import the large packages once."""

from __future__ import annotations

import os
import subprocess

from launch import environment
from launch.environment import WINDOWS, environment_python
from launch.errors import Trouble
from launch.installing import site_packages
from launch.steps import Running, Step, tail

#: What of Descent is imported when it runs.
OWN = ("app.py", "core", "pages")

_WRITE = {"PYTHONDONTWRITEBYTECODE": ""}


def compile_packages() -> None:
    """Compile what was installed (TensorFlow imports in 5 s instead of 12 to 30), and our own modules."""
    step = Step(3, "Compiling them, so that every start is quick")
    # Some packages carry templates that are not valid Python: what cannot be compiled is left as it is.
    command = [str(environment_python()), "-m", "compileall", "-q", "-j", "0", str(site_packages()), *_own()]
    with Running(command, _WRITE) as running:
        for _ in running:
            step.show()
    step.done()


def compile_own() -> None:
    """Compile our own modules that have changed since, where Python is told not to keep what it compiles itself."""
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        command = [str(environment_python()), "-m", "compileall", "-q", *_own()]
        subprocess.run(command, env={**os.environ, **_WRITE}, capture_output=True, check=False)


def _own() -> list[str]:
    return [str(environment.ROOT / name) for name in OWN]


def check_packages() -> None:
    """Import the large packages once: what a computer lacks for them shows here, in words."""
    step = Step(4, "Checking that they work")
    said: list[str] = []
    command = [str(environment_python()), "-c", "import tensorflow, keras, sklearn, plotly, streamlit"]
    with Running(command, {"TF_CPP_MIN_LOG_LEVEL": "3"}) as running:
        for line in running:
            if line:
                said.append(line)
            step.show()
    if running.exit_code != 0:
        step.done("failed")
        hint = (
            "TensorFlow needs Microsoft's Visual C++ Redistributable: https://aka.ms/vs/17/release/vc_redist.x64.exe."
            if WINDOWS
            else "TensorFlow needs a processor with AVX, from 2011 or later."
        )
        raise Trouble(f"The packages are installed but do not start here. {hint} Python said:\n{tail(said)}")
    step.done()
