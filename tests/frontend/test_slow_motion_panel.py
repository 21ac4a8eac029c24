"""The slow-motion panel goes through the phases, the neurons and the batches, and says the numbers it was sent."""

import json
from typing import Any

import pytest

from pages.languages import browser_words

from .conftest import settle

PANEL = "[data-testid=slow-panel]"

#: 2 → 2 → 1: z = (0.5·1 + −1·2 + 0.25, 1·1 + 0·2) = (−1.25, 1), a = tanh(z).
STEP: dict[str, Any] = {
    "epoch": 3, "batch": 0, "batches": 2, "sample": 0, "samples": 4, "row": 17,
    "inputs": {"names": ["x", "y"], "values": [1.0, 2.0], "of": 2},
    "target": 1.0, "target_name": "upper", "outputs": ["lower", "upper"],
    "layers": [
        {"activation": "tanh", "units": [0, 1], "of": 2, "fan_in": 2, "inputs": [1.0, 2.0], "z": [-1.25, 1.0],
         "normalized": None, "a": [-0.848, 0.762], "dropout": None, "outputs": [-0.848, 0.762],
         "slope": [0.281, 0.42], "delta": [0.1, -0.2], "weights": [[0.5, 1.0], [-1.0, 0.0]],
         "gradients": [[0.1, -0.2], [0.2, -0.4]], "new_weights": [[0.49, 1.02], [-1.02, 0.04]],
         "biases": [0.25, 0.0], "bias_gradients": [0.1, -0.2], "new_biases": [0.24, 0.02]},
        {"activation": "sigmoid", "units": [0], "of": 1, "fan_in": 2, "inputs": [-0.848, 0.762], "z": [0.4],
         "normalized": None, "a": [0.6], "dropout": None, "outputs": [0.6], "slope": [0.24], "delta": [-0.4],
         "weights": [[-0.9], [1.1]], "gradients": [[0.3], [-0.3]], "new_weights": [[-0.93], [1.13]],
         "biases": [0.0], "bias_gradients": [-0.4], "new_biases": [0.04]},
    ],
    "loss_kind": "binary_crossentropy", "loss_symbol": "−ln p", "from_logits": False,
    "losses": [0.511, 0.2, 0.1, 0.3], "loss": 0.278, "penalty": 0.0, "learning_rate": 0.1, "optimizer": "sgd",
}  # fmt: skip


@pytest.fixture
def asked():
    return []


@pytest.fixture
def panel(live, asked):
    def answer(route):
        query = dict(pair.split("=") for pair in route.request.url.split("?")[1].split("&"))
        asked.append(query)
        told = {**STEP, "batch": int(query["batch"]), "sample": int(query["sample"])}
        route.fulfill(body=json.dumps(told), content_type="application/json")

    live.route("**/slow-motion.json*", answer)
    live.evaluate("harness.begin({state: {state: 'paused'}})")
    settle(live)
    live.click("[data-testid=slow-motion]")
    live.wait_for_selector("[data-testid=slow-where]:not(:empty)")
    return live


def text(page, name):
    settle(page)
    return page.inner_text(f"[data-testid=slow-{name}]")


def equations_of(page):
    """The equations in one line each, as those hear them who cannot see them."""
    settle(page)
    return page.locator("[data-testid=slow-equations] .dsc-hidden").all_text_contents()


def test_the_five_phases_say_their_numbers_and_the_keras_line(panel):
    assert "row 17, which is upper" in text(panel, "sentence")
    assert "x₂ = y = 2.000" in equations_of(panel)
    panel.click("[data-testid=slow-next]")
    assert equations_of(panel) == [
        "z₁ = w·x + b = (−1.000)·2.000 + 0.500·1.000 + 0.250 = −1.250",
        "a₁ = tanh(−1.250) = −0.848",
    ]
    assert text(panel, "code") == "y_pred = model(x, training=True)"
    panel.click("[data-testid=slow-next]")
    assert equations_of(panel) == [
        "L = −ln p = −ln 0.600 = 0.511",
        "loss of the batch = mean of 4 losses = 0.278",
    ]
    panel.click("[data-testid=slow-next]")
    assert "δ₁ = (Σ w·δ of the next layer) · f′(z) = ((−0.900)·(−0.400)) · 0.281 = 0.100" in text(panel, "equations")
    assert text(panel, "code") == "gradients = tape.gradient(loss, model.trainable_variables)"
    panel.click("[data-testid=slow-next]")
    assert "w ← w − rate·∂L/∂w = −1.000 − 0.100·0.200 = −1.02000" in text(panel, "equations")
    assert "optimizer.apply_gradients" in text(panel, "code")


#: A MathML element as text: its name where it shapes what it holds, around what it holds.
AS_TEXT = """element => {
    const shape = node => node.nodeType === 3 ? node.data : (["msub", "msup", "mfrac"].includes(node.localName)
        ? `${node.localName}(${[...node.children].map(shape).join(",")})` : [...node.childNodes].map(shape).join(""))
    return [...element.querySelectorAll("math")].map(shape)
}"""


