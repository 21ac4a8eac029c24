"""The data-quality lab in the app: the clinic is broken, and what is promised is not what is delivered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Server
from tests.e2e.train_page import SECONDS

ENOUGH = 30 * SECONDS


@pytest.fixture
def lab(new_context: Callable[..., BrowserContext], server: Server) -> Page:
    """The lab on the clinic, with two seeds."""
    page = new_context().new_page()
    page.goto(f"{server.url}/data")
    page.locator(".st-key-lab_clinic button").first.click(timeout=ENOUGH)
    seeds = page.locator(".st-key-lab_seeds").get_by_role("slider")
    seeds.focus(timeout=ENOUGH)
    seeds.press("Home")
    expect(seeds).to_have_value("2", timeout=ENOUGH)
    return page


def switch_on(page: Page, kind: str) -> None:
    page.locator(f".st-key-fault_{kind} label").first.click()
    expect(page.locator(f".st-key-settings_fault_{kind}")).to_be_visible(timeout=ENOUGH)


def test_a_leak_promises_what_external_rows_do_not_deliver(lab: Page) -> None:
    switch_on(lab, "leak")
    lab.locator(".st-key-run_lab button").first.click()
    outcome = lab.get_by_test_id("lab")
    expect(outcome).to_have_attribute("data-state", "done", timeout=240 * SECONDS)
    told = [
        outcome.locator(f"[data-figure='broken {place} roc_auc']").inner_text() for place in ("held_out", "external")
    ]
    promised, delivered = (float(text.split(" ± ")[0]) for text in told)
    assert promised > 0.95
    assert delivered < 0.9
    expect(outcome.locator("[data-metric=roc_auc] circle")).to_have_count(4)
    expect(outcome.get_by_test_id("lab-fault")).to_contain_text("Ask of each column when it is known")


def test_wrong_labels_are_looked_for_and_scored(lab: Page) -> None:
    switch_on(lab, "wrong_labels")
    lab.locator(".st-key-run_suspects button").first.click()
    suspects = lab.get_by_test_id("suspects")
    expect(suspects).to_have_attribute("data-state", "done", timeout=240 * SECONDS)
    expect(suspects.get_by_test_id("suspects-headline")).to_contain_text("160 wrong labels")
    expect(suspects.get_by_test_id("suspect")).to_have_count(12)
