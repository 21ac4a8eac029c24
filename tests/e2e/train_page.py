"""The Train page as a test speaks of it: open it, set a control, press a button, read the live view."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

SECONDS = 1000  # Playwright counts in milliseconds


class TrainPage:
    """
    >>> train = TrainPage(page, server.url)
    >>> train.open("?dataset=moons&epochs=20").click("train")
    >>> train.wait_for_state("done")
    >>> float(train.attribute("val-accuracy"))
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.live = page.get_by_test_id("live")
        self.confusion = page.get_by_test_id("confusion")
        self.boundary = page.get_by_test_id("boundary")

    def open(self, query: str = "") -> TrainPage:
        self.page.goto(f"{self.url}/{query}")
        expect(self.live).to_be_attached(timeout=30 * SECONDS)
        expect(self.control("train")).to_be_visible(timeout=30 * SECONDS)
        self.settle()
        return self

    def control(self, key: str) -> Locator:
        """A widget by its key."""
        return self.page.locator(f".st-key-{key}")

    def button(self, key: str) -> Locator:
        return self.control(key).locator("button").first

    def click(self, key: str) -> None:
        """Press a button by its key: `train`, `pause`, `step`, `stop`, `reset`, `add_layer`, ..."""
        self.button(key).click()

    def fill_number(self, key: str, value: float) -> None:
        """Type into a number input and leave it, which is when Streamlit takes it."""
        field = self.control(key).locator("input").first
        field.fill(str(value))
        field.press("Enter")
        field.blur()
        self.settle()

    def choose(self, key: str, option: str) -> None:
        """Pick an option of a selectbox by its words."""
        self.control(key).get_by_role("combobox").first.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    def settle(self, timeout: float = 15 * SECONDS) -> None:
        """Wait until Streamlit has answered the last change."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute(
            "data-test-script-state", re.compile("notRunning|stopped"), timeout=timeout
        )

    def attribute(self, name: str) -> str | None:
        """`data-<name>` of the live view, now."""
        return self.live.get_attribute(f"data-{name}")

    @property
    def state(self) -> str | None:
        return self.attribute("state")

    @property
    def epoch(self) -> int:
        return int(self.attribute("epoch") or 0)

    @property
    def run(self) -> str | None:
        """The run's id in the address bar."""
        found = re.search(r"(?:^|&)run=([^&]+)", urlsplit(self.page.url).query)
        return found[1] if found else None

    def wait_for_state(self, state: str, timeout: float = 30 * SECONDS) -> None:
        """Wait for `idle`, `queued`, `running`, `paused`, `done`, `stopped` or `failed`; milliseconds."""
        expect(self.live).to_have_attribute("data-state", state, timeout=timeout)

    def wait_for_epoch(self, number: int, timeout: float = 30 * SECONDS) -> None:
        """Wait until at least so many epochs are complete."""
        self.page.wait_for_function(
            """number => {
                const live = document.querySelector('[data-testid="live"]')
                return live !== null && Number(live.dataset.epoch) >= number
            }""",
            arg=number,
            timeout=timeout,
        )

    def counts(self) -> list[list[int]]:
        """The confusion matrix: rows are true classes, columns predicted ones."""
        return list(json.loads(self.confusion.get_attribute("data-counts") or "[]"))