def test_equations_are_set_as_mathematics(panel):
    panel.click("[data-testid=phase-1]")
    settle(panel)
    first = panel.locator(".dsc-equation").first
    assert first.evaluate(AS_TEXT) == [
        "msub(z,1)", "=", "w·x", "+b", "=", "(−1.000)·2.000", "+0.500·1.000", "+0.250", "=", "−1.250",
    ]  # fmt: skip
    assert first.evaluate("e => e.querySelector('math').namespaceURI") == "http://www.w3.org/1998/Math/MathML"
    assert first.locator(".dsc-set").get_attribute("aria-hidden") == "true"
    panel.click("[data-testid=phase-3]")
    settle(panel)
    assert panel.locator(".dsc-equation").last.evaluate(AS_TEXT) == ["mfrac(∂L,∂w)", "=", "0.200"]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("a₂ = softmax(z)₂ = e^(−0.4) / Σ e^z = 0.25",
         ["msub(a,2)", "=", "softmax(zmsub(),2)", "=", "mfrac(msup(e,−0.4),Σmsup(e,z))", "=", "0.25"]),
        ("L = (a − y)² = (0.1 − 1)² = 3.1·10⁻⁷",
         ["L", "=", "(a−ymsup(),2)", "=", "(0.1−1msup(),2)", "=", "3.1·msup(10,−7)"]),
        ("本批损失 = 4 个损失（每行一个）的平均 = 0.278", ["本批损失", "=", "4个损失（每行一个）的平均", "=", "0.278"]),
        ("δ₁₂ = ∂L/∂z₁₂ = 1,920", ["msub(δ,12)", "=", "mfrac(∂L,∂msub(z,12))", "=", "1,920"]),
        ("w: 0.5 → 0.6 (gradient 0.1, adam at rate 0.01)", ["w:0.5→0.6(gradient0.1,adamatrate0.01)"]),
    ],
)  # fmt: skip
def test_the_notation_is_read_as_it_is_meant(live, line, pieces):
    found = live.evaluate(
        """async line => {
            const { setEquation } = await import("/pages/frontend/slow-motion/mathml.js");
            const element = setEquation(line), shape = """
        + AS_TEXT
        + """;
            return [shape(element), element.querySelector(".dsc-hidden").textContent];
        }""",
        line,
    )
    assert found == [pieces, line]


def test_words_stand_above_their_formula(live):
    shown = live.evaluate(
        """async () => {
            const { setEquation } = await import("/pages/frontend/slow-motion/mathml.js");
            const element = setEquation({ caption: "kept by dropout", formula: "× 1.25" });
            return [element.querySelector(".dsc-caption").textContent, element.querySelector("math").textContent,
                element.querySelector(".dsc-hidden").textContent];
        }"""
    )
    assert shown == ["kept by dropout", "×1.25", "kept by dropout: × 1.25"]


def test_a_name_is_no_formula(live):
    shown = live.evaluate(
        """async () => {
            const { setEquation } = await import("/pages/frontend/slow-motion/mathml.js");
            const element = setEquation(["x₁", { words: "<b>a / b = e^x" }, "5.1"]);
            return [element.querySelectorAll("mfrac, msup, b").length, element.querySelector("mtext").textContent,
                element.querySelector(".dsc-hidden").textContent];
        }"""
    )
    assert shown == [0, "<b>a / b = e^x", "x₁ = <b>a / b = e^x = 5.1"]


@pytest.mark.parametrize(("width", "height"), [(1066, 820), (906, 760)])
def test_the_panel_uses_its_room(open_harness, width, height):
    """Drawing and equations fill most of the height between head and controls."""
    page = open_harness(width=width, height=height)
    page.route(
        "**/slow-motion.json*", lambda route: route.fulfill(body=json.dumps(STEP), content_type="application/json")
    )
    page.evaluate("harness.mount({})")
    page.evaluate("harness.begin({state: {state: 'paused'}})")
    settle(page)
    page.click("[data-testid=slow-motion]")
    page.wait_for_selector("[data-testid=slow-where]:not(:empty)")
    page.click("[data-testid=phase-1]")
    settle(page)
    stage, equations = (
        page.locator(f".dsc-slow-body {each}").bounding_box() for each in (".dsc-stage", ".dsc-equations")
    )
    assert equations["height"] > 0.5 * stage["height"]
    drawn = page.evaluate(
        """() => {
            const canvas = document.querySelector("[data-testid=slow-canvas]");
            const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const isDrawn = y => data.subarray(4 * y * width, 4 * (y + 1) * width).some(value => value);
            const rows = [...Array(height).keys()].filter(isDrawn);
            return (rows.at(-1) - rows[0]) / height;
        }"""
    )
    assert drawn > 0.4
    assert page.evaluate(
        "() => { const e = document.querySelector('.dsc-slow-words'); return e.scrollWidth <= e.clientWidth }"
    )


