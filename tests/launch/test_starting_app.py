"""How Descent's options reach Streamlit, and how the app takes over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from launch.app import translate
from launch.environment import ROOT, environment_python, stamp, write_stamps
from tests.launch.stand_ins import POSIX_ONLY, options, program

REPOSITORY = ROOT  # the fixture `project` puts another in its place


def test_options_become_streamlit_arguments_and_variables() -> None:
    arguments, variables = translate(options(no_browser=True, workers=2), 8600, [])
    assert arguments[:2] == ["--server.port", "8600"]
    assert arguments[-2:] == ["--server.headless", "true"]
    assert "--server.address" not in arguments
    assert variables == {"DESCENT_WORKERS": "2"}


def test_a_classroom_lets_in_only_requests_for_this_computer() -> None:
    names = ["localhost", "127.0.0.1", "192.168.1.7", "desk"]
    arguments, variables = translate(options(classroom=True, host=["lab.school"]), 8501, names)
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    assert ("--server.address", "0.0.0.0") in pairs
    assert ("--browser.serverAddress", "192.168.1.7") in pairs
    assert [value for key, value in pairs if key == "--server.allowedHosts"] == [*names, "lab.school"]
    assert variables == {"DESCENT_CLASSROOM": "http://192.168.1.7:8501"}


def test_streamlit_takes_the_arguments_that_are_made() -> None:
    from streamlit import config

    arguments, _ = translate(options(classroom=True, no_browser=True), 8501, ["localhost"])
    assert {name.removeprefix("--") for name in arguments[::2]} <= set(config.get_config_options())


@POSIX_ONLY
def test_the_app_takes_over_the_process_and_its_signals(project: Path) -> None:
    """No parent stays that would have to pass a signal on, and a second start loses no time."""
    program(environment_python(), 'case "$*" in *streamlit*) echo "$$ $*"; exec sleep 60;; esac')
    write_stamps([stamp("app", sys.version_info[:2])])
    copy = Path(shutil.copy(REPOSITORY / "run.py", project))
    shutil.copytree(REPOSITORY / "launch", project / "launch")
    command = [sys.executable, str(copy), "--no-browser", "--theme.base", "dark"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = next(line for line in process.stdout if "streamlit run app.py" in line)
    number, arguments = said.split(maxsplit=1)
    assert int(number) == process.pid
    assert arguments.strip().endswith("--server.headless true --theme.base dark")
    process.send_signal(signal.SIGTERM)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == -signal.SIGTERM
    process.stdout.close()
    assert used.ru_utime + used.ru_stime < 1  # seconds of a core, whoever else needs it; 0.1 on a quiet computer
