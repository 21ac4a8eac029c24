"""The command line of `run.py`: which command was asked for, with which options."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from launch.errors import Trouble

if TYPE_CHECKING:
    import argparse

USAGE = """\
Descent: watch a neural network learn.

  python3 run.py [options]             set up if needed, then start the dashboard
  python3 run.py setup                 set up only
  python3 run.py test [pytest options] set up for testing, then run every test

options
  --port N       the port to use (otherwise the first free one from 8501)
  --classroom    let other computers of the network in (otherwise only this one may)
  --host NAME    with --classroom: one more name by which students reach this computer
  --no-browser   do not open a browser window
  --workers N    processes that train (otherwise chosen from the number of cores)

Any other option goes on to `streamlit run`, for example --theme.base dark.
"""


def main(arguments: list[str]) -> int:
    """Run one command line; returns the exit code unless another program took over."""
    command, rest = split_command(arguments)
    try:
        if command == "help":
            print(USAGE, end="")
            return 0
        # A start need not load what only the tests need, nor the other way round.
        if command == "setup":
            from launch.set_up import set_up

            if rest:
                raise Trouble("setup takes no options. `python3 run.py --help` lists what there is.")
            if not set_up("app"):
                print("Descent is set up. Start it with: python3 run.py")
            return 0
        if command == "test":
            from launch.set_up import set_up
            from launch.testing import run_tests

            set_up("test")
            return run_tests(rest)
        from launch.app import start_app
        from launch.set_up import set_up

        options, for_streamlit = parse(rest)
        set_up("app")
        return start_app(options, for_streamlit)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130


def split_command(arguments: list[str]) -> tuple[str, list[str]]:
    """Which command (`start`, `setup`, `test` or `help`) the arguments name, and what is left for it."""
    first = arguments[0] if arguments else ""
    if first in ("setup", "test", "start", "help"):
        return first, arguments[1:]
    if "-h" in arguments or "--help" in arguments:
        return "help", []
    return "start", arguments


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Descent's own options, and the arguments that go on to Streamlit."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise Trouble(f"{message[:1].upper()}{message[1:]}. `python3 run.py --help` lists what there is.")

    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--classroom", action="store_true")
    parser.add_argument("--host", action="append", default=[])
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--workers", type=int)
    options, for_streamlit = parser.parse_known_args(arguments)

    if options.host and not options.classroom:
        raise Trouble("--host goes with --classroom: without it only this computer may open Descent.")
    if options.workers is not None and options.workers < 1:
        raise Trouble(f"--workers must be 1 or more, not {options.workers}.")
    if options.port is not None and not 1 <= options.port <= 65535:
        raise Trouble(f"--port must be between 1 and 65535, not {options.port}.")
    return options, for_streamlit