def test_after_the_last_phase_comes_the_next_batch_and_back_returns(panel, asked):
    for _ in range(5):
        panel.click("[data-testid=slow-next]")
    panel.wait_for_function("document.querySelector('[data-testid=slow-where]').textContent.startsWith('batch 2 of 2')")
    assert [query["batch"] for query in asked] == ["0", "1"]
    for _ in range(4):
        panel.click("[data-testid=slow-next]")
    settle(panel)
    assert panel.is_disabled("[data-testid=slow-next]")
    panel.click("[data-testid=phase-0]")
    panel.click("[data-testid=slow-back]")
    panel.wait_for_function("document.querySelector('[data-testid=slow-where]').textContent.startsWith('batch 1 of 2')")
    assert "optimizer.apply_gradients" in text(panel, "code")


def test_another_row_is_followed(panel, asked):
    panel.click("[data-testid=slow-row]")
    panel.wait_for_function("document.querySelector('[data-testid=slow-where]').textContent.endsWith('row 2 of 4')")
    assert asked[-1] == {"batch": "0", "sample": "1"}


def test_keys_go_through_phases_and_neurons_and_escape_closes_and_gives_the_focus_back(panel):
    panel.keyboard.press("ArrowRight")
    panel.keyboard.press("ArrowDown")
    assert "a₂ = tanh(1.000) = 0.762" in text(panel, "equations")
    panel.keyboard.press("ArrowDown")
    assert "This is the output." in text(panel, "sentence")
    panel.keyboard.press("ArrowLeft")
    settle(panel)
    assert panel.get_attribute("[data-testid=phase-0]", "aria-current") == "step"
    panel.keyboard.press("Escape")
    assert not panel.is_visible(PANEL)
    assert panel.evaluate("document.activeElement.dataset.testid") == "slow-motion"


def test_tab_stays_within_the_dialog(panel):
    seen = set()
    for _ in range(30):
        panel.keyboard.press("Tab")
        seen.add(panel.evaluate(f"document.querySelector('{PANEL}').contains(document.activeElement)"))
    assert seen == {True}


def test_play_slowly_can_be_paused(panel):
    panel.click("[data-testid=slow-play]")
    assert text(panel, "play") == "Pause"
    panel.wait_for_selector("[data-testid=phase-1][aria-current=step]")
    panel.click("[data-testid=slow-play]")
    assert text(panel, "play") == "Play slowly"


def test_it_is_offered_while_the_run_rests_only(panel):
    panel.keyboard.press("Escape")
    panel.evaluate("harness.begin({state: {state: 'running'}, first: 2})")
    settle(panel)
    assert panel.is_disabled("[data-testid=slow-motion]")


def test_what_the_server_says_instead_is_shown(live):
    # Not a real request: the browser itself would note its failure on the console.
    live.evaluate("window.fetch = async () => new Response('Not now.', {status: 404})")
    live.evaluate("harness.begin({state: {state: 'paused'}})")
    settle(live)
    live.click("[data-testid=slow-motion]")
    live.wait_for_function("document.querySelector('[data-testid=slow-sentence]').textContent === 'Not now.'")


LONG = ["mean of the largest compactness of all nuclei", "标准误差最大的三个细胞核的紧致度平均值", "y"]


@pytest.mark.parametrize("width", [1066, 390])
def test_no_equation_is_cut_in_chinese_or_by_long_names(open_harness, width):
    """Names break their lines as text does, sums and products before their signs."""
    rows = {name: [*STEP["layers"][0][name], [0.4, 0.2]] for name in ("weights", "gradients", "new_weights")}
    hidden = {**STEP["layers"][0], **rows, "inputs": [1.0, 2.0, 3.0], "fan_in": 3}
    step = {
        **STEP,
        "inputs": {"names": LONG, "values": [1234.5, -0.00123, 3.0], "of": 3},
        "layers": [hidden, STEP["layers"][1]],
        "optimizer": "adam",
    }
    page = open_harness(width=width, height=844)
    page.route("**/slow-motion.json*", lambda route: route.fulfill(json=step))
    page.evaluate("words => { harness.mount({}); harness.speak('zh', words); }", json.loads(browser_words("zh").text))
    page.evaluate("harness.begin({state: {state: 'paused'}})")
    settle(page)
    page.click("[data-testid=slow-motion]")
    page.wait_for_selector("[data-testid=slow-where]:not(:empty)")
    for phase in range(5):
        page.click(f"[data-testid=phase-{phase}]")
        settle(page)
        cut = page.evaluate(
            """() => {
                const edge = document.querySelector(".dsc-equations").getBoundingClientRect().right;
                const right = (each) => each.getBoundingClientRect().right;
                return [...document.querySelectorAll(".dsc-set *")].filter((each) => right(each) > edge)
                    .map((each) => each.textContent);
            }"""
        )
        assert cut == [], phase
    assert page.locator("[data-testid=slow-equations] math").first.evaluate(
        "math => getComputedStyle(math).fontFamily.includes('Descent CJK')"
    )
    assert page.locator(".dsc-code").evaluate("code => getComputedStyle(code).fontFamily.includes('Descent CJK')")
