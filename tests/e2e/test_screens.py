"""A projector, a phone, a dark room."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SIZES = """() => {
    const main = document.querySelector('[data-testid=stMain]')
    return [main.scrollWidth, main.clientWidth, main.scrollHeight]
}"""
LUMINANCE = """selector => {
    const parse = colour => colour.match(/[\\d.]+/g).map(Number)
    let element = document.querySelector(selector)
    while (element && (parse(getComputedStyle(element).backgroundColor)[3] ?? 1) === 0) element = element.parentElement
    const [r, g, b] = parse(getComputedStyle(element).backgroundColor)
    return (r + g + b) / 765
}"""
VALIDATED = "?dataset=moons&validation_fraction=0.25&epochs=60"
IRIS = "?dataset=iris&layers=64-relu,32-relu&learning_rate=0.001&batch_size=32&epochs=100"


@pytest.mark.parametrize("query", ["", IRIS, VALIDATED], ids=["first screen", "iris", "validation rows"])
def test_all_fits_on_a_laptop_s_screen(open_train: OpenTrain, query: str) -> None:
    train = open_train(query)
    width, client, height = train.page.evaluate(SIZES)
    assert width <= client
    assert height <= 904, f"{height - 900} pixels too many"
    train.train()
    train.wait_for_epoch(2)
    width, client, height = train.page.evaluate(SIZES)
    assert height <= 904, f"{height - 900} pixels too many while it trains"
    for part in (train.boundary, train.confusion, train.page.get_by_test_id("loss-curve")):
        expect(part).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize(
    "query", ["?dataset=spirals&classes=3&epochs=60", IRIS, VALIDATED, "?dataset=digits&layers=16-relu&epochs=3"]
)
def test_nothing_spills_out_of_the_cards_of_the_live_view(open_train: OpenTrain, query: str) -> None:
    train = open_train(query)
    train.train()
    train.wait_for_state("done")
    expect(train.boundary).to_have_attribute("data-epoch", str(train.epoch))
    spilled = train.live.evaluate(
        """live => [...live.querySelectorAll('.dsc-card')].flatMap(card => {
            const {bottom, right} = card.getBoundingClientRect()
            return [...card.querySelectorAll('*')].filter(element => {
                if (element.closest('details:not([open]) > :not(summary)')) return false
                const box = element.getBoundingClientRect()
                return box.width > 1 && box.height > 1 && (box.bottom > bottom + 1 || box.right > right + 1)
            }).map(element => `${card.className}: ${element.className} ${element.textContent.slice(0, 40)}`)
        })"""
    )
    assert spilled == []


@pytest.mark.parametrize("query", ["", IRIS, "?dataset=digits&layers=16-relu&epochs=3"])
def test_a_phone_shows_it_in_one_column(open_train: OpenTrain, query: str) -> None:
    train = open_train(query, **PHONE)
    width, client, _ = train.page.evaluate(SIZES)
    assert client <= 390
    assert width <= client, "it scrolls sideways"
    button = train.button("train")
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport(ratio=1)
    button.tap()
    train.wait_for_epoch(2)
    expect(train.live).to_be_visible()
    train.boundary.scroll_into_view_if_needed()
    box = train.boundary.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    width, client, _ = train.page.evaluate(SIZES)
    assert width <= client, "it scrolls sideways while it trains"


def test_a_phone_reaches_train_and_the_live_view_without_passing_all_settings(open_train: OpenTrain) -> None:
    """Whoever opens a shared link on a phone wants to press Train and look, not to scroll past three cards."""
    train = open_train(IRIS, **PHONE)
    box = train.button("train").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844, f"Train is {box['y']:.0f} pixels down"


#: Words that are cut off: a box around them hides a part of them, or they stand out of the line that is kept for them.
CUT = """() => [...document.querySelectorAll('.dsc *, .st-key-run_bar p')].filter(
    e => e.offsetParent && !e.children.length && e.textContent.trim()
        && !e.closest('.dsc-hidden, option, select, details:not([open]) > :not(summary)')
).filter(e => {
    for (let box = e; box && !box.matches('.dsc-card, .dsc, .st-key-run_bar'); box = box.parentElement)
        if (getComputedStyle(box).overflow !== 'visible' && getComputedStyle(box).display !== 'inline'
            && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 2)) return true
    const row = e.closest('.dsc-status, .dsc-health, .dsc-under, .dsc-stats')?.getBoundingClientRect()
    const range = document.createRange()
    range.selectNodeContents(e)
    const words = range.getBoundingClientRect()
    return row && (words.top < row.top - 1 || words.bottom > row.bottom + 1
        || words.left < row.left - 1 || words.right > row.right + 1)
}).map(e => e.textContent)"""
LONG_WORD = "Dying: 62% of hidden layer 12 says the same whatever the input. Try a smaller learning rate or leaky ReLU."


BOXES = """() => JSON.stringify([...document.querySelectorAll('.dsc-card, .st-key-run_bar')].map(
    e => [e.className, e.getBoundingClientRect().height, Math.round(e.getBoundingClientRect().y + scrollY)]))"""


@pytest.mark.parametrize("sizes", [[(1440, 900), (1280, 800)], [(390, 844)]], ids=["large", "small"])
def test_no_word_of_the_live_view_is_cut_off(open_train: OpenTrain, sizes: list[tuple[int, int]]) -> None:
    """One visit for all sizes of a layout: the network has ten layers, and each visit would compile them."""
    width, height = sizes[0]
    train = open_train(
        "?dataset=iris&layers=" + ",".join(["6-relu"] * 10) + "&epochs=40", viewport={"width": width, "height": height}
    )
    train.train()
    train.wait_for_state("done")
    expect(train.button("continue")).to_be_visible()
    principal = train.boundary.get_by_role("checkbox", name="principal")
    readout = train.page.get_by_test_id("boundary-readout")
    long_texts = {
        "health-word": LONG_WORD,
        "hint": "Settings changed: they apply to the next run. Reset shows them now.",
        "status": "The loss is no longer a number after epoch 3. " * (3 if width > 1000 else 1),
    }
    for width, height in sizes:
        for scheme in ("light", "dark"):
            train.page.set_viewport_size({"width": width, "height": height})
            train.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            train.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            before = train.page.evaluate(BOXES)
            principal.check()
            expect(readout).to_contain_text("of the variance")
            short_texts = {
                name: train.page.get_by_test_id(name).evaluate(
                    "(element, text) => { const was = element.textContent; element.textContent = text; return was }",
                    text,
                )
                for name, text in long_texts.items()
            }
            assert train.page.evaluate(CUT) == [], (width, scheme)
            assert train.page.evaluate(BOXES) == before, (width, scheme)
            for name, text in short_texts.items():
                train.page.get_by_test_id(name).evaluate("(element, text) => { element.textContent = text }", text)
            principal.uncheck()
            expect(readout).not_to_contain_text("of the variance")


def test_in_the_dark_page_and_live_view_are_dark(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=60", color_scheme="dark")
    train.train()
    train.wait_for_state("done")
    for selector in ("[data-testid=stApp]", ".dsc-card", ".st-key-card_data", ".st-key-dataset"):
        assert train.page.evaluate(LUMINANCE, selector) < 0.3, selector


def test_a_change_of_scheme_repaints_the_live_view_where_it_is(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=6-tanh&epochs=60", color_scheme="light")
    train.train()
    train.wait_for_state("done")
    assert train.page.evaluate(LUMINANCE, ".dsc-card") > 0.9
    train.live.evaluate("live => { live.marked = true }")
    train.page.emulate_media(color_scheme="dark")
    train.page.wait_for_function(
        """() => getComputedStyle(document.querySelector('.dsc-card')).backgroundColor
            .match(/\\d+/g).slice(0, 3).every(part => part < 90)""",
    )
    assert train.live.evaluate("live => live.marked")


def test_the_boxes_of_the_live_view_stay_where_they_are_while_it_trains(open_train: OpenTrain) -> None:
    """Numbers change; nothing jumps."""
    train = open_train("?dataset=circles&layers=6-tanh&epochs=120&speed=5")
    places = """() => JSON.stringify([...document.querySelectorAll(
        '.st-key-run_bar button, .dsc-card, .dsc-stat, .dsc-key, [data-testid$=curve]')].filter(
        e => e.offsetParent && !e.closest('.st-key-continue')).map(e => {
            const {x, y, width, height} = e.getBoundingClientRect(); return [x, y, width, height].map(Math.round) }))"""
    train.train()
    train.wait_for_epoch(5)
    expect(train.button("stop")).to_be_enabled()
    expect(train.live.get_by_text("Download")).to_be_visible()
    early = train.page.evaluate(places)
    train.nudge("speed", 3)  # 50 epochs a second
    train.wait_for_epoch(60)
    assert train.page.evaluate(places) == early
    train.wait_for_state("done")
    expect(train.button("stop")).to_be_disabled()
    assert train.page.evaluate(places) == early
