"""The curves can be read, zoomed and put on a logarithmic axis while epochs arrive."""

import pytest

from .conftest import settle

HUNDRED = "Array.from({length: 100}, (_, i) => [1 / (i + 1), i / 100, 2 / (i + 1), i / 200])"


@pytest.fixture
def curves(live):
    live.evaluate(f"harness.begin({{}}, {HUNDRED})")
    settle(live)
    return live


def shown(page):
    low, high = page.get_attribute("[data-testid=loss-curve]", "data-range").split(",")
    return float(low), float(high)


def at(page, share, testid="loss-curve"):
    """A place inside the plot: 0 is its left end, 1 its right end."""
    box = page.locator(f"[data-testid={testid}]").bounding_box()
    return box["x"] + 44 + share * (box["width"] - 54), box["y"] + box["height"] / 2


def more(page, first=101, count=20):
    page.evaluate(
        """([first, count]) => harness.send({history: {first_epoch: first}},
            {history: ["f32", [count, 4], Array.from({length: 4 * count}, () => 0.25)]})""",
        [first, count],
    )
    settle(page)


def test_unzoomed_curves_follow_what_arrives(curves):
    assert shown(curves) == (0, 100)
    more(curves)
    assert shown(curves) == (0, 120)


def test_a_drag_zooms_both_charts_and_new_points_keep_the_zoom(curves):
    curves.mouse.move(*at(curves, 0.2))
    curves.mouse.down()
    curves.mouse.move(*at(curves, 0.5), steps=4)
    curves.mouse.up()
    settle(curves)
    low, high = shown(curves)
    assert 18 < low < 22
    assert 48 < high < 52
    more(curves)
    assert shown(curves) == (low, high)
    assert curves.get_attribute("[data-testid=loss-curve]", "data-points") == "120"
    assert curves.get_attribute("[data-testid=accuracy-curve]", "data-range") == curves.get_attribute(
        "[data-testid=loss-curve]", "data-range"
    )


def test_a_new_invocation_of_the_component_keeps_the_zoom(curves):
    curves.locator("[data-testid=loss-curve]").focus()
    curves.keyboard.press("+")
    settle(curves)
    zoomed = shown(curves)
    assert zoomed == (25, 75)
    canvas = curves.query_selector("[data-testid=loss-curve]")
    curves.evaluate("harness.mount({rendered_state: 'running', note: 'new'})")
    settle(curves)
    assert shown(curves) == zoomed
    assert canvas.evaluate("canvas => canvas.isConnected")
    assert curves.evaluate("harness.sockets.length") == 1


@pytest.mark.parametrize("reset", ["button", "double click", "Escape"])
def test_the_zoom_is_reset(curves, reset):
    curves.mouse.move(*at(curves, 0.5))
    curves.mouse.wheel(0, -200)
    settle(curves)
    assert shown(curves) != (0, 100)
    if reset == "button":
        curves.click("[data-testid=reset-zoom]")
    elif reset == "double click":
        curves.mouse.dblclick(*at(curves, 0.5))
    else:
        curves.locator("[data-testid=accuracy-curve]").focus()
        curves.keyboard.press("Escape")
    settle(curves)
    assert shown(curves) == (0, 100)


def test_the_wheel_zooms_about_the_pointer(curves):
    curves.mouse.move(*at(curves, 0.25))
    curves.mouse.wheel(0, -200)
    curves.wait_for_function("document.querySelector('[data-testid=loss-curve]').dataset.range !== '0,100'")
    low, high = shown(curves)
    assert (25 - low) / (high - low) == pytest.approx(0.25, abs=0.02)


def test_hovering_reads_the_exact_values_of_an_epoch(curves):
    curves.mouse.move(*at(curves, 0.04))
    settle(curves)
    readout = curves.locator("[data-testid=loss-readout]")
    assert "epoch 4" in readout.text_content()
    assert readout.locator("b").all_text_contents() == ["0.250", "0.500"]
    assert readout.locator("b").first.get_attribute("title") == "0.25"
    assert curves.locator("[data-testid=accuracy-readout] b").all_text_contents() == ["3.0 %", "1.5 %"]
    curves.mouse.move(5, 5)
    settle(curves)
    assert "epoch 100" in readout.text_content()


