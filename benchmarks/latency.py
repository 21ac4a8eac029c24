"""Latency: what a user waits for, measured inside a real Chromium against a real server."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).resolve().parents[1]

ARTICLE = "dataset=iris&layers=64-relu,32-relu&optimizer=adam&learning_rate=0.001&batch_size=32"
#: Some seconds at full speed.
LONG = "dataset=spirals&classes=3&layers=8-tanh,8-tanh&batch_size=4&epochs=10000"

#: Resolves with the milliseconds from a click on a button until the live view's attributes say so.
_CLICK_UNTIL = """
([key, attribute, wanted]) => new Promise((resolve) => {
  const live = document.querySelector("[data-testid=live]"), { run, epoch } = live.dataset;
  const holds = () => attribute === "first-point"
    ? live.dataset.run !== run && Number(live.dataset.epoch) > 0 && live.dataset.loss !== ""
    : attribute === "next-epoch" ? Number(live.dataset.epoch) > Number(epoch)
    : attribute === "done" ? live.dataset.run !== run && live.dataset.state === "done" : live.dataset.state === wanted;
  const started = performance.now();
  const observer = new MutationObserver(() => {
    if (!holds()) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - started));
  });
  observer.observe(live, { attributes: true });
  document.querySelector(`.st-key-${key} button`).click();
})
"""

#: Messages and animation frames a second, over some seconds or until the run ends.
_RATES = """
(seconds) => new Promise((resolve) => {
  const live = document.querySelector("[data-testid=live]");
  let updates = 0, frames = 0;
  const observer = new MutationObserver(() => updates++);
  observer.observe(live, { attributes: true, attributeFilter: ["data-epoch"] });
  const started = performance.now();
  const frame = () => {
    frames++;
    const passed = (performance.now() - started) / 1000;
    if (passed < seconds && live.dataset.state === "running") return requestAnimationFrame(frame);
    observer.disconnect();
    resolve([updates / passed, frames / passed]);
  };
  requestAnimationFrame(frame);
})
"""


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows: list[tuple[str, float | str, str]] = [
        ("`python3 run.py`, second start, to a page that can be clicked", _start_up(), "≤ 4 s")
    ]
    with browser_page() as (page, url):
        new = [_train(page, url, f"{LONG}&layers={units}-tanh,7-relu", "first-point", wait=0) for units in (9, 10, 11)]
        rows.append(("click on Train to the first point, new architecture, at once", statistics.median(new), "≤ 1.2 s"))
        seen = [_train(page, url, f"{LONG}&layers={units}-tanh,6-relu", "first-point") for units in (9, 10, 11)]
        rows.append(("the same, two seconds after it was chosen", statistics.median(seen), "≤ 1.2 s"))
        rates = [0.02, 0.03, 0.05]
        known = [_train(page, url, f"{ARTICLE}&epochs=100&learning_rate={rate}", "first-point") for rate in rates]
        rows.append(("trained before, another learning rate", statistics.median(known[1:]), "≤ 0.4 s"))
        article = [_train(page, url, f"{ARTICLE}&epochs=100&seed={seed}", "done") for seed in (1, 2, 3)]
        rows.append(("article's example, click to done (100 epochs)", statistics.median(article), "≤ 4 s"))
        for key, state in (("pause", "paused"), ("stop", "stopped")):
            waits = [_control(page, url, key, state) for _ in range(3)]
            rows.append((f"{key} to `data-state={state}`", statistics.median(waits), "≤ 0.5 s"))
        steps = [_step(page, url) for _ in range(3)]
        rows.append(("step to the next `data-epoch`", statistics.median(steps), "≤ 0.5 s"))
        _train(page, url, LONG, "first-point")
        page.wait_for_timeout(500)
        updates, frames = page.evaluate(_RATES, 3)
        rows.append(("updates a second at full speed", f"{updates:.1f} /s", "≥ 12"))
        rows.append(("animation frames a second meanwhile", f"{frames:.0f} /s", "≥ 45"))
    return table(("what", "measured", "to reach"), [(what, _seconds(value), goal) for what, value, goal in rows])


def _seconds(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.2f} s"


def _train(page: Page, url: str, query: str, until: str, wait: int = 2000) -> float:
    open_train(page, url, query)
    page.wait_for_timeout(wait)
    return page.evaluate(_CLICK_UNTIL, ["train", until, ""]) / 1000


def _control(page: Page, url: str, key: str, state: str) -> float:
    _train(page, url, LONG, "first-point", wait=300)
    page.locator(f".st-key-{key} button:not([disabled])").wait_for()
    return page.evaluate(_CLICK_UNTIL, [key, "state", state]) / 1000


def _step(page: Page, url: str) -> float:
    _control(page, url, "pause", "paused")
    page.locator(".st-key-step button:not([disabled])").wait_for()
    return page.evaluate(_CLICK_UNTIL, ["step", "next-epoch", ""]) / 1000


def open_train(page: Page, url: str, query: str) -> None:
    page.goto(f"{url}/?{query}")
    page.locator(".st-key-train button:not([disabled])").wait_for()
    page.locator("[data-testid=live][data-run^=preview]").wait_for()


@contextmanager
def browser_page() -> Iterator[tuple[Page, str]]:
    """A page of a browser, and the address of a warm server."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import Server

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", Path(folder) / "log.txt", {}, [])
        browser = _launch(playwright)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            open_train(page, server.url, ARTICLE)
            page.locator("[data-testid=boundary][data-epoch='0']").wait_for()
            time.sleep(12)  # both workers have loaded Keras
            yield page, server.url
        finally:
            browser.close()
            server.end_everything()


def _launch(playwright: Playwright) -> Browser:
    from tests.e2e.conftest import launch_options

    return playwright.chromium.launch(**launch_options())


def _start_up() -> float:
    """Seconds from the command to a Train button that can be pressed; median of three."""
    from playwright.sync_api import sync_playwright

    waits = []
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        for _ in range(3):
            with started_app() as (url, started):
                page = browser.new_page()
                page.goto(url)
                page.locator(".st-key-train button:not([disabled])").wait_for()
                waits.append(time.perf_counter() - started)
                page.close()
        browser.close()
    return statistics.median(waits)


@contextmanager
def started_app() -> Iterator[tuple[str, float]]:
    """`python3 run.py` with a data folder of its own: its address once it answers, and when the command was given."""
    from tests.e2e.conftest import _free_port

    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "run.py", "--no-browser", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "DESCENT_DATA": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(server, port)
            yield f"http://127.0.0.1:{port}", started
        finally:
            server.terminate()
            server.wait()


def wait_for(server: subprocess.Popen[Any], port: int) -> None:
    """Until a server answers."""
    while not _answers(f"http://127.0.0.1:{port}/_stcore/health"):
        if server.poll() is not None:
            raise RuntimeError(f"The server on port {port} ended with code {server.returncode}.")
        time.sleep(0.01)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False
