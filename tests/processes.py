"""The processes that run the tests: which file goes to which, and when a grown one is replaced by a fresh one.

TensorFlow never gives a traced function's memory back (25 to 45 MB each), so one process that ran every test would grow
to 10 GB. With `pytest -n`, a process that is large at the end of a file ends, and a fresh one goes on: a fork of one
that has collected the tests (`tests.forking`), or where that is impossible, one that collects them again. A process
that passes `MOST_MEMORY` nevertheless fails the run.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.forking import CAN_FORK, Forks

GIGABYTE = 1e9
#: From this size on, a process is replaced before it is given another file. A file adds 1.2 GB at most; a process has
#: 0.9 GB when all is imported and collected.
REPLACED_FROM = 1.5 * GIGABYTE
#: Whether a fork replaces a grown process. Without it, importing and collecting everything takes ten seconds and more.
FORKS = CAN_FORK
#: No process of the suite may become larger.
MOST_MEMORY = 3 * GIGABYTE

#: The folders with the longest tests, in the order in which they begin; all others follow. Their fixtures (a browser, a
#: server, an engine with its worker) take seconds to make, so a process stays in a folder while files are left there.
LONG_FOLDERS = ("tests/e2e", "tests/core/training", "tests/core/engine", "tests", "tests/frontend", "tests/pages")


def folder_of(file: str) -> str:
    """
    >>> folder_of("tests/core/engine/test_feed.py")
    'tests/core/engine'
    """
    return file.rpartition("/")[0]


def memory(kind: str = "VmRSS") -> float:
    """Bytes that this process holds now, or held at most (`VmHWM`); 0 where the system has no /proc."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = [line.split() for line in status.splitlines() if line.startswith(f"{kind}:")]
    return float(found[0][1]) * 1024 if found else 0.0


def largest_child() -> float:
    """Bytes that the largest ended child of this process held; 0 where the system does not count."""
    if not sys.platform.startswith("linux"):
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024.0


class FolderByFolder(LoadFileScheduling):
    """Gives each process whole files, folder by folder, long ones first."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self.memory: dict[Any, float] = {}  # of each process, after its last test
        self._folders: dict[Any, str] = {}

    def _assign_work_unit(self, node: Any) -> None:
        if node not in self.registered_collections:
            return  # it still collects, while another one that was started with it is through: its turn comes then
        if self.memory.get(node, 0.0) > REPLACED_FROM:
            node.shutdown()  # it ends the file it is at; `Processes` starts another
            return
        file = self.next_file(node)
        self._folders[node] = folder_of(file)
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: Any) -> None:
        """A process begins a test only when it knows the next, or that there is none: with fewer than two it waits."""
        super()._reschedule(node)
        while node in self.registered_collections and not node.shutting_down:
            if self._pending_of(self.assigned_work[node]) >= 2:
                break
            super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """After a crash another process runs what is left, without the test that crashed: it would crash there, too."""
        work = self.assigned_work[node]
        crashed = next((test for file in work.values() for test, is_through in file.items() if not is_through), None)
        for file in [*work]:
            work[file] = {test: is_through or test == crashed for test, is_through in work[file].items()}
            if all(work[file].values()):
                del work[file]  # xdist would give it out again, with nothing to run, and wait for its end
        super().remove_node(node)
        return crashed

    def next_file(self, node: Any) -> str:
        """A file of the folder where the process is, or of one that no other process works on, or any."""
        taken = {folder for other, folder in self._folders.items() if other is not node and other in self.nodes}
        own = self._folders.get(node)

        def order(file: str) -> tuple[bool, bool, int]:
            folder = folder_of(file)
            rank = LONG_FOLDERS.index(folder) if folder in LONG_FOLDERS else len(LONG_FOLDERS)
            return folder != own, folder in taken, rank

        return min(self.workqueue, key=order)  # the first of equals: xdist puts files with many tests first


class Processes:
    """Replaces processes that have grown, and looks at how large each has become."""

    def __init__(self, config: pytest.Config) -> None:
        self.peaks: dict[str, float] = {}
        self._config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """A process has run its last test: it gives its memory back, and another goes on where files are left."""
        node.gateway.exit()  # xdist would keep it until all tests are through
        self.peaks[node.gateway.id] = getattr(node, "workeroutput", {}).get("peak", 0.0)
        distribution = node.config.pluginmanager.getplugin("dsession")
        if error is None and not distribution.shuttingdown and distribution.sched.workqueue:
            distribution._clone_node(node)  # as xdist does after a crash

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A report carries how large its process is to the one that gives out the tests. What replaces forks itself
        is not to be replaced.
        """
        report = yield
        forks = self._config.pluginmanager.get_plugin("descent forks")
        report.user_properties.append(("memory", 0.0 if forks and forks.is_possible else memory()))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        distribution = self._config.pluginmanager.getplugin("dsession")
        if distribution and isinstance(distribution.sched, FolderByFolder):
            distribution.sched.memory[report.node] = float(str(dict(report.user_properties).get("memory", 0)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Say how large this process became; the one that gives out the tests judges all."""
        peak = max(memory("VmHWM"), largest_child())
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["peak"] = peak
            return
        self.peaks["this process and its children"] = peak
        if max(self.peaks.values()) > MOST_MEMORY and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        name, peak = max(self.peaks.items(), key=lambda item: item[1])
        if peak > MOST_MEMORY:
            terminalreporter.write_line(
                f"A test process took {peak / GIGABYTE:.1f} GB ({name}); {MOST_MEMORY / GIGABYTE:.1f} GB are the most. "
                "Divide the file that it ran last, or trace fewer models there.",
                red=True,
            )
        elif peak:
            terminalreporter.write_line(f"Largest of {len(self.peaks)} test processes: {peak / GIGABYTE:.1f} GB.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderByFolder | None:
    """Whole files, unless the caller chose another way with `--dist`."""
    return FolderByFolder(config, log) if config.getvalue("dist") in ("load", "loadfile") else None


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Processes(config), "descent processes")
    if FORKS and hasattr(config, "workerinput"):
        config.pluginmanager.register(Forks(lambda: memory() > REPLACED_FROM), "descent forks")