def test_arrow_keys_read_the_epochs(curves):
    curves.locator("[data-testid=loss-curve]").focus()
    curves.keyboard.press("Home")
    curves.keyboard.press("ArrowRight")
    settle(curves)
    readout = curves.locator("[data-testid=loss-readout]")
    assert "epoch 2" in readout.text_content()
    assert readout.get_attribute("aria-live") == "polite"


def test_arrow_keys_know_the_epochs_that_are_not_drawn_yet(open_harness):
    page = open_harness("scene=moons&epoch=1")
    page.evaluate(
        """() => {
            const chart = document.querySelector("[data-testid=loss-curve]");
            chart.focus();
            harness.socket.deliver(harness.createScene("moons").more(2, 399));
            chart.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true}));
        }"""
    )
    settle(page)
    assert "epoch 398" in page.text_content("[data-testid=loss-readout]")


def test_the_loss_axis_can_be_logarithmic(curves):
    assert curves.get_attribute("[data-testid=loss-curve]", "data-axis") == "linear"
    curves.check("[data-testid=log-scale]")
    settle(curves)
    assert curves.get_attribute("[data-testid=loss-curve]", "data-axis") == "log"
    assert curves.get_attribute("[data-testid=accuracy-curve]", "data-axis") == "linear"


def test_axes_stay_put_while_the_data_fit_them(curves):
    kept, grown, wide = curves.evaluate(
        """async () => {
            const { linearAxis, logAxis } = await import("/pages/frontend/ui/axis.js");
            const first = linearAxis(0, 0.95, 4, null);
            return [linearAxis(0.01, 0.9, 4, first) === first, linearAxis(0, 1.3, 4, first).high >= 1.3,
                logAxis(0.003, 40, null).ticks];
        }"""
    )
    assert kept
    assert grown
    assert wide == pytest.approx([0.01, 0.1, 1, 10])


def test_nothing_on_the_page_moves_while_epochs_arrive(open_harness):
    page = open_harness("scene=moons&epoch=1")
    page.wait_for_timeout(300)
    places = """() => [...document.querySelectorAll(".dsc-card, .dsc-stat, canvas")]
        .map(element => JSON.stringify(element.getBoundingClientRect()))"""
    before = page.evaluate(places)
    page.evaluate("harness.socket.deliver(harness.createScene('moons').more(2, 399))")
    settle(page)
    assert page.evaluate(places) == before


@pytest.mark.parametrize("penalised", [True, False])
def test_a_loss_that_contains_a_penalty_is_called_so_wherever_it_is_named(live, penalised):
    name = "cross-entropy + penalty" if penalised else "cross-entropy"
    live.evaluate(
        """([loss_name, penalised]) => harness.begin({
            info: {loss_name, penalised, baseline: {loss: 0.7, metric: 0.5, label: "always 'a'", loss_label: "shares"}},
            header: {frame: {epoch: 1}, network: penalised ? {penalty: 0.247} : {}},
        })""",
        [name, penalised],
    )
    live.evaluate("harness.send({})")
    settle(live)
    heading = live.locator(".dsc-curves h2").first
    assert heading.inner_text() == ("Cross-entropy + penalty" if penalised else "Loss")
    assert heading.get_attribute("title").startswith(name + "\nbaseline 0.700 (shares)" if not penalised else name)
    stat = live.locator(".dsc-stat-loss")
    assert stat.get_attribute("title") == name
    assert ("penalty" in stat.inner_text()) is penalised
    spoken = "Loss (cross-entropy + penalty) after epoch 1" if penalised else "Loss after epoch 1"
    live.wait_for_selector(f"[data-testid=loss-curve][aria-label^='{spoken}']")


def test_a_baseline_that_does_not_exist_is_a_dash_with_its_reason(live):
    live.evaluate(
        """() => harness.begin({info: {baseline: {
            loss: null, metric: null, label: "always 'a'", loss_label: "class shares alone",
            reason: "'b' has no training row."}}})"""
    )
    settle(live)
    title = live.locator(".dsc-curves h2").first.get_attribute("title")
    assert title == "cross-entropy\nbaseline – (class shares alone). 'b' has no training row."


