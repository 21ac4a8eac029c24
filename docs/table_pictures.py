"""Takes the pictures of the walk-through of a table: `.venv/bin/python docs/table_pictures.py` (needs the test
requirements). They show `docs/your-own-table.md`, step by step.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.datasets.messy import messy_csv  # noqa: E402
from tests.e2e.conftest import Server, launch_options  # noqa: E402
from tests.e2e.train_page import TrainPage  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
ENOUGH = 60_000


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
        name = f"table-{step}" if language == "en" else f"table-{step}-{language}"
        page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")

    page.goto(f"{url}/data?lang={language}")
    expect(page.locator(".st-key-upload")).to_be_visible(timeout=ENOUGH)
    file = {"name": "messy.csv", "mimeType": "text/csv", "buffer": messy_csv()}
    page.locator(".st-key-upload input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".st-key-use_table button")).to_be_enabled(timeout=ENOUGH)
    expect(page.locator(".st-key-column_table canvas").first).to_be_visible(timeout=ENOUGH)
    take("read")
    quality = page.get_by_test_id("table-profile")
    expect(quality).to_be_visible(timeout=ENOUGH)
    quality.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('[data-testid=table-profile] canvas').length > 0", timeout=ENOUGH)
    expect(quality).to_have_attribute("aria-busy", "false", timeout=ENOUGH)
    quality.evaluate("element => element.scrollIntoView({ block: 'start' })")
    take("seen")
    page.locator(".st-key-use_table button").click()
    train = TrainPage(page, url)
    expect(page.get_by_test_id("live")).to_be_attached(timeout=ENOUGH)
    train.click("train")
    train.wait_for_state("done")
    train.settle()
    take("trained")


if __name__ == "__main__":
    main()
