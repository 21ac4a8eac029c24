"""Takes the pictures of the READMEs: `.venv/bin/python docs/screenshot.py` (needs the test requirements)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import Server, launch_options  # noqa: E402
from tests.e2e.train_page import TrainPage  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
EXPERIMENT = "?dataset=spirals&classes=3&samples=400&noise=0.05&layers=16-tanh,16-tanh&epochs=600&speed=50"
EPOCH = 75


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", Path(folder) / "log.txt", {}, [])
        browser = playwright.chromium.launch(**launch_options())
        try:
            for scheme, language in (("light", "en"), ("dark", "en"), ("light", "zh")):
                context = browser.new_context(
                    viewport={"width": 1440, "height": 900}, color_scheme=scheme, device_scale_factor=1.5
                )
                train = TrainPage(context.new_page(), server.url).open(f"{EXPERIMENT}&lang={language}")
                train.click("train")
                train.wait_for_epoch(EPOCH)
                train.click("pause")
                train.wait_for_state("paused")
                train.page.mouse.move(0, 0)
                train.settle()
                name = f"train-{scheme}" if language == "en" else f"train-{scheme}-{language}"
                train.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
                context.close()
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
