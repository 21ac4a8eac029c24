"""The network is drawn from what arrives, answers to the pointer and the keyboard, and shows a neuron large."""

import pytest

from .conftest import settle

#: 2 → 3 → 2, with weights that are easy to name: from input i to neuron j of hidden 1 is 0.1·(i + 1) − 0.2·j.
SEND = """
({neurons = true, words = [], columns = [2, 3, 2]} = {}) => {
  const [inputs, ...units] = columns;
  const weights = [], biases = units.flatMap((count, layer) => Array.from({length: count}, (_, j) => layer + 0.25 * j));
  units.forEach((count, layer) => {
    for (let i = 0; i < Math.min(48, columns[layer]); i++)
      for (let j = 0; j < Math.min(48, count); j++) weights.push(0.1 * (i + 1) - 0.2 * j);
  });
  const mapped = columns.flatMap((count, index) => (count <= 12 ? [index] : []));
  const count = mapped.reduce((sum, index) => sum + columns[index], 0);
  harness.begin({
    info: {network: {inputs: Array.from({length: inputs}, (_, i) => "xy"[i] ?? `f${i}`),
      layers: units.map((count, i) => ({name: i + 1 < units.length ? `Hidden ${i + 1}` : "Output", units: count,
        activation: i + 1 < units.length ? "tanh" : "softmax"})),
      outputs: ["a", "b"], neurons: 12, cells: 48}},
    header: {
      view: {kind: "plane", x: 0, y: 1, x_label: "x", y_label: "y", x_range: [0, 1], y_range: [0, 1],
        note: "", feature_names: []},
      frame: {epoch: 1, map: {rows: 2, columns: 2}, confusion: [[1, 1], [0, 2]]},
      network: neurons ? {mapped, centres: columns.map(() => 0), health: {gradient: units.map((_, i) => 0.1 * (i + 1)),
        spread: units.map(() => 0.5), dead: units.map(() => 0.25), words}} : {},
    },
    blocks: {
      map_class: ["u8", [2, 2], [0, 1, 1, 0]], map_confidence: ["u8", [2, 2], [200, 200, 200, 200]],
      points_x: ["f32", [1], [0.5]], points_y: ["f32", [1], [0.5]],
      points_target: ["f32", [1], [0]], points_test: ["u8", [1], [0]],
      weights: ["f32", [weights.length], weights], biases: ["f32", [biases.length], biases],
      ...(neurons && {
        weight_gradients: ["f32", [weights.length], weights.map((w) => w / 100)],
        bias_gradients: ["f32", [biases.length], biases],
        neuron_maps: ["u8", [count, 4, 4], Array.from({length: 16 * count}, (_, i) => (i * 37) % 256)],
        neuron_scales: ["f32", [count], Array.from({length: count}, () => 2)],
      }),
    },
  });
}
"""
CANVAS = "[data-testid=network-canvas]"
TIP = "[data-testid=network-tip]"


def send(page, **what):
    page.evaluate(SEND, what)
    settle(page)


@pytest.fixture
def network(live):
    send(live)
    return live


def keys(page, *names):
    page.locator(CANVAS).focus()
    for name in names:
        page.keyboard.press(name)
    settle(page)


def tip(page):
    return page.locator(TIP).inner_text().split("\n")


def test_an_input_a_neuron_and_an_output_are_named_with_their_numbers(network):
    keys(network, "ArrowRight")
    assert tip(network)[0] == "x"
    keys(network, "ArrowDown")
    assert tip(network)[0] == "y"
    keys(network, "ArrowRight")
    # The lower of two inputs leads to the lower of three neurons.
    title, bias, formula = tip(network)
    assert title == "Hidden 1, neuron 3"
    assert bias == "bias 0.500 · gradient 0.500"
    assert formula == "y = tanh((−0.300)·x + (−0.200)·y + 0.500)"
    keys(network, "ArrowRight")
    assert tip(network)[0] == "b"


