"""The first seconds: from an address, a command or a click to something alive.

A living picture is a map and points painted on the boundary card's two canvases. "Fresh" is a browser context of its
own, whose cache is empty. A bare page is a Streamlit app with one button, served beside ours and opened in turns.
A class is thirty browsers that open the page within ten seconds: twenty-nine are played (their requests, their sockets,
`benchmarks/visitors.py`), one is real and comes in the middle.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.latency import ROOT, _launch, started_app, wait_for
from benchmarks.report import table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TIMES = 7
CLASS, WITHIN = 30, 10

BARE = 'import streamlit as st\nst.button("Press", key="train")\n'

#: Kept by the page itself, in milliseconds since the navigation began: when the button could be pressed, when the map
#: and the points were painted, when the first epoch was there.
_WATCH = """
() => {
  const seen = (window.seen = {});
  const small = document.createElement("canvas");
  small.width = small.height = 24;
  const painted = (canvas) => {
    if (!canvas?.width) return false;
    const context = small.getContext("2d", { willReadFrequently: true });
    context.clearRect(0, 0, 24, 24);
    context.drawImage(canvas, 0, 0, 24, 24);
    return context.getImageData(0, 0, 24, 24).data.some((value, index) => index % 4 === 3 && value > 0);
  };
  const look = () => {
    const now = performance.now();
    if (document.querySelector(".st-key-train button:not([disabled])")) seen.button ??= now;
    const live = document.querySelector("[data-testid=live]");
    if (live && Number(live.dataset.epoch) > 0) seen.epoch ??= now;
    if (!seen.picture) {
      const canvases = [...document.querySelectorAll("[data-testid=boundary] canvas")];
      if (canvases.length > 1 && canvases.slice(0, 2).every(painted)) seen.picture = now;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def run() -> str:
    """Measure everything. Returns Markdown."""
    from playwright.sync_api import sync_playwright

    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = _launch(playwright)
        rows += _against_bare(browser, Path(folder))
        rows += _starts(browser)
        rows += _class(browser, Path(folder))
        browser.close()
    return table(("what", "measured", "to reach"), rows)


def _against_bare(browser: Browser, folder: Path) -> Iterator[tuple[str, str, str]]:
    app = folder / "bare.py"
    app.write_text(BARE, encoding="utf-8")
    with _served(folder / "ours") as ours, _bare(app) as bare:
        _visit(browser, ours, "picture")
        _visit(browser, bare, "button")
        time.sleep(15)  # the workers have loaded Keras
        mine: list[float] = []
        theirs: list[float] = []
        pictures, requests = [], []
        for _ in range(TIMES):
            seen = _visit(browser, ours, "picture")
            mine.append(seen["button"])
            pictures.append(seen["picture"])
            requests.append((seen["requests"], _visit(browser, bare, "button", theirs)["requests"]))
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    yield (
        "fresh browser, to the button: ours / bare Streamlit page",
        f"{statistics.median(mine):.2f} s / {statistics.median(theirs):.2f} s = {statistics.median(ratios):.2f}×",
        "≤ 1.3×",
    )
    yield "requests of the two until then and a second longer", f"{requests[-1][0]} / {requests[-1][1]}", "–"
    yield "warm server, fresh browser: goto to living picture", f"{statistics.median(pictures):.2f} s", "≤ 2.4 s"


def _starts(browser: Browser) -> Iterator[tuple[str, str, str]]:
    pictures, epochs, imports = [], [], []
    for _ in range(TIMES):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import tensorflow, keras"], capture_output=True, check=True)
        imports.append(time.perf_counter() - started)
        pictures.append(_start(browser, "picture", press=False))
        epochs.append(_start(browser, "epoch", press=True))
    limit = 1.3 * statistics.median(imports) + 2
    yield "`python3 run.py`, second start, to a living picture", f"{statistics.median(pictures):.2f} s", "≤ 4.5 s"
    yield (
        "the same, to the first epoch of a click made the moment the button is there",
        f"{statistics.median(epochs):.2f} s",
        f"≤ {limit:.1f} s (1.3 × {statistics.median(imports):.1f} s, `import tensorflow, keras`, + 2 s)",
    )


def _class(browser: Browser, folder: Path) -> Iterator[tuple[str, str, str]]:
    with _served(folder / "class") as url:
        addresses = _visit(browser, url, "picture")["addresses"]
        time.sleep(15)
        command = [sys.executable, "-m", "benchmarks.visitors", url, str(CLASS - 1), str(WITHIN)]
        told = "\n".join(address for address in addresses if address.startswith(url) and address != f"{url}/")
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as visitors:
            assert visitors.stdin is not None
            assert visitors.stdout is not None
            try:
                visitors.stdin.write(told)
                visitors.stdin.close()
                time.sleep(WITHIN / 2)
                seen = _visit(browser, url, "picture")
                waits = sorted(float(each) for each in visitors.stdout.read().split())
            finally:
                visitors.kill()
    yield (
        f"a class of {CLASS} within {WITHIN} s: the real browser's living picture",
        f"{seen['picture']:.2f} s",
        "≤ 6 s",
    )
    yield (
        "the played ones' first picture: median, slowest",
        f"{statistics.median(waits):.2f} s, {waits[-1]:.2f} s (of {len(waits)})",
        "≤ 6 s",
    )


def _visit(browser: Browser, url: str, until: str, into: list[float] | None = None) -> dict[str, Any]:
    """A fresh browser on a page: seconds from `goto` until things were seen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(f"({_WATCH})()")
    page = context.new_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(url, wait_until="commit")
    page.wait_for_function(f"window.seen?.{until}", timeout=60_000)
    seen = {name: value / 1000 for name, value in page.evaluate("window.seen").items()}
    page.wait_for_timeout(1000)
    context.close()
    if into is not None:
        into.append(seen[until])
    return {**seen, "requests": len(addresses), "addresses": addresses}


def _start(browser: Browser, until: str, *, press: bool) -> float:
    """Seconds from the command `python3 run.py` until something was seen in a fresh browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(f"({_WATCH})()")
    page = context.new_page()
    with started_app() as (url, started):
        try:
            page.goto(url, wait_until="commit")
            if press:
                page.locator(".st-key-train button:not([disabled])").click()
            page.wait_for_function(f"window.seen?.{until}", timeout=60_000)
            return time.perf_counter() - started
        finally:
            context.close()


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[str]:
    from tests.e2e.conftest import Server

    folder.mkdir()
    server = Server(folder / "data", folder / "log.txt", {}, [])
    try:
        yield server.url
    finally:
        server.end_everything()


@contextlib.contextmanager
def _bare(app: Path) -> Iterator[str]:
    from tests.e2e.conftest import _free_port

    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless", "true"]
    server = subprocess.Popen([*command, "--server.port", str(port)], cwd=app.parent, stdout=subprocess.DEVNULL)
    try:
        wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
