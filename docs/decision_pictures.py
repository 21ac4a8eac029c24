"""Takes the pictures of the walk-through from a score to a decision: `.venv/bin/python docs/decision_pictures.py`
(needs the test requirements). They show `docs/from-score-to-decision.md`, step by step.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import Server, launch_options  # noqa: E402
from tests.e2e.train_page import TrainPage  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
ENOUGH = 90_000
PATIENT = 26


def experiment() -> str:
    """The link of the walk-through."""
    found = re.search(r"`(\?dataset=[^`]*)`", (ROOT / "docs" / "from-score-to-decision.md").read_text("utf-8"))
    assert found
    return found[1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", Path(folder) / "log.txt", {}, [])
        browser = playwright.chromium.launch(**launch_options())
        try:
            for language in ("en", "zh"):
                context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
                _walk(context.new_page(), server.url, language)
                context.close()
        finally:
            browser.close()
            server.stop()


def _walk(page: Page, url: str, language: str) -> None:
    def take(step: str) -> None:
        page.mouse.move(0, 0)
        name = f"decision-{step}" if language == "en" else f"decision-{step}-{language}"
        page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")

    def open_page(name: str, **more: str) -> None:
        query = "&".join(f"{key}={value}" for key, value in {"run": run, "lang": language, **more}.items())
        page.goto(f"{url}/{name}?{query}")

    train = TrainPage(page, url).open(f"{experiment()}&lang={language}")
    run = train.train()
    train.wait_for_state("done", timeout=ENOUGH)
    train.settle()

    open_page("evaluate")
    expect(page.get_by_test_id("metrics")).to_contain_text("0.9", timeout=ENOUGH)
    take("evaluate")

    open_page("explain")
    expect(page.get_by_test_id("ranking").locator("li")).not_to_have_count(0, timeout=ENOUGH)
    expect(page.get_by_test_id("dependence-chart")).to_be_visible(timeout=ENOUGH)
    expect(page.get_by_test_id("tree-fidelity")).to_contain_text("%", timeout=ENOUGH)
    take("explain")

    open_page("predict", sample=str(PATIENT))
    expect(page.get_by_test_id("predict")).to_have_attribute("data-state", "ready", timeout=ENOUGH)
    page.get_by_test_id("train-seeds").click()
    expect(page.get_by_test_id("train-seeds")).to_be_hidden(timeout=ENOUGH)
    expect(page.get_by_test_id("predict-luck")).to_contain_text("10", timeout=ENOUGH)
    take("predict")


if __name__ == "__main__":
    main()
