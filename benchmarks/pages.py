"""Pages and languages: from a click in the bar to the first thing one can read, warm, while a run trains."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from benchmarks.latency import browser_page, open_train
from benchmarks.report import table

if TYPE_CHECKING:
    from playwright.sync_api import Page

EXPERIMENT = "dataset=circles&layers=6-tanh&batch_size=16&epochs=10000&speed=20"
TIMES = 7

#: Resolves with the milliseconds from a click until the page shows something with a text in it.
_CLICK_UNTIL_READ = """
([button, thing, text]) => new Promise((resolve) => {
  const isThere = (each) => each.checkVisibility() && each.innerText.includes(text);
  const isRead = () => [...document.querySelectorAll(thing)].some(isThere);
  const started = performance.now();
  const look = () => (isRead() ? resolve(performance.now() - started) : requestAnimationFrame(look));
  [...document.querySelectorAll(button[0])].find((each) => each.innerText.trim() === button[1]).click();
  requestAnimationFrame(look);
})
"""

_LINK = "[data-testid=pages] a"
_LANGUAGE = ".st-key-language button, .st-key-language label"


def run() -> str:
    """Measure everything. Returns Markdown."""
    with browser_page() as (page, url):
        open_train(page, url, EXPERIMENT)
        page.locator(".st-key-train button").click()
        page.locator("[data-testid=live][data-state=running]").wait_for()
        found: dict[str, list[float]] = {}
        for _ in range(TIMES):
            for what, button, thing, text in (
                ("Train to Runs: a row of the table", (_LINK, "Runs"), "[data-testid=run-row]", "Adam"),
                ("Runs to Train: the run's figures", (_LINK, "Train"), "[data-testid=live] .dsc-stats", "epochs"),
                ("English to 中文 on the Train page: its buttons", (_LANGUAGE, "中文"), ".st-key-train button", "训练"),
                ("the same: the live view", (_LANGUAGE, "English"), "[data-testid=status]", "Training"),
            ):
                found.setdefault(what, []).append(page.evaluate(_CLICK_UNTIL_READ, [list(button), thing, text]) / 1000)
                _rest(page)
    rows = [(what, f"{statistics.median(all_):.2f} s", f"{max(all_):.2f} s", "≤ 0.6 s") for what, all_ in found.items()]
    return table(("click in the bar", f"median of {TIMES}", "slowest", "to reach"), rows)


def _rest(page: Page) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1000)
