"""Which command a command line names, and what is said to a wrong one."""

from __future__ import annotations

import pytest

from launch.command_line import main, parse, split_command


def test_help_prints_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
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
    assert split_command(arguments) == command


def test_own_options_are_read_and_the_others_go_on_to_streamlit() -> None:
    read, others = parse(["--port", "9000", "--theme.base", "dark", "--no-browser", "--workers=3"])
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
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
