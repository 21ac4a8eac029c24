"""The page /explain in the app: a run's columns, curves, row and tree, and an address that says what is shown."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import SECONDS

WAIT = 60 * SECONDS


def test_a_run_is_explained_and_the_address_says_what_is_shown(open_train: OpenTrain) -> None:
    train = open_train("?dataset=breast_cancer&layers=8-tanh&epochs=5", another_browser=True)
    run = train.train()
    train.wait_for_state("done")
    page = train.page
    page.get_by_test_id("pages").get_by_role("link", name="Explain").click()
    expect(page.get_by_test_id("explain")).to_have_attribute("data-state", "ready", timeout=WAIT)
    assert f"run={run}" in page.url
    expect(page.get_by_test_id("ranked").locator("li")).to_have_count(10)
    expect(page.get_by_test_id("row-bars").locator("li")).to_have_count(10)
    expect(page.get_by_test_id("tree-fidelity")).to_contain_text("114 test rows", timeout=WAIT)
    page.get_by_label("Gradient", exact=True).check()
    expect(page.get_by_test_id("ranking")).to_have_attribute("data-method", "gradient", timeout=WAIT)
    page.get_by_test_id("ranked").get_by_role("button").nth(1).click()
    page.get_by_test_id("row-after").click()
    expect(page).to_have_url(re.compile(r"(?=.*method=gradient)(?=.*feature=)(?=.*sample=1)"))
    chosen = page.get_by_test_id("dependence").get_attribute("data-column")
    page.reload()
    expect(page.get_by_test_id("explain")).to_have_attribute("data-state", "ready", timeout=WAIT)
    expect(page.get_by_test_id("ranking")).to_have_attribute("data-method", "gradient")
    expect(page.get_by_test_id("dependence")).to_have_attribute("data-column", chosen or "")
    expect(page.get_by_test_id("one-row")).to_have_attribute("data-row", "1")
    expect(page.get_by_text("For teaching, not for clinical use")).to_be_visible()