def test_a_link_says_weight_gradient_and_term(network):
    box = network.locator(CANVAS).bounding_box()
    left = network.evaluate(
        """async () => {
            const { layOut, curveOf } = await import("/pages/frontend/network/layout.js");
            const canvas = document.querySelector("[data-testid=network-canvas]");
            const columns = [2, 3, 2].map((units) => ({units, neurons: true}));
            const layout = layOut(columns, canvas.clientWidth, canvas.clientHeight);
            const [x0, y0, , , , , x3, y3] = curveOf(layout, 1, [0, 0]);
            return [(x0 + x3) / 2, (y0 + y3) / 2];
        }"""
    )
    network.mouse.move(box["x"] + left[0], box["y"] + left[1])
    settle(network)
    assert tip(network) == ["x → Hidden 1, neuron 1", "weight 0.100 · gradient 0.00100", "adds 0.100·x to w·x + b"]
    network.mouse.move(box["x"] + 2, box["y"] + 2)
    settle(network)
    assert not network.locator(TIP).is_visible()


def test_the_large_map_shows_the_neuron_pointed_at_and_keeps_the_pinned_one(network):
    shown = lambda: network.get_attribute("[data-testid=boundary]", "data-neuron")  # noqa: E731
    assert shown() == ""
    keys(network, "ArrowRight", "ArrowRight")
    assert shown() == "Hidden 1, neuron 1"
    keys(network, "Enter", "ArrowDown")
    assert shown() == "Hidden 1, neuron 2"
    network.evaluate("document.activeElement.blur()")
    settle(network)
    assert shown() == "Hidden 1, neuron 1"
    keys(network, "Escape")
    assert shown() == ""


def test_a_pinned_neuron_is_let_go_with_another_run(network):
    keys(network, "ArrowRight", "Enter")
    network.evaluate("harness.mount({channel: 'run-2', socket: '/descent/live/run-2'})")
    send(network)
    assert network.get_attribute("[data-testid=boundary]", "data-neuron") == ""


def test_a_large_layer_is_a_heat_map_whose_cells_name_both_ends(live):
    send(live, columns=[4, 64, 2])
    box = live.locator(CANVAS).bounding_box()
    live.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(live)
    title, value, *_ = tip(live)
    assert title.startswith(("f2 → Hidden 1", "f3 → Hidden 1", "y → Hidden 1"))
    assert "weight " in value


def test_weights_alone_are_drawn_before_the_first_look_inside(live):
    send(live, neurons=False)
    keys(live, "ArrowRight", "ArrowRight")
    assert tip(live)[1] == "bias 0.000"
    assert not live.locator("[data-testid=health]").is_visible()


def test_health_has_text_for_every_chart_and_a_word_where_something_is_wrong(live):
    send(live, words=["Vanishing: hardly any gradient."])
    labels = [box.get_attribute("aria-label") for box in live.locator("[data-testid=health] [role=img]").all()]
    assert labels[0] == "gradient by layer: Hidden 1 0.100, Output 0.200"
    assert labels[2] == "dead units by layer: Hidden 1 25 %, Output 25 %"
    assert live.inner_text("[data-testid=health-word]") == "Vanishing: hardly any gradient."


def test_the_network_has_a_text_alternative(network):
    network.wait_for_function(f"document.querySelector('{CANVAS}').ariaLabel.includes('2–3–2')")
    label = network.get_attribute(CANVAS, "aria-label")
    assert "Strongest weights: x → Hidden 1, neuron 3 (−0.300)" in label


def test_discrete_shows_decisions_only_and_adds_nothing_to_the_history(network):
    pixels = """() => {
        const canvas = document.querySelector("[data-testid=boundary] canvas");
        const { data } = canvas.getContext("2d").getImageData(60, 20, canvas.width - 90, canvas.height - 80);
        return new Set(new Uint32Array(data.buffer)).size;
    }"""
    before = network.evaluate(pixels)
    network.check("[data-testid=discrete]")
    settle(network)
    assert network.evaluate(pixels) < before
    assert network.get_attribute("[data-testid=loss-curve]", "data-points") == "1"


