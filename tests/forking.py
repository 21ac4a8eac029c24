"""Forks of a process that runs tests: each has what collecting took, and ends when it has grown.

Importing TensorFlow and collecting every test takes ten seconds and more; a fork has both in an instant. The process
that xdist started runs no test itself. A fork runs them, file by file, and says through a pipe what xdist wants to
hear. When it is large at the end of a file, the next file gets a fresh fork.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

#: Where a process can be forked that has loaded TensorFlow (before it computes anything).
CAN_FORK = sys.platform.startswith("linux")


class Forks:
    """Runs the tests that xdist gives to this process, in forks of it.

    Args:
        is_large: judges a fork's own memory, in the fork.

    Attributes:
        is_possible: False where TensorFlow has computed something while tests were imported. It has threads then, which
            no fork would have; the process runs the tests itself.
    """

    def __init__(self, is_large: Callable[[], bool]) -> None:
        self.is_possible = True
        self._is_large = is_large
        self._in_fork = False
        self._pipe: Connection | None = None  # to the fork that runs
        self._pid = 0
        self._fork_is_large = False
        self._numbers: dict[pytest.Item, int] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._numbers = {item: number for number, item in enumerate(session.items)}
        threads = [each.read_text(encoding="utf-8") for each in Path("/proc/self/task").glob("*/comm")]
        self.is_possible = not any(name.startswith("tf_") for name in threads)
        gc.collect()
        gc.freeze()  # otherwise the collector writes to, and so copies, all that the forks share

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Let the fork run a test, and pass on what it says."""
        if self._in_fork or not self.is_possible:
            return None
        faulthandler.cancel_dump_traceback_later()  # the fork has its own; no lock of this one's thread may be held
        interactor = next(each for each in item.config.pluginmanager.get_plugins() if hasattr(each, "sendevent"))
        if self._pipe is None:
            self._pipe = self._fork(item.session, interactor)
        ends = nextitem is None or (self._fork_is_large and nextitem.path != item.path)
        self._pipe.send((self._numbers[item], None if ends or nextitem is None else self._numbers[nextitem]))
        while True:
            try:
                name, content = self._pipe.recv()
            except EOFError:  # it crashed: xdist says so, and at which test, when this process ends
                os._exit(1)
            if name == "done":
                break
            interactor.sendevent(name, **content)
        self._fork_is_large, fails, stops = content
        item.session.shouldfail = item.session.shouldfail or fails
        item.session.shouldstop = item.session.shouldstop or stops
        if ends:
            self._end()
        return True

    def _end(self) -> None:
        assert self._pipe
        self._pipe.close()
        self._pipe = None
        os.waitpid(self._pid, 0)
        self._fork_is_large = False

    def _fork(self, session: pytest.Session, interactor: Any) -> Connection:
        ours, theirs = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid:
            theirs.close()
            return ours
        ours.close()
        self._in_fork = True
        try:
            self._serve(theirs, session, interactor)
        except EOFError:  # the process that asked for tests is gone, or has no more
            os._exit(0)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        os._exit(1)

    def _serve(self, pipe: Connection, session: pytest.Session, interactor: Any) -> None:
        """In the fork: run tests until nobody asks for more."""
        interactor.sendevent = lambda name, **content: pipe.send((name, content))
        while True:
            index, following = pipe.recv()
            interactor.item_index = index
            item, nextitem = session.items[index], None if following is None else session.items[following]
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            pipe.send(("done", (self._is_large(), session.shouldfail, session.shouldstop)))
