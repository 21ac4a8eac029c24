"""The set-up: its steps in order, and whether there is anything to do."""

from __future__ import annotations

import sys
import time

from launch.environment import is_ready, read_stamps, stamp, write_stamps
from launch.errors import Trouble
from launch.pythons import choose_python


def set_up(kind: str) -> bool:
    """Make the environment ready for `kind`; returns whether there was anything to do."""
    python, version = choose_python()
    wanted = stamp(kind, version)
    if is_ready(wanted):
        return False
    import signal

    from launch.compiling import check_packages, compile_packages
    from launch.creating import create_environment
    from launch.installing import install
    from launch.lock import SetupLock
    from launch.steps import seconds_since

    # Ended from outside, it takes pip along instead of leaving it behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with SetupLock():
        if is_ready(wanted):  # another set-up, waited for, has done it
            return False
        begin = time.monotonic()
        check_machine()
        if read_stamps() in ([], ["unfinished"]):
            print("Setting Descent up. This takes a few minutes once, and fetches about 800 MB.", flush=True)
        else:
            print("Bringing Descent's environment up to date.", flush=True)
        finished = create_environment(python, version)
        write_stamps(["unfinished"])
        install(kind)
        compile_packages()
        check_packages()
        # The test requirements contain the app's. Another Python's or requirements' stamps are void.
        kinds = ["app", "test"] if kind == "test" else ["app"]
        made = [stamp(name, version) for name in kinds]
        still_true = [line for line in finished if line == stamp("test", version) and line not in made]
        write_stamps(made + still_true)
        print(f"Ready after {seconds_since(begin)}.", flush=True)
    return True


def check_machine() -> None:
    """Refuse a machine that TensorFlow has no builds for.

    Raises:
        Trouble: a 32-bit Python, or a Mac with an Intel processor.
    """
    import platform

    if sys.maxsize < 2**32:
        raise Trouble("This is a 32-bit Python. TensorFlow needs a 64-bit one: https://www.python.org/downloads/")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise Trouble(
            "TensorFlow is no longer made for Macs with an Intel processor. On Apple silicon install "
            "the native Python (this one runs under Rosetta); otherwise run Descent on another computer."
        )