#: What every neuron outputs for the row of the point in the middle of the map.
PASSING = {
    "epoch": 1, "kind": "train", "row": 0, "target": "a",
    "columns": [[0.5, -0.25], [1.5, -1.5, None], [0.9, 0.1]],
}  # fmt: skip
MIDDLE = """() => {
  const { left, top, width, height } = document.querySelector("[data-testid=boundary-canvas]").getBoundingClientRect();
  return [left + 46 + (width - 48) / 2, top + 2 + (height - 39) / 2];
}"""


@pytest.fixture
def pointing(network):
    """Points at the map, so many pixels beside its only point; the second value is what the server was asked."""
    asked = []

    def answer(route):
        asked.append(route.request.url.partition("/descent/runs/")[2])
        route.fulfill(json=PASSING)

    network.route("**/row-inside.json*", answer)

    def point(away=0):
        x, y = network.evaluate(MIDDLE)
        network.mouse.move(x + away, y)
        settle(network)

    return point, asked


def test_the_row_of_the_point_that_is_pointed_at_passes_through_the_network(network, pointing):
    point, asked = pointing
    legend = network.get_by_test_id("network-legend")
    usual = legend.inner_text()
    point(4)
    network.locator("[data-testid=network][data-row='train 0']").wait_for()
    assert asked == ["run-1/row-inside.json?point=0&x=0&y=1"]
    assert legend.inner_text() == "Training row 0: a · outputs after epoch 1"
    assert network.locator(".dsc-pointed").is_visible()
    keys(network, "ArrowRight", "ArrowDown")
    assert "outputs −0.250 for this row" in tip(network)
    point(40)
    assert network.get_attribute("[data-testid=network]", "data-row") == ""
    assert legend.inner_text() == usual
    assert not network.locator(".dsc-pointed").is_visible()


def test_only_the_newest_row_is_asked_for_when_the_pointer_rests_and_not_too_soon_after_the_last(network):
    found = network.evaluate(
        """async () => {
            const { createPassing } = await import("/pages/frontend/network/passing.js");
            const timers = [], asked = [], given = [];
            window.setTimeout = (work, wait) => timers.push({ work, wait });
            window.clearTimeout = (number) => delete timers[number - 1]?.work;
            performance.now = () => 1000;
            window.fetch = (address, { signal }) => {
                asked.push(address.split("point=")[1]);
                signal.addEventListener("abort", () => given.push(address.split("point=")[1]));
                return new Promise(() => {});
            };
            const rest = () => timers.forEach((timer) => timer.work?.());
            const run = { view: { kind: "pca" }, frame: { network: {} }, state: { state: "done" } };
            const { want, stop } = createPassing(() => {});
            for (const point of [1, null, 2, 2, 3]) want(run, "/run", point);
            rest();
            want(run, "/run", 4);
            stop();
            rest();
            return { asked, given, waits: timers.map(({ wait }) => wait) };
        }"""
    )
    assert found == {"asked": ["3"], "given": ["3"], "waits": [120, 120, 120, 300]}


def test_another_network_is_asked_anew_where_the_run_rests_and_not_while_it_trains(network, pointing):
    point, asked = pointing
    point()
    network.locator("[data-testid=network][data-row='train 0']").wait_for()
    send(network)
    send(network)
    assert len(asked) == 1
    with network.expect_response("**/row-inside.json*"):
        network.evaluate("harness.send({ state: { state: 'paused', epoch: 1, epochs: 10, changes: [] } })")
    assert len(asked) == 2


def test_a_picture_that_is_on_its_way_is_not_mixed_with_a_row(network):
    timers = network.evaluate(
        """async () => {
            const { createPassing } = await import("/pages/frontend/network/passing.js");
            let timers = 0;
            window.setTimeout = () => (timers += 1);
            const { want } = createPassing(() => {});
            for (const shown of [{ picture: { examples: [] } }, null, {}]) {
                const run = { view: { kind: "pca" }, frame: { network: shown }, state: { state: "done" } };
                want(run, "/descent/runs/run-1", 3);
            }
            return timers;
        }"""
    )
    assert timers == 1
