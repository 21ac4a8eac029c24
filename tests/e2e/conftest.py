"""The real app in a real browser: servers of one's own, and pages that stay quiet and ask no other host."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from launch.browser import find_browser
from launch.environment import ROOT
from tests.e2e.train_page import TrainPage
from tests.tabs import Tabs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, WebError

START_SECONDS = 180
END_SECONDS = 10
CHROMIUM_OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # otherwise it asks for hosts of its own at every start
    "--disable-component-update",
    "--disable-sync",
]


def launch_options() -> dict[str, Any]:
    """How the tests start Chromium."""
    path = find_browser()
    assert path, "No browser. `python3 run.py test` finds or installs one; DESCENT_BROWSER names one."
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    options = CHROMIUM_OPTIONS + (["--no-sandbox"] if root else [])  # as root Chromium refuses its sandbox
    return {"executable_path": path, "headless": True, "args": options}


class Server:
    """One `streamlit run app.py` with its own port and data folder."""

    def __init__(self, data: Path, log_file: Path, variables: dict[str, str], options: list[str]) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log_file = log_file
        self._variables = {**os.environ, "PYTHONUNBUFFERED": "1", **variables, "DESCENT_DATA": str(data)}
        self._options = options
        self.process: subprocess.Popen[bytes]
        self._group = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.port", str(self.port), *self._options]
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its descendants can be told from everyone else's
            )
        self._group = self.process.pid
        self._wait(self._is_healthy, START_SECONDS, "did not answer")

    def stop(self) -> None:
        """End it as Ctrl-C or a service manager would."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"The server did not end within {END_SECONDS} s of SIGTERM.\n{self.log}") from None

    def kill(self) -> None:
        """End it without warning, as a crash or a power cut would."""
        self.process.kill()
        self.process.wait(END_SECONDS)

    def restart(self) -> None:
        """Stop it (or find it dead) and start it again: same port, same data."""
        self.stop()
        self.start()

    @property
    def log(self) -> str:
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[str]:
        """The processes it started that are still alive, by number and name; where /proc exists."""
        alive = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                number, _, rest = status.read_text().partition(" (")
                name, _, fields = rest.rpartition(") ")
                state, _fork_server, _group, session = fields.split()[:4]
            except OSError:  # it ended while we looked
                continue
            if int(session) == self._group and int(number) != self.process.pid and state != "Z":
                alive.append(f"{number} {name}")
        return alive

    def assert_left_nothing_behind(self) -> None:
        self._wait(lambda: not self.children(), END_SECONDS, "left processes behind: {0.children}")

    def end_everything(self) -> None:
        """For teardown: whatever a failed test left alive."""
        if self.process.poll() is None:
            self.kill()
        for child in self.children():
            try:
                os.kill(int(child.split()[0]), signal.SIGTERM)
            except OSError:
                pass

    def _is_healthy(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"The server ended with code {self.process.returncode}.\n{self.log}")
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"The server {what.format(self)} after {seconds} s.\n{self.log}")
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


StartServer = Callable[..., Server]
OpenTrain = Callable[..., TrainPage]


def _serve(folder: Path, servers: list[Server]) -> StartServer:
    def start(*options: str, data: Path | None = None, **variables: str) -> Server:
        own = folder / f"server-{len(servers)}"
        own.mkdir()
        server = Server(data or own / "data", own / "log.txt", variables, list(options))
        servers.append(server)
        return server

    return start


def _end(servers: list[Server]) -> None:
    try:
        for server in servers:
            server.stop()
            server.assert_left_nothing_behind()
    finally:
        for server in servers:
            server.end_everything()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share. Those that stop it or look at all its runs start their own."""
    servers: list[Server] = []
    yield _serve(tmp_path_factory.mktemp("shared"), servers)()
    _end(servers)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers for this test alone.

    >>> start_server("--server.allowedHosts", "lab", DESCENT_WORKERS="1", data=folder).url
    """
    servers: list[Server] = []
    yield _serve(tmp_path, servers)
    _end(servers)


@pytest.fixture(scope="session")
def no_tensorflow(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PYTHONPATH with which workers never come to have loaded TensorFlow, for servers that are to train nothing."""
    package = tmp_path_factory.mktemp("slow") / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text("import threading\nthreading.Event().wait()\n", encoding="utf-8")
    return str(package.parent)


@pytest.fixture(scope="module")
def without_keras(tmp_path_factory: pytest.TempPathFactory, no_tensorflow: str) -> Iterator[Server]:
    """A server that is as it is before Keras is there."""
    servers: list[Server] = []
    yield _serve(tmp_path_factory.mktemp("without-keras"), servers)(PYTHONPATH=no_tensorflow)
    _end(servers)


class Watch:
    """What pages complain about, and whom they ask besides this computer."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def follow(self, context: BrowserContext) -> None:
        if context in self._contexts:
            return
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        self._contexts.append(context)

    def close(self) -> None:
        """Listen no longer."""
        for context in self._contexts:
            context.remove_listener("console", self._console)
            context.remove_listener("weberror", self._error)
            context.remove_listener("request", self._request)
        self._contexts.clear()

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:", "about:")):
            self.complaints.append(f"request to another host: {request.url}")


BROWSER: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US"}


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Fails the test at its end if a page logged an error or asked another host.

    Unless the test is marked `allow_console_errors`.
    """
    watch = Watch()
    yield watch
    if not request.node.get_closest_marker("allow_console_errors"):
        assert not watch.complaints, "\n".join(["The page was not quiet:", *watch.complaints])


@pytest.fixture
def new_context(browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts, each like a browser of its own with its own cookies."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**BROWSER, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        watch.follow(context)
        contexts.append(context)
        return context

    yield make
    watch.close()
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def warm_context(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The browser that most tests share, with a profile on disk.

    It has the page's files, and their compiled code, which Chromium keeps in a profile only: a page takes two thirds of
    the processor's time that it takes in a new context.
    """
    profile = tmp_path_factory.mktemp("profile")
    context = playwright.chromium.launch_persistent_context(profile, **launch_options(), **BROWSER)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser, warm_context: BrowserContext) -> Iterator[Tabs]:
    """Tabs that many tests use, one after the other; those of other browsers forget who they were."""

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return context

    tabs = Tabs(make, BROWSER, first=warm_context, remembers=["descent_browser"])
    yield tabs
    tabs.close()


@pytest.fixture
def open_train(tabs: Tabs, watch: Watch, server: Server) -> Iterator[OpenTrain]:
    """Opens the Train page, in a browser of its own where `another_browser` or an option of contexts is given.

    At the end its run is stopped.

    >>> train = open_train("?dataset=moons&epochs=20")
    >>> second_tab = open_train(f"?run={train.run}")
    >>> somebody_else = open_train(f"?run={train.run}", another_browser=True, color_scheme="dark")
    """
    opened: list[TrainPage] = []

    def open_page(query: str = "", *, on: Server = server, another_browser: bool = False, **options: Any) -> TrainPage:
        page = tabs.lend(options, another_browser=another_browser)
        if not page.context.cookies():
            # Somebody new, with files of Descent in the cache: the server tells who it is before they are asked for.
            page.context.request.get(on.url)
        watch.follow(page.context)
        train = TrainPage(page, on.url)
        opened.append(train)
        return train.open(query)

    yield open_page
    for train in opened:
        with contextlib.suppress(Exception):  # what the test says comes first
            train.end_run()
    # Leaving a page cuts off what it was doing: complaints from then on are not the test's.
    watch.close()
    tabs.take_back()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A tab of a browser that has never been here."""
    return new_context().new_page()
