"""The page /data in the app: a table is brought, read, corrected, mended and trained on."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Server
from tests.e2e.train_page import SECONDS

ENOUGH = 30 * SECONDS


def patients(rows: int = 500, seed: int = 0) -> bytes:
    """A table of patients in which age decides."""
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 90, rows)
    smoker = rng.choice(["yes", "no"], rows)
    ill = np.where(age + 10 * (smoker == "yes") + rng.normal(0, 6, rows) > 60, "yes", "no")
    lines = [f"{a},{s},{i}" for a, s, i in zip(age, smoker, ill, strict=True)]
    return "\n".join(["age,smoker,ill", *lines, ""]).encode()


@pytest.fixture
def data(new_context: Callable[..., BrowserContext], server: Server) -> Page:
    page = new_context().new_page()
    page.goto(f"{server.url}/data")
    expect(page.locator(".st-key-upload")).to_be_visible(timeout=ENOUGH)
    return page


def bring(page: Page, name: str, data: bytes) -> None:
    page.locator(".st-key-upload input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )


def facts(page: Page, rows: int) -> Locator:
    found = page.get_by_test_id("table")
    expect(found).to_have_attribute("data-rows", str(rows), timeout=ENOUGH)
    return found


def train_button(page: Page) -> Locator:
    return page.locator(".st-key-use_table button")


def test_from_a_file_to_the_first_epoch_in_three_clicks(data: Page) -> None:
    bring(data, "patients.csv", patients())
    table = facts(data, 500)
    expect(table).to_have_attribute("data-columns", "3")
    content = table.get_attribute("data-content") or ""
    assert content.startswith("csv-")
    expect(train_button(data)).to_be_enabled(timeout=ENOUGH)
    data.locator(".st-key-column_table").hover()
    expect(data.locator(".st-key-column_table").get_by_test_id("stElementToolbar")).to_be_hidden()  # it would lie on it
    train_button(data).click()
    live = data.get_by_test_id("live")
    expect(live).to_be_attached(timeout=ENOUGH)
    expect(data.get_by_role("combobox", name="Data set")).to_have_value("patients.csv")
    data.locator(".st-key-train button").click()
    expect(live).to_have_attribute("data-state", "running", timeout=ENOUGH)
    expect(live).not_to_have_attribute("data-epoch", "0", timeout=ENOUGH)
    assert f"dataset={content}" in data.url
    assert "target=ill" in data.url


def test_what_is_wrong_with_a_file_is_said_and_the_last_table_stays(data: Page) -> None:
    bring(data, "patients.csv", patients(40))
    facts(data, 40)
    bring(data, "broken.csv", b"a,b\n1,2,3,4\n1\n")
    refusal = data.locator(".st-key-card_bring [data-testid=stAlert]")
    expect(refusal).to_contain_text("Line 2 has 4 cells", timeout=ENOUGH)
    facts(data, 40)


def test_a_table_can_be_read_otherwise_and_what_was_assumed_is_said(data: Page) -> None:
    bring(data, "numbers.csv", b"1;2,5\n3;4,5\n5;6,5\n7;8,5\n")
    facts(data, 4)
    expect(data.locator(".st-key-card_facts")).to_contain_text("semicolon")
    data.locator(".st-key-reading button").first.click()
    header = data.locator(".st-key-read_header label")
    header.click()
    data.locator(".st-key-read_again button").click()
    facts(data, 3)


def test_user_text_is_text(data: Page) -> None:
    name = "<img src=x onerror=alert(1)>"
    rows = b"".join(
        b"%d,![x](http://example.invalid/p.png),%s\n" % (row, b"yes" if row % 2 else b"no") for row in range(30)
    )
    bring(data, "<b>evil</b>.csv", f"{name},**bold**,ill\n".encode() + rows)
    table = facts(data, 30)
    expect(table).to_contain_text("<b>evil</b>.csv")
    expect(data.locator(".descent-preview th").first).to_have_text(name)
    expect(data.locator(".st-key-data_page img[src='x']")).to_have_count(0)


def test_pasted_cells_and_examples_are_tables_and_one_that_was_deleted_is_gone(data: Page) -> None:
    area = data.locator(".st-key-paste textarea")
    area.fill("age\till\n60\tyes\n20\tno\n61\tyes\n19\tno\n")
    data.locator(".st-key-read_paste button").click()
    facts(data, 4)
    data.locator(".st-key-examples").get_by_role("button", name="Clinic", exact=True).click()
    facts(data, 800)
    # A table that is deleted while it is described makes the browser log a 404 of its description.
    expect(data.get_by_test_id("table-profile")).to_have_attribute("aria-busy", "false", timeout=ENOUGH)
    data.locator(".st-key-table_owner button").first.click()
    data.locator(".st-key-delete_table button").click()
    expect(data.get_by_test_id("table")).to_have_count(0, timeout=ENOUGH)


def test_the_controls_of_a_table_are_its_own(data: Page) -> None:
    """What was shared, named and read in one way says nothing of the next table."""
    bring(data, "first.csv", b"age;ill\n60;yes\n20;no\n61;yes\n19;no\n")
    facts(data, 4)
    owner = data.locator(".st-key-table_owner button").first
    owner.click()
    data.locator(".st-key-table_share label").click()
    expect(data.get_by_role("switch", name="Share this table")).to_be_checked(timeout=ENOUGH)
    data.locator(".st-key-table_title input").fill("My patients")
    data.locator(".st-key-table_title input").press("Enter")
    expect(data.get_by_test_id("table")).to_contain_text("My patients", timeout=ENOUGH)
    data.keyboard.press("Escape")
    bring(data, "second.csv", b"age,ill\n1,yes\n2,no\n3,yes\n4,no\n5,no\n")
    facts(data, 5)
    expect(data.get_by_role("combobox", name="Your tables")).to_have_value(re.compile("second.csv"))
    owner.click()
    expect(data.locator(".st-key-table_title input")).to_have_value("second.csv")
    expect(data.get_by_role("switch", name="Share this table")).not_to_be_checked()
    data.keyboard.press("Escape")
    data.locator(".st-key-reading button").first.click()
    expect(data.get_by_role("combobox", name="Between cells")).to_have_value("comma")
