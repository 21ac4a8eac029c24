"""`run.py` without its long steps: what it decides, what it says, and how it hands over."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

import run

RUN = Path(run.__file__).resolve()
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="signals and execve are POSIX's")


def options(**given: object) -> Namespace:
    return Namespace(**{"port": None, "classroom": False, "host": [], "no_browser": False, "workers": None, **given})


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def no_browser_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without any browser; returns the one folder of its PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (
        "DESCENT_BROWSER",
        "PLAYWRIGHT_BROWSERS_PATH",
        "PROGRAMFILES",
        "PROGRAMFILES(X86)",
        "LOCALAPPDATA",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(run, "MAC_BROWSERS", ())
    return folder


def program(path: Path, text: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_it_needs_nothing_that_python_does_not_bring() -> None:
    imported = set()
    for node in ast.walk(ast.parse(RUN.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_continuous_integration_runs_every_test_through_it() -> None:
    lines = (RUN.parent / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec python3 run.py test"


def test_help_prints_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--help"]) == 0
    assert "python3 run.py test" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], ("start", [])),
        (["--port", "9000"], ("start", ["--port", "9000"])),
        (["setup"], ("setup", [])),
        (["test", "-k", "iris", "--help"], ("test", ["-k", "iris", "--help"])),
        (["--port", "9000", "-h"], ("help", [])),
    ],
)
def test_the_first_word_is_the_command(arguments: list[str], command: tuple[str, list[str]]) -> None:
    assert run.split_command(arguments) == command


def test_own_options_are_read_and_the_others_go_on_to_streamlit() -> None:
    read, others = run.parse(["--port", "9000", "--theme.base", "dark", "--no-browser", "--workers=3"])
    assert (read.port, read.no_browser, read.workers, read.classroom) == (9000, True, 3, False)
    assert others == ["--theme.base", "dark"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "many"], "--port"),
        (["--port", "70000"], "between 1 and 65535, not 70000"),
        (["--workers", "0"], "must be 1 or more, not 0"),
        (["--host", "lab.school"], "--host goes with --classroom"),
    ],
)
def test_a_wrong_option_is_answered_in_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(arguments) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_options_become_streamlit_arguments_and_variables() -> None:
    arguments, variables = run.translate(options(no_browser=True, workers=2), 8600, [])
    assert arguments[:2] == ["--server.port", "8600"]
    assert arguments[-2:] == ["--server.headless", "true"]
    assert "--server.address" not in arguments
    assert variables == {"DESCENT_WORKERS": "2"}


def test_a_classroom_lets_in_only_requests_for_this_computer() -> None:
    names = ["localhost", "127.0.0.1", "192.168.1.7", "desk"]
    arguments, variables = run.translate(options(classroom=True, host=["lab.school"]), 8501, names)
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    assert ("--server.address", "0.0.0.0") in pairs
    assert ("--browser.serverAddress", "192.168.1.7") in pairs
    assert [value for key, value in pairs if key == "--server.allowedHosts"] == [*names, "lab.school"]
    assert variables == {"DESCENT_CLASSROOM": "http://192.168.1.7:8501"}


def test_own_names_include_this_computer_and_no_wildcard() -> None:
    names = run.own_names()
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()} <= set(names)
    assert not {"*", "0.0.0.0"} & set(names)


def test_streamlit_takes_the_arguments_that_are_made() -> None:
    from streamlit import config

    arguments, _ = run.translate(options(classroom=True, no_browser=True), 8501, ["localhost"])
    assert {name.removeprefix("--") for name in arguments[::2]} <= set(config.get_config_options())


def test_a_port_that_was_asked_for_and_is_taken_is_said(taken_port: int) -> None:
    with pytest.raises(run.Trouble, match=f"Port {taken_port} is taken"):
        run.choose_port(options(port=taken_port), [])


def test_without_a_wish_the_next_free_port_is_taken(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAMLIT_SERVER_PORT", raising=False)
    monkeypatch.setattr(run, "FIRST_PORT", taken_port)
    monkeypatch.setattr(run, "LAST_PORT", taken_port + 20)
    port = run.choose_port(options(), [])
    assert port in range(taken_port + 1, taken_port + 21)


def test_streamlits_own_ways_to_choose_a_port_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run.choose_port(options(), ["--server.port=9000"]) is None
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9000")
    assert run.choose_port(options(), []) is None


def test_a_server_on_every_address_takes_the_port_too() -> None:
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        assert not run.port_is_free(server.getsockname()[1])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in the place of this one."""
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "ENVIRONMENT", tmp_path / ".venv")
    (tmp_path / "requirements.txt").write_text("keras\n")
    (tmp_path / "requirements-test.txt").write_text("-r requirements.txt\npytest\n")
    return tmp_path


