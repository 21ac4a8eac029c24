"""A real browser on the harness page: a small file server, Chromium, and a page with a played WebSocket."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

from pages.server.frontend import FRONTEND
from pages.server.joined import FIRST, FURTHER, JOINED, join
from tests.tabs import Tabs

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def everything():
    """All modules of the front end, joined."""
    return join({path.relative_to(FRONTEND).as_posix(): path.read_text("utf-8") for path in FRONTEND.rglob("*.js")})


class _Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """The front end comes as one script with all folders; the harness and single modules as files. From the
        address that it has in the app it comes in two.
        """
        script = self.script()
        if script is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("content-type", "text/javascript")
        self.send_header("content-length", str(len(script)))
        self.end_headers()
        self.wfile.write(script)

    def script(self):
        folder, _, name = self.path.rpartition("/")
        if self.path == "/pages/frontend/descent.js":
            return everything().encode()
        return JOINED.script(name).text.encode() if folder == "/descent/static" and name in (FIRST, FURTHER) else None

    def guess_type(self, path):
        # The registry of a Windows machine may call .js plain text, and then modules do not load.
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def harness_url():
    """The harness page, served from the repository's root on a free port."""
    handler = functools.partial(_Files, directory=str(ROOT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/tests/frontend/harness.html"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def tabs(browser):
    """Tabs that many tests use, one after the other."""
    tabs = Tabs(browser.new_context, {"viewport": {"width": 1102, "height": 760}})
    yield tabs
    tabs.close()


@pytest.fixture
def lend_tab(tabs):
    """Lends blank tabs until the end of the test, with options as of a new context."""

    def lend(**options):
        return tabs.lend(options)

    yield lend
    tabs.take_back()


@pytest.fixture
def open_harness(lend_tab, harness_url):
    """Open the harness with a query; errors on the page fail the test."""
    errors = []

    def open_page(query="", *, width=1102, height=760, **options):
        page = lend_tab(viewport={"width": width, "height": height}, **options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.goto(f"{harness_url}?{query}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    assert errors == []


@pytest.fixture
def live(open_harness):
    """A mounted live view whose socket is open and has delivered nothing yet."""
    page = open_harness()
    page.evaluate("harness.mount({})")
    page.wait_for_selector("[data-testid=live]")
    settle(page)
    return page


def settle(page):
    """Let the animation frames that are due be drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
