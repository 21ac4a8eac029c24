"""Pictures on their way through the network: an example, its feature maps, kernels at the pointer."""

import pytest

from .conftest import settle

#: A picture of 2×2 → two filters of 1×1, pooled by 2 with two columns of a table beside → 3 neurons → 1 output.
SEND = """
() => {
  const weights = [0.5, -0.25, ...Array.from({length: 12}, (_, i) => 0.1 * i), 0.3, 0.2, 0.1];
  harness.begin({
    info: {network: {inputs: ["p1", "p2", "p3", "p4", "age", "lactate"],
      layers: [
        {name: "scan, layer 1", units: 2, activation: "relu", made: [2, 2], kernel: 1},
        {name: "scan, layer 2", units: 2, activation: null, made: [1, 1], pool: 2, beside: ["age", "lactate"]},
        {name: "Hidden 1", units: 3, activation: "tanh"},
        {name: "Output", units: 1, activation: "sigmoid"}],
      outputs: ["ill"], neurons: 12, cells: 48,
      picture: {rows: 2, columns: 2, whole: false, examples: [
        {row: 4, target: "healthy", values: [0, 85, 170, 255]}, {row: 7, target: "ill", values: [255, 0, 0, 255]}]}}},
    header: {
      view: {kind: "slice", x: 4, y: 5, x_label: "age", y_label: "lactate", x_range: [0, 1], y_range: [0, 1],
        note: "", feature_names: []},
      frame: {epoch: 1, map: {rows: 2, columns: 2}, confusion: [[1, 1], [0, 2]]},
      network: {mapped: [2, 3, 4], centres: [0, 0, 0, 0, 0.5], health: {gradient: [0.1, 0.2, 0.3],
        spread: [0.5, 0.5, 0.5], dead: [0, 0.5, 0], words: []}},
    },
    blocks: {
      map_class: ["u8", [2, 2], [0, 1, 1, 0]], map_confidence: ["u8", [2, 2], [200, 200, 200, 200]],
      points_x: ["f32", [1], [0.5]], points_y: ["f32", [1], [0.5]],
      points_target: ["f32", [1], [0]], points_test: ["u8", [1], [0]],
      weights: ["f32", [weights.length], weights], biases: ["f32", [6], [0.01, 0.02, 0.1, 0.2, 0.3, 0.4]],
      weight_gradients: ["f32", [weights.length], weights], bias_gradients: ["f32", [6], [1, 2, 3, 4, 5, 6]],
      kernels: ["f32", [2], [0.5, -0.25]],
      feature_maps: ["u8", [20], Array.from({length: 20}, (_, i) => 120 + i)],
      neuron_maps: ["u8", [6, 4, 4], Array.from({length: 96}, (_, i) => (i * 37) % 256)],
      neuron_scales: ["f32", [6], [2, 2, 2, 2, 2, 2]],
    },
  });
}
"""
CANVAS = "[data-testid=network-canvas]"
TIP = "[data-testid=network-tip]"


@pytest.fixture
def network(live):
    live.evaluate(SEND)
    settle(live)
    return live


def keys(page, *names):
    page.locator(CANVAS).focus()
    for name in names:
        page.keyboard.press(name)
    settle(page)


def tip(page):
    return page.locator(TIP).inner_text().split("\n")


def test_the_picture_says_which_row_it_is_and_enter_shows_another(network):
    keys(network, "ArrowRight")
    assert tip(network) == ["Test row 4: healthy", "click, or Enter: another row"]
    keys(network, "Enter")
    assert tip(network)[0] == "Test row 7: ill"
    assert network.get_attribute("[data-testid=network]", "data-example") == "7"
    keys(network, "Enter")
    assert tip(network)[0] == "Test row 4: healthy"


def test_a_filter_says_what_it_does_and_shows_its_kernel(network):
    keys(network, "ArrowRight", "ArrowRight", "ArrowDown")
    assert tip(network)[:4] == [
        "scan, layer 1, filter 2",
        "bias 0.020 · gradient 2.000",
        "y = relu(Σ w·x + b), over 1×1 pixels at every place",
        "makes 2×2 values of the picture",
    ]
    assert network.locator(f"{TIP} canvas").is_visible()
    keys(network, "ArrowRight", "ArrowUp", "ArrowUp")
    assert tip(network)[1] == "the largest of every 2×2 values"
    assert not network.locator(f"{TIP} canvas").is_visible()


def test_a_column_of_the_table_joins_with_a_map_of_its_own(network):
    keys(network, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown")
    assert tip(network) == ["lactate", "an input, scaled as the network takes it"]
    assert network.get_attribute("[data-testid=boundary]", "data-neuron") == "lactate"
    keys(network, "ArrowRight", "ArrowDown")
    assert tip(network)[0] == "Hidden 1, neuron 3"
    assert tip(network)[1] == "bias 0.300 · gradient 5.000"


def test_health_names_the_layers_with_weights(network):
    labels = [box.get_attribute("aria-label") for box in network.locator("[data-testid=health] [role=img]").all()]
    assert labels[0] == "gradient by layer: scan, layer 1 0.100, Hidden 1 0.200, Output 0.300"


def test_the_drawing_has_a_text_alternative(network):
    network.wait_for_function(f"document.querySelector('{CANVAS}').ariaLabel.includes('1–2–4–3–1')")
    label = network.get_attribute(CANVAS, "aria-label")
    assert "picture → scan, layer 1, filter 1 (0.500)" in label


def test_pooling_of_many_channels_is_a_bar_because_it_has_no_weights(open_harness):
    page = open_harness("scene=iris")
    kinds = page.evaluate("""async () => {
        const { layOut } = await import("/pages/frontend/network/layout.js");
        const column = { name: "", own: 16, units: 16, names: null, activation: null, neurons: false };
        const [convolution, pooling] = [{ ...column, kernel: 3, made: [6, 6] }, { ...column, pool: 2, made: [3, 3] }];
        const columns = [{ ...column, isPicture: true }, convolution, pooling];
        return layOut(columns, 600, 300).columns.map(({ kind }) => kind);
    }""")
    assert kinds == ["picture", "heat", "bar"]