def test_the_stamp_follows_requirements_python_and_purpose(project: Path) -> None:
    first = run.stamp("app", (3, 12))
    assert first == run.stamp("app", (3, 12))
    assert first != run.stamp("app", (3, 13))
    assert first != run.stamp("test", (3, 12))
    (project / "requirements-test.txt").write_text("-r requirements.txt\npytest>=9\n")
    assert first == run.stamp("app", (3, 12))
    test = run.stamp("test", (3, 12))
    (project / "requirements.txt").write_text("keras>=3\n")
    assert first != run.stamp("app", (3, 12))
    assert test != run.stamp("test", (3, 12))


def test_line_endings_of_a_windows_checkout_do_not_matter(project: Path) -> None:
    first = run.stamp("app", (3, 12))
    (project / "requirements.txt").write_bytes(b"keras\r\n")
    assert first == run.stamp("app", (3, 12))


def test_an_environment_is_ready_only_with_its_stamp_and_its_python(project: Path) -> None:
    assert not run.is_ready("app 1")
    program(run.environment_python())
    assert not run.is_ready("app 1")
    run.write_stamps(["unfinished"])
    assert not run.is_ready("app 1")
    run.write_stamps(["app 1", "test 1"])
    assert run.is_ready("app 1")
    assert not run.is_ready("app 2")
    run.environment_python().unlink()
    assert not run.is_ready("app 1")


@POSIX_ONLY
@pytest.mark.parametrize(("stamps", "kept"), [(["app 1"], True), (["unfinished"], False)])
def test_only_a_finished_environment_is_kept(stamps: list[str], kept: bool, project: Path) -> None:
    program(run.environment_python(), "echo 3 12")
    leftover = project / ".venv" / "half-installed"
    leftover.touch()
    run.write_stamps(stamps)
    python = program(project / "python")
    assert run.create_environment(str(python), (3, 12)) == (stamps if kept else [])
    assert leftover.exists() is kept


@POSIX_ONLY
def test_another_pythons_environment_is_made_anew(project: Path) -> None:
    program(run.environment_python(), "echo 3 11")
    run.write_stamps(["app 1"])
    python = program(project / "python")
    assert run.create_environment(str(python), (3, 12)) == []
    assert not run.environment_python().exists()


def test_a_python_that_is_too_old_is_answered_in_words(no_browser_here: Path) -> None:
    with pytest.raises(run.Trouble, match=r"Python 3\.9 is too old: Descent needs Python 3\.11 to 3\.13"):
        run.choose_python((3, 9))


def test_a_python_that_is_too_new_is_answered_in_words(no_browser_here: Path) -> None:
    with pytest.raises(run.Trouble, match=r"Python 3\.15 is newer than TensorFlow's builds"):
        run.choose_python((3, 15))


@POSIX_ONLY
def test_a_python_beside_it_that_fits_is_used(no_browser_here: Path) -> None:
    python = program(no_browser_here / "python3.12")
    assert run.choose_python((3, 9)) == (str(python), (3, 12))


@POSIX_ONLY
def test_a_missing_venv_is_answered_with_the_package_to_install(project: Path) -> None:
    python = program(project / "python3", "exit 1")
    with pytest.raises(run.Trouble, match=r"sudo apt install python3\.12-venv"):
        run.create_environment(str(python), (3, 12))


