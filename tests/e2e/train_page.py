"""The Train page as a test speaks of it: open it, set a control, press a button, read the live view."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Locator, Page, WebSocket, expect

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
        self.status = page.get_by_test_id("status")
        self.hint = page.get_by_test_id("hint")
        self.notices = page.locator(".st-key-problems li")
        self._delivered: set[str] = set()
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        feed = urlsplit(socket.url).path.rpartition("/descent/live/")[2]
        socket.on("framereceived", lambda _: self._delivered.add(feed))

    def open(self, query: str = "") -> TrainPage:
        self.page.goto(f"{self.url}/{query}")
        return self.wait_until_drawn()

    def reload(self) -> TrainPage:
        """Refresh the page."""
        self.page.reload()
        return self.wait_until_drawn()

    def wait_until_drawn(self) -> TrainPage:
        expect(self.live).to_be_attached(timeout=120 * SECONDS)
        expect(self.control("train")).to_be_visible(timeout=120 * SECONDS)
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

    def reveal(self, key: str) -> Locator:
        """A control that may be inside one of the popovers; opens the one that holds it."""
        control = self.control(key)
        if control.first.is_visible():
            return control
        for opener in self.openers.all():
            self.close_popovers()
            opener.click()
            expect(self.page.get_by_test_id("stPopoverBody")).to_be_visible()
            if control.count():
                expect(control.first).to_be_visible()
                return control
        raise AssertionError(f"There is no control '{key}' on the page, nor behind a button.")

    @property
    def openers(self) -> Locator:
        """The buttons that open what is set less often."""
        return self.page.get_by_test_id("stPopover").get_by_role("button")

    def close_popovers(self) -> None:
        if self.page.get_by_test_id("stPopoverBody").count():
            self.page.keyboard.press("Escape")
            expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)

    def nudge(self, key: str, steps: int) -> None:
        """Move a slider by so many steps with the arrow keys; negative is to the left."""
        slider = self.control(key).get_by_role("slider")
        place = "slider => Math.round((slider.value - slider.min) / (slider.step || 1))"
        last = slider.evaluate("slider => Math.round((slider.max - slider.min) / (slider.step || 1))")
        target = max(0, min(last, slider.evaluate(place) + steps))
        slider.focus()
        for _ in range(10):  # a slider that is redrawn at that moment may miss a key
            missing = target - slider.evaluate(place)
            for _ in range(abs(missing)):
                slider.press("ArrowRight" if missing > 0 else "ArrowLeft")
            self.page.wait_for_timeout(200)  # Streamlit waits that long for more before it tells the server
            self.settle()
            if slider.evaluate(place) == target:
                return
        raise AssertionError(f"The slider '{key}' does not stay where it is put.")

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

    def settle(self, timeout: float = 60 * SECONDS) -> None:
        """Wait until Streamlit has answered the last change."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", re.compile("notRunning|stopped"), timeout=timeout)

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

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the address bar."""
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def wait_for_query(self, **parameters: str) -> None:
        """Wait until the address bar says so."""
        self.page.wait_for_function(
            """wanted => {
                const query = new URLSearchParams(location.search)
                return Object.entries(wanted).every(([name, value]) => query.get(name) === value)
            }""",
            arg=parameters,
            timeout=120 * SECONDS,
        )

    def wait_for_run(self, other_than: str | None = None) -> str:
        """Wait until the address bar names a run. Returns its id."""
        self.page.wait_for_function(
            """old => {
                const run = new URLSearchParams(location.search).get("run")
                return run !== null && run !== old
            }""",
            arg=other_than,
            timeout=120 * SECONDS,
        )
        assert self.run
        return self.run

    def train(self) -> str:
        """Press Train and wait until the live view shows the new run. Returns its id."""
        before = self.run
        self.click("train")
        run = self.wait_for_run(other_than=before)
        end = time.monotonic() + 30
        while run not in self._delivered and time.monotonic() < end:  # until then it shows what it showed
            self.page.wait_for_timeout(10)
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        return run

    def wait_for_state(self, state: str, timeout: float = 120 * SECONDS) -> None:
        """Wait for `idle`, `queued`, `running`, `paused`, `done`, `stopped` or `failed`; milliseconds."""
        expect(self.live).to_have_attribute("data-state", state, timeout=timeout)

    def wait_for_epoch(self, number: int, timeout: float = 120 * SECONDS) -> None:
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

    def history(self, run: str | None = None) -> list[list[str]]:
        """Every epoch's logs as downloaded, without the header: [epoch, loss, metric, val_loss, val_metric]."""
        return self.table("history", run)[1:]

    def predictions(self, run: str | None = None) -> list[list[str]]:
        """The test rows' predictions as downloaded, with their header; waits until the run has rested."""
        return self.table("predictions", run)

    def table(self, name: str, run: str | None = None) -> list[list[str]]:
        for _ in range(1000):
            # The server may just be closing a connection that was idle: that one request is made again.
            answer = self.page.request.get(f"{self.url}/descent/runs/{run or self.run}/{name}.csv", max_retries=2)
            if answer.status != 409:  # the run has not come to rest yet
                break
            self.page.wait_for_timeout(50)
        assert answer.ok, f"{answer.status}: {answer.text()}"
        return list(csv.reader(io.StringIO(answer.text())))

    def end_run(self) -> None:
        """Leave nothing training behind, so that the next test has the computer to itself."""
        if self.page.is_closed() or not self.live.count():  # on another page nothing would answer for half a minute
            return
        if self.state in {"queued", "running", "paused"}:
            stop = self.button("stop")
            if stop.count() and stop.is_enabled():
                stop.click(timeout=20 * SECONDS)
                self.page.wait_for_function(
                    """() => !["queued", "running", "paused"].includes(
                        document.querySelector('[data-testid="live"]')?.dataset.state)""",
                    timeout=60 * SECONDS,
                )
