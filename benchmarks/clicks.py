"""First clicks: pressed the moment the button is there, in a browser that has never been here.

Each visit has a browser context of its own. It is lost where the live view does not come to show within 60 s what the
page means: the run of its address, in the state that the last button leads to.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.latency import _launch
from benchmarks.report import table

VISITS = 60


def run(visits: int = VISITS) -> str:
    """Measure everything. Returns Markdown."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import Server
    from tests.e2e.impatient import CONDITIONS, PRESSES, busy, is_shown

    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", Path(folder) / "log.txt", {}, [])
        browser = _launch(playwright)
        try:
            for condition in CONDITIONS:
                with busy(condition):
                    for name, presses in PRESSES.items():
                        count = visits if name == "train" else visits // 5
                        lost = 0
                        for seed in range(count):
                            context = browser.new_context(viewport={"width": 1440, "height": 900})
                            lost += not is_shown(context.new_page(), server.url, presses, condition, seed)
                            context.close()
                        print(f"{condition}: {name}: {lost} of {count} lost", flush=True)
                        rows.append((condition, name, str(count), str(lost), "0"))
        finally:
            browser.close()
            server.end_everything()
    return table(("condition", "pressed", "visits", "lost", "to reach"), rows)