def begin_with(page, expression):
    """Deliver logs made by JavaScript: a list of [loss, accuracy, val_loss, val_accuracy]."""
    page.evaluate(f"harness.begin({{}}, {expression})")
    settle(page)


def on_log_axis(page):
    page.locator("[data-testid=log-scale]").check()
    settle(page)


def ink(page, top=0.0, bottom=1.0, testid="loss-curve"):
    """How many strongly coloured pixels a horizontal part of the plot has: lines, dots and marks; no grid, no words."""
    return page.evaluate(
        """([testid, top, bottom]) => {
            const canvas = document.querySelector(`[data-testid=${testid}]`), ratio = canvas.width / canvas.clientWidth;
            const height = canvas.clientHeight - 27, left = Math.round(44 * ratio);
            const from = Math.round((8 + top * height) * ratio), to = Math.round((9 + bottom * height) * ratio);
            const { data } = canvas.getContext("2d").getImageData(left, from, canvas.width - left, to - from);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) {
                const [red, green, blue, alpha] = data.slice(i, i + 4);
                if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 90) count++;
            }
            return count;
        }""",
        [testid, top, bottom],
    )


def below(page):
    return page.locator("[data-testid=loss-below]").text_content()


def test_a_loss_of_zero_everywhere_is_said_and_marked_on_a_logarithmic_axis(live):
    begin_with(live, "Array.from({length: 1500}, () => [0, 1, 0, 1])")
    on_log_axis(live)
    assert below(live) == "Loss is 0 in every epoch: a logarithm cannot show it."
    assert ink(live, bottom=0.9) == 0
    assert ink(live, top=0.95) > 1000
    live.wait_for_function(
        """() => document.querySelector('[data-testid=loss-curve]').ariaLabel.includes('Loss is 0 in every epoch')"""
    )


def test_a_loss_that_comes_to_zero_is_marked_from_there_on(live):
    begin_with(live, "Array.from({length: 1500}, (_, i) => [i < 11 ? 1 / (i + 1) : 0, 1, 0.5, 1])")
    on_log_axis(live)
    assert below(live) == "Training loss is 0 from epoch 12 on: a logarithm cannot show it."
    assert ink(live, top=0.95) > 500
    live.locator("[data-testid=log-scale]").uncheck()
    settle(live)
    assert below(live) == ""


def test_zeros_among_positive_values_are_counted_and_the_others_drawn(live):
    begin_with(live, "Array.from({length: 3000}, (_, i) => [i % 100 === 50 ? 0.5 : 0, 1, 0.3 + (i % 7) / 9, 1])")
    on_log_axis(live)
    assert below(live) == "Training loss is 0 in 2,970 epochs, first in 1: a logarithm cannot show it."


def test_a_negative_loss_is_not_called_zero(live):
    begin_with(live, "Array.from({length: 20}, (_, i) => [i < 9 ? 0.5 : -0.5, 1, 0.5, 1])")
    on_log_axis(live)
    assert below(live) == "Training loss is 0 or less from epoch 10 on: a logarithm cannot show it."


def test_a_loss_too_small_for_the_axis_is_not_called_zero(live):
    begin_with(live, "Array.from({length: 20}, (_, i) => [i < 9 ? 0.5 : 1e-12, 1, 0.5, 1])")
    on_log_axis(live)
    assert below(live) == "Training loss is below 5·10⁻¹⁰ from epoch 10 on: a logarithm cannot show it."


@pytest.mark.parametrize("length", [20, 1500, 10_000])
@pytest.mark.parametrize("log", [False, True])
def test_values_without_neighbours_are_dots_however_many_epochs_there_are(live, length, log):
    """Ten finite values, far apart, among NaN (on a logarithmic axis also among zeros)."""
    gap = "0" if log else "NaN"
    every = length // 10
    value = f"i % {every} === {every // 2} ? 0.5 + i / {length} : {gap}"
    begin_with(live, f"Array.from({{length: {length}}}, (_, i) => [{value}, 1, NaN, 1])")
    if log:
        on_log_axis(live)
    dots = ink(live, bottom=0.9)
    assert 10 * 8 < dots < 10 * 40  # a dot of 5 pixels covers about twenty