def test_progress_counts_packages_as_pip_names_them() -> None:
    progress = run.PipProgress()
    assert progress.text(0) == ""
    for line in (
        "Collecting keras<4,>=3.15 (from -r requirements.txt (line 6))",
        "Downloading keras-3.15.1-py3-none-any.whl.metadata (5 kB)",
        "Collecting typing_extensions>=4 (from keras)",
        "Collecting numpy (from keras)",
        "Downloading keras-3.15.1-py3-none-any.whl (1.4 MB)",
    ):
        progress.read(line)
    assert progress.text(0) == "fetching package 1 of 3: keras (1.4 MB)"
    progress.read("Using cached typing_extensions-4.16.0-py3-none-any.whl (44 kB)")
    assert progress.text(0) == "fetching package 2: typing-extensions (44 kB)"
    progress.read("Installing collected packages: typing-extensions, keras, numpy")
    assert progress.text(1) == "installed 1 of 3"


@POSIX_ONLY
def test_a_failed_installation_ends_with_a_sentence_and_pips_last_words(project: Path) -> None:
    program(run.environment_python(), "echo Collecting keras; echo ERROR: no route to host; exit 1")
    with pytest.raises(run.Trouble, match=r"internet connection(?s:.*)no route to host"):
        run.install("app")


def test_a_browser_that_is_named_and_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DESCENT_BROWSER", str(tmp_path / "none"))
    with pytest.raises(run.Trouble, match=r"DESCENT_BROWSER is .*none"):
        run.find_browser()


@POSIX_ONLY
def test_the_browser_of_the_path_is_found(no_browser_here: Path) -> None:
    assert run.find_browser() is None
    browser = program(no_browser_here / "google-chrome")
    assert run.find_browser() == str(browser)


@POSIX_ONLY
def test_a_script_that_only_stands_in_for_a_browser_is_passed_over(no_browser_here: Path) -> None:
    program(no_browser_here / "chromium-browser", "echo install the snap; exit 1")
    if sys.platform.startswith("linux"):
        assert run.find_browser() is None
    playwrights = program(
        no_browser_here.parent / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux64" / "chrome"
    )
    if sys.platform.startswith("linux"):
        assert run.find_browser() == str(playwrights)


@POSIX_ONLY
def test_without_a_browser_the_tests_fail_and_say_why(
    no_browser_here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = program(no_browser_here / "installer", "echo no network; exit 1")
    monkeypatch.setattr(run, "browser_installers", lambda: iter([[[str(installer)]]]))
    monkeypatch.setattr(run, "set_up", lambda kind: False)
    assert run.main(["test"]) == 1
    said = capsys.readouterr()
    assert "no network" in said.out
    assert "none could be found or installed" in said.err


@POSIX_ONLY
def test_a_browser_that_an_installer_brings_is_used(no_browser_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = no_browser_here / "chromium"
    text = f"printf '#!/bin/sh\\nexit 0\\n' > {target}; /bin/chmod +x {target}"
    installer = program(no_browser_here / "installer", text)
    monkeypatch.setattr(run, "browser_installers", lambda: iter([[[str(installer)]]]))
    assert run.install_browser() == str(target)


@POSIX_ONLY
def test_the_app_takes_over_the_process_and_its_signals(project: Path) -> None:
    """No parent stays that would have to pass a signal on, and a second start loses no time."""
    program(run.environment_python(), 'echo "$$ $*"; exec sleep 60')
    run.write_stamps([run.stamp("app", sys.version_info[:2])])
    copy = project / "run.py"
    copy.write_bytes(RUN.read_bytes())
    begin = time.monotonic()
    command = [sys.executable, str(copy), "--no-browser", "--theme.base", "dark"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = next(line for line in process.stdout if "streamlit run app.py" in line)
    took = time.monotonic() - begin
    number, arguments = said.split(maxsplit=1)
    assert int(number) == process.pid
    assert arguments.strip().endswith("--server.headless true --theme.base dark")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGTERM
    process.stdout.close()
    assert took < 2  # 0.1 s on a quiet computer
