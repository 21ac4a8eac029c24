"""One switch changes every word and nothing else; two people who watch one run read two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import OpenTrain, Server
from tests.e2e.train_page import TrainPage

LONG = "?dataset=circles&layers=6-tanh,4-relu&learning_rate=0.02&batch_size=16&epochs=5000&seed=3&speed=20"
LONG += "&test_fraction=0.3"

#: Every control's value on the page, by its key.
VALUES = """() => Object.fromEntries([...document.querySelectorAll('[class*="st-key-"]')].flatMap(element => {
    const key = [...element.classList].find(name => name.startsWith('st-key-')).slice(7)
    const inputs = [...element.querySelectorAll('input')]
    const chosen = [...element.querySelectorAll('[aria-checked="true"], [data-selected="true"]')].length
    if (inputs.length !== 1 || /^(card|head)_/.test(key)) return []
    const [input] = inputs
    return [[key, [input.type, input.type === 'range' ? input.value : input.getAttribute('value'), chosen]]]
}))"""


def switch(page: Page, to: str) -> None:
    """Choose a language in the bar and wait until the page speaks it."""
    page.locator(".st-key-language").get_by_text(to, exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh" if to == "中文" else "en"))
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", re.compile("notRunning|stopped"))


def sliders(train: TrainPage) -> dict[str, str]:
    """The places of the sliders: what jumps where words change their length."""
    keys = ("noise", "test_fraction", "learning_rate", "speed")
    return {key: train.control(key).get_by_role("slider").evaluate("slider => slider.value") for key in keys}


def test_the_switch_changes_words_and_no_value_and_stops_no_run(open_train: OpenTrain) -> None:
    train = open_train(LONG, another_browser=True)
    run = train.train()
    train.wait_for_epoch(3)
    values, places, query = train.page.evaluate(VALUES), sliders(train), train.query
    assert len(values) > 6, values
    for to, word in (("中文", "训练"), ("English", "Train"), ("中文", "训练")):
        switch(train.page, to)
        expect(train.button("train")).to_contain_text(word)
        assert sliders(train) == places
        assert {key: value[1:] for key, value in train.page.evaluate(VALUES).items() if value[0] == "range"} == {
            key: value[1:] for key, value in values.items() if value[0] == "range"
        }
        numbers = {key: value for key, value in values.items() if value[0] == "number"}
        assert {key: train.page.evaluate(VALUES)[key] for key in numbers} == numbers
        assert train.run == run
        assert train.state == "running"
    train.nudge("noise", 1)  # the next interaction stores what the page then shows
    expect(train.button("train")).to_contain_text("训练")
    told = {name: value for name, value in train.query.items() if name not in {"noise", "lang", "run"}}
    assert told == {name: value for name, value in query.items() if name not in {"noise", "lang", "run"}}
    assert train.query["lang"] == "zh"
    epoch = train.epoch
    train.wait_for_epoch(epoch + 3)


def test_switching_fast_does_no_harm(open_train: OpenTrain) -> None:
    """A browser tells choices by their words: those of the language before are no choice."""
    train = open_train(LONG, another_browser=True)
    run = train.train()
    train.wait_for_epoch(2)
    query = train.query
    for pause in (0, 60, 300, 500, 120, 300):
        for language in ("中文", "English"):
            train.page.locator(".st-key-language").get_by_text(language, exact=True).click()
            train.page.wait_for_timeout(pause)
    expect(train.button("train")).to_contain_text("Train")
    train.settle()
    train.wait_for_query(lang="en", run=run)
    expect(train.page.get_by_test_id("stException")).to_have_count(0)
    assert {**train.query, "lang": ""} == {**query, "lang": ""}
    assert train.state == "running"


def test_what_is_open_checked_and_looked_at_stays(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=40&seed=3", another_browser=True)
    train.train()
    train.wait_for_state("done")
    log = train.live.locator("input[type=checkbox]").first
    log.check()
    slider = train.page.get_by_test_id("time-slider")
    slider.focus()
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    expect(train.live).to_have_attribute("data-moment", "38")
    switch(train.page, "中文")
    expect(log).to_be_checked()
    expect(train.live).to_have_attribute("data-moment", "38")
    expect(train.status).to_contain_text(re.compile("[\u4e00-\u9fff]"))
    expect(train.live.get_by_role("heading").first).to_contain_text(re.compile("[\u4e00-\u9fff]"))


def test_a_language_is_remembered_and_a_link_says_it(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    context = new_context(locale="zh-CN")
    train = TrainPage(context.new_page(), server.url).open()
    expect(train.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(train.button("train")).to_contain_text("训练")
    assert "lang" not in train.query
    switch(train.page, "English")
    train.wait_for_query(lang="en")
    again = TrainPage(context.new_page(), server.url).open()
    expect(again.button("train")).to_contain_text("Train")
    wished = TrainPage(context.new_page(), server.url).open("?lang=zh")
    expect(wished.button("train")).to_contain_text("训练")
    wished.reload()
    expect(wished.button("train")).to_contain_text("训练")
    assert wished.query["lang"] == "zh"


def test_two_people_watch_one_run_in_two_languages(open_train: OpenTrain) -> None:
    train = open_train(LONG)
    run = train.train()
    train.wait_for_epoch(2)
    other = open_train(f"?run={run}&lang=zh", another_browser=True)
    other.wait_for_state("running")
    train.click("stop")
    train.wait_for_state("stopped")
    other.wait_for_state("stopped")
    expect(train.status).to_contain_text("Stopped")
    expect(other.status).to_contain_text("已停止")


def test_who_comes_back_finds_what_was_looked_at(open_train: OpenTrain) -> None:
    train = open_train("?dataset=circles&layers=6-tanh&epochs=40&seed=3")
    run = train.train()
    train.wait_for_state("done")
    slider = train.page.get_by_test_id("time-slider")
    slider.focus()
    slider.press("Home")
    expect(train.live).to_have_attribute("data-moment", "0")
    train.page.get_by_test_id("pages").get_by_role("link", name="Runs").click()
    row = train.page.locator(f"[data-testid=run-row][data-run='{run}']")
    row.get_by_role("checkbox").check()
    train.page.get_by_test_id("pages").get_by_role("link", name="Train").click()
    expect(train.live).to_have_attribute("data-moment", "0")
    expect(train.page.get_by_test_id("time-epoch")).to_have_text("epoch 0")
    train.page.get_by_test_id("pages").get_by_role("link", name="Runs").click()
    expect(row.get_by_role("checkbox")).to_be_checked()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_bar_leads_from_page_to_page_and_the_run_goes_along(open_train: OpenTrain, width: int) -> None:
    train = open_train(LONG, another_browser=True, viewport={"width": width, "height": 900})
    run = train.train()
    train.wait_for_epoch(2)
    page = train.page
    places = sliders(train)
    bar = page.get_by_test_id("pages")

    def go(name: str) -> None:
        if width < 640:
            fold = page.locator(".descent-fold")
            expect(fold).to_have_attribute("aria-expanded", "false")
            fold.click()
            expect(fold).to_have_attribute("aria-expanded", "true")
        bar.get_by_role("link", name=name).click()

    links: Any = bar.get_by_role("link", include_hidden=True)
    assert links.evaluate_all("all => all[0].getAttribute('href')").startswith("./?")
    page.evaluate("window.stays = true")
    go("Runs")
    expect(page.get_by_test_id("runs")).to_be_visible()
    expect(bar.locator("a[aria-current=page]")).to_have_text("Runs")
    train.wait_for_query(run=run)
    assert page.url.split("?")[0].endswith("/runs")
    switch(page, "中文")
    switch(page, "English")
    go("Train")
    expect(train.live).to_have_attribute("data-run", run)
    expect(train.control("train")).to_be_visible()
    train.settle()
    assert train.run == run
    assert train.state == "running"
    assert sliders(train) == places
    assert page.evaluate("window.stays"), "the page was loaded anew"
    page.go_back()
    expect(page.get_by_test_id("runs")).to_be_visible()
    page.go_forward()
    expect(train.live).to_have_attribute("data-run", run)
