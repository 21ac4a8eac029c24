"""Another language changes every word of the view, and nothing else."""

import base64
import json
import re
from typing import Any

import pytest

from pages.catalogues.extraction import extract

from .conftest import settle
from .test_messages import encoded
from .test_network import SEND
from .test_slow_motion_panel import STEP

#: What our scenes have of other people's words, and what is the same in every language.
IDENTIFIERS = {
    *("adam", "binary", "crossentropy", "ln", "relu", "sgd", "sigmoid", "softmax", "tanh"),
    *("height", "lower", "species", "setosa", "upper", "versicolor", "virginica", "pixel"),
}

#: What the server says in these scenes; core has some of it, other sentences stand for those that it may have.
SAID: dict[str, dict[str, Any]] = {
    "always '{name}'": {"said": "always '{name}'", "values": {"name": "a"}},
    "always the mean": {"said": "always the mean"},
    "There is no reason.": {"said": "There is no reason."},
    "cross-entropy": {"said": "cross-entropy"},
    "mean squared error": {"said": "mean squared error"},
    "All values have the same sign.": {"said": "All values have the same sign."},
    "The loss became infinite in epoch {epoch:,}.": {
        "said": "The loss became infinite in epoch {epoch:,}.", "values": {"epoch": 3},
    },
    "the other {n} features at their median": {
        "said": "the other {n} feature at its median", "plural": "the other {n} features at their median",
        "values": {"n": 2},
    },
    "A note.": {"said": "A note."},
    "drawing the pictures": {"said": "drawing the pictures"},
    "principal component {n}": {"said": "principal component {n}", "values": {"n": 1}},
    "the plane of the first two principal components ({share:.1%} of the variance)": {
        "said": "the plane of the first two principal components ({share:.1%} of the variance)",
    },
    "Not now.": {"said": "Not now."},
}  # fmt: skip

#: Names that registries of core know, and the scenes use.
NAMES = ["petal length (cm)", "petal width (cm)", "sepal length (cm)", "sepal width (cm)", "Hidden 1", "Output"]

#: All texts for people below the live view, and what canvases were told to write; formulas are set beside their text.
SEEN = """
(root) => {
    const seen = [];
    const walk = element => {
        if (element.matches(".dsc-set, .dsc-code, [translate=no]")) return;
        for (const name of ["title", "aria-label", "aria-valuetext", "aria-roledescription", "alt", "placeholder"]) {
            if (element.hasAttribute(name)) seen.push(element.getAttribute(name));
        }
        if (!element.children.length || [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) {
            seen.push(element.textContent);
        }
        [...element.children].forEach(walk);
    };
    walk(document.querySelector(root ?? "[data-testid=live]"));
    return [...seen, ...(window.written ?? [])];
}
"""

#: Speak another language, and note from then on what is written on canvases.
SPEAK = """
words => {
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.written = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(text);
        return fillText.call(this, text, ...rest);
    };
    harness.speak("zh", words);
}
"""


def marked(template):
    """A template in a language where every word of ours stands in ⟦ ⟧, and no value does."""
    parts = re.split(r"(\{\w+(?::[^}]*)?\})", template)
    return "".join(
        part if re.fullmatch(r"\{\w+(?::[^}]*)?\}", part) or not part.strip() else f"⟦{part}⟧" for part in parts
    )


def bare(text):
    """The Latin words of a text outside of ⟦ ⟧, other than identifiers."""
    outside = text
    while (less := re.sub(r"⟦[^⟦⟧]*(?:⟧|…$)", " ", outside)) != outside:
        outside = less
    return {word for word in re.findall(r"[A-Za-z][A-Za-z_]+", outside) if word not in IDENTIFIERS}


@pytest.fixture(scope="module")
def marked_words():
    words: dict[str, str | list[str]] = {}
    for template in (message.id for message in extract() if message.id):
        if isinstance(template, str):
            words[template] = marked(template)
        else:
            words[template[0]] = [marked(template[1])]
    for said in SAID.values():
        words[said["said"]] = [marked(said["plural"])] if "plural" in said else marked(said["said"])
    return words | {name: f"⟦{name}⟧" for name in NAMES}


@pytest.fixture
def speak(marked_words):
    """Have a page speak it, and collect what it says then."""

    def words_of(page):
        page.evaluate(SPEAK, marked_words)
        settle(page)
        found = page.evaluate(SEEN)
        assert any("⟦" in each for each in found)
        return {each: bare(each) for each in found if bare(each)}

    return words_of


def begin(page, state, **more):
    """A small network in some state, with what the server says as templates."""
    baseline = {"loss": 0.7, "metric": 0.5, "label": SAID["always '{name}'"], "reason": SAID["There is no reason."]}
    page.evaluate("info => { harness.info = info; }", {"baseline": baseline, "loss_name": SAID["cross-entropy"]})
    page.evaluate(SEND, {"words": [SAID["All values have the same sign."]]})
    told = {"state": state, "epoch": 1, "epochs": 10, "message": None, "tone": "info", "changes": [], **more}
    page.evaluate("state => harness.send({ state })", told)
    settle(page)


def test_the_check_finds_words(speak):
    assert bare("⟦of ⟧400⟦ epochs⟧") == set()
    assert bare("⟦of ⟧400 epochs") == {"epochs"}
    assert bare("⟦Predicted aga…") == set()
    assert marked("{a} of {b:,}") == "{a}⟦ of ⟧{b:,}"


def test_before_the_first_message_no_word_is_english(live, speak):
    live.evaluate("harness.mount({ note: { said: 'A note.' }, neighbours: { before: 'x', after: 'y' } })")
    assert speak(live) == {}


@pytest.mark.parametrize("state", ["idle", "queued", "running", "paused", "done", "stopped", "failed"])
def test_in_every_state_no_word_is_english(live, speak, state):
    downloads = {name: f"/{name}" for name in ("predictions", "history", "config", "model", "script", "film", "gif")}
    live.evaluate("downloads => harness.mount({ downloads })", downloads)
    message = SAID["The loss became infinite in epoch {epoch:,}."] if state == "failed" else None
    begin(live, state, message=message, queue_position=2, seconds_left=1e6, epochs_per_second=3,
          changes=[{"epoch": 1, "learning_rate": 0.01}],
          edits=[{"layer": 0, "row": 0, "unit": 0, "value": 1, "epoch": 1}])  # fmt: skip
    live.check("[data-testid=log-scale]")
    live.focus("[data-testid=loss-curve]")
    live.keyboard.press("Home")
    assert speak(live) == {}


def test_a_loss_with_a_penalty_and_one_below_its_axis_have_no_english_word(live, speak):
    begin(live, "running")
    live.evaluate("harness.info.penalised = true")
    live.evaluate("harness.begin({}, [[1, 0.5, 1, 0.5], [0, 0.5, 1e-12, 0.5], [1, 0.5, -1, 0.5], [0, 0.5, 1, 0.5]])")
    live.check("[data-testid=log-scale]")
    settle(live)
    assert live.inner_text("[data-testid=loss-below]").startswith(
        "Training loss is 0 in 2 epochs, first in 2; test loss"
    )
    assert speak(live) == {}


@pytest.mark.parametrize("scene", ["moons", "iris", "digits", "bumps"])
def test_scenes_have_no_english_word(open_harness, speak, scene):
    page = open_harness(f"scene={scene}&epoch=40")
    box = page.locator("[data-testid=boundary-canvas]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert speak(page) == {}


@pytest.mark.parametrize("keys", [["ArrowRight"], ["ArrowRight", "ArrowRight", "Enter"]])
def test_what_is_said_about_a_neuron_has_no_english_word(live, speak, keys):
    begin(live, "paused")
    live.locator("[data-testid=network-canvas]").focus()
    for key in keys:
        live.keyboard.press(key)
    settle(live)
    assert live.is_visible("[data-testid=network-tip]")
    assert live.is_visible("[data-testid=weight-editor]") is ("Enter" in keys)
    assert speak(live) == {}


def open_slow_motion(page, step=STEP):
    page.route(
        "**/slow-motion.json*", lambda route: route.fulfill(body=json.dumps(step), content_type="application/json")
    )
    begin(page, "paused")
    page.click("[data-testid=slow-motion]")
    page.wait_for_selector("[data-testid=slow-where]:not(:empty)")


@pytest.mark.parametrize("phase", range(5))
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_slow_motion_has_no_english_word(live, speak, phase, optimizer):
    first, last = STEP["layers"]
    layers = [{**first, "dropout": [0, 1.25], "normalized": [0.1, 0.2], "of": 20, "fan_in": 9}, last]
    symbol = STEP["loss_symbol"] if optimizer == "sgd" else ""
    open_slow_motion(live, {**STEP, "optimizer": optimizer, "penalty": 0.1, "loss_symbol": symbol, "layers": layers})
    live.click(f"[data-testid=phase-{phase}]")
    assert speak(live) == {}
    live.keyboard.press("ArrowDown")
    live.keyboard.press("ArrowDown")
    assert speak(live) == {}


def look_back(page):
    moment = encoded({"frame": {"epoch": 1, "map": None, "confusion": [[2, 0], [0, 2]]}}, [])
    page.route("**/moments/*", lambda route: route.fulfill(body=moment, content_type="application/octet-stream"))
    page.evaluate("harness.send({ moments: { epochs: [1, 2, 3], bytes: 1e6, limit: 32e6 } })")
    settle(page)
    page.evaluate(
        """() => {
            const slider = document.querySelector("[data-testid=time-slider]");
            slider.value = "0";
            slider.dispatchEvent(new Event("input"));
        }"""
    )
    page.wait_for_selector("[data-testid=live][data-moment='1']")
    settle(page)


def test_looking_back_has_no_english_word(live, speak):
    begin(live, "done")
    look_back(live)
    assert speak(live) == {}


ENOUGH = "12.12." + base64.urlsafe_b64encode(bytes(place for i in range(24) for place in (i, i))).decode()


@pytest.mark.parametrize("points", ["", "1.1.AAAAAA", "12.AAAA", ENOUGH])
def test_the_drawing_surface_has_no_english_word(live, speak, points):
    begin(live, "idle")
    live.evaluate("points => harness.draw({ points })", points)
    live.wait_for_selector("[data-testid=drawing]")
    live.wait_for_timeout(400)
    live.focus("[data-testid=drawing-canvas]")
    live.keyboard.press("ArrowRight")
    assert speak(live) == {}


@pytest.mark.parametrize("code", [1006, 4403, 4404])
def test_a_socket_that_is_gone_and_a_readers_view_have_no_english_word(live, speak, code):
    begin(live, "running")
    live.evaluate("harness.mount({ owner: false })")
    live.evaluate("code => harness.socket.drop(code)", code)
    assert speak(live) == {}
    assert live.inner_text("[data-testid=hint]") == "⟦Read-only: this run was started in another browser.⟧"


@pytest.mark.parametrize("allowed", [True, False])
def test_what_copying_says_has_no_english_word(open_harness, speak, allowed):
    page = open_harness("scene=moons", permissions=["clipboard-read", "clipboard-write"])
    if not allowed:
        page.evaluate(
            """() => {
                Object.defineProperty(navigator, "clipboard", { value: undefined });
                document.execCommand = () => false;
            }"""
        )
    page.evaluate("harness.bar()")
    page.click("[data-testid=copy-link]")
    page.wait_for_selector(".descent-did")
    assert speak(page) == {}
    assert "⟦" in page.text_content(".descent-copying [role=status]")


def test_what_the_server_answers_has_no_english_word(live, speak):
    live.evaluate('window.fetch = async () => new Response(\'{"said":"Not now."}\', { status: 404 })')
    live.evaluate("harness.mount({ downloads: { film: '/film.html' } })")
    begin(live, "paused")
    live.click("[data-testid=slow-motion]")
    live.click(".dsc-slow [data-testid=slow-close]")
    live.click(".dsc-menu summary")
    live.click("[data-file=film]")
    live.wait_for_selector("[data-testid=task][data-state=failed]")
    assert speak(live) == {}
    assert live.inner_text("[data-testid=task] [role=status]") == "⟦Not now.⟧"


def test_a_film_that_is_being_made_says_so_in_the_readers_language_and_is_asked_for_in_it(live, speak):
    live.evaluate(
        """words => {
            window.asked = [];
            window.fetch = async (address) => {
                window.asked.push(address.replace(location.origin, ""));
                const told = { task: "t1", state: "running", position: 0, progress: 0.5, words };
                return new Response(JSON.stringify(told), { status: 202 });
            };
            harness.mount({ downloads: { film: '/film.html' } });
        }""",
        SAID["drawing the pictures"],
    )
    begin(live, "done")
    live.click(".dsc-menu summary")
    live.click("[data-file=film]")
    live.wait_for_selector("[data-testid=task][data-state=running]")
    assert live.inner_text("[data-testid=task] [role=status]") == "50 %: drawing the pictures"
    assert speak(live) == {}
    live.click("[data-file=film]")
    live.wait_for_function("window.asked.some(address => address.includes('lang=zh'))")
    assert live.evaluate("window.asked[0]") == "/film.html?wait=0&lang=en"
    assert live.evaluate("window.asked.find(address => address.includes('lang=zh'))") == "/film.html?wait=0&lang=zh"


def test_nothing_that_was_opened_checked_or_looked_at_is_lost(live, marked_words):
    begin(live, "paused")
    live.check("[data-testid=log-scale]")
    live.uncheck(".dsc-toggles input >> nth=1")
    live.locator("[data-testid=network-canvas]").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        live.keyboard.press(key)
    live.fill("[data-testid=weight-value]", "0.125")
    live.evaluate(
        """() => {
            const drawnAnew = ".dsc-matrix, .dsc-legend, .dsc-note, .dsc-tip"; // nothing in them can be chosen
            const all = [...document.querySelectorAll("[data-testid=live] *")];
            window.before = all.filter(each => !each.closest(drawnAnew));
        }"""
    )
    live.evaluate("words => harness.speak('zh', words)", marked_words)
    settle(live)
    assert live.evaluate("window.before.filter(each => !each.isConnected).map(each => each.outerHTML)") == []
    assert live.is_checked("[data-testid=log-scale]")
    assert not live.is_checked(".dsc-toggles input >> nth=1")
    assert live.is_visible("[data-testid=weight-editor]")
    assert live.input_value("[data-testid=weight-value]") == "0.125"
    assert live.evaluate("document.activeElement.dataset.testid") == "weight-value"
    assert live.inner_text("[data-testid=boundary] h2") == "⟦Hidden 1⟧⟦, neuron ⟧1"
    live.evaluate("harness.speak('en', {})")
    settle(live)
    assert live.inner_text("[data-testid=boundary] h2") == "Hidden 1, neuron 1"


def test_the_time_machine_and_slow_motion_stay_where_they_are(live, marked_words):
    open_slow_motion(live)
    look_back(live)
    live.click("[data-testid=phase-2]")
    live.keyboard.press("ArrowDown")
    settle(live)
    sentence = live.inner_text("[data-testid=slow-sentence]")
    live.evaluate("words => harness.speak('zh', words)", marked_words)
    settle(live)
    assert live.get_attribute("[data-testid=live]", "data-moment") == "1"
    assert live.input_value("[data-testid=time-slider]") == "0"
    assert live.is_visible("[data-testid=slow-panel]")
    assert live.get_attribute("[data-testid=phase-2]", "aria-current") == "step"
    assert live.inner_text("[data-testid=slow-sentence]") != sentence
    live.evaluate("harness.speak('en', {})")
    settle(live)
    assert live.inner_text("[data-testid=slow-sentence]") == sentence


def test_text_alternatives_follow_at_once(live, marked_words):
    begin(live, "running")
    live.wait_for_function("document.querySelector('[data-testid=loss-curve]').ariaLabel?.includes('after epoch')")
    names = ("loss-curve", "accuracy-curve", "boundary-canvas", "network-canvas")
    alternatives = lambda: [live.get_attribute(f"[data-testid={name}]", "aria-label") for name in names]  # noqa: E731
    english = alternatives()
    live.evaluate("words => harness.speak('zh', words)", marked_words)
    assert all(each.startswith("⟦") for each in alternatives())
    live.evaluate("harness.speak('en', {})")
    assert alternatives() == english


def test_a_card_that_was_away_when_the_language_changed_speaks_it_when_it_comes(live, marked_words):
    begin(live, "running")
    live.evaluate("words => harness.speak('zh', words)", marked_words)
    live.evaluate("harness.mount({ channel: 'run-2', socket: '/descent/live/run-2' })")
    live.evaluate(
        """() => {
            const values = ["f32", [2], [1, 2]];
            harness.begin({ info: { task: "regression", class_names: [] },
                blocks: { predicted: values, actual: values },
                header: { frame: { epoch: 1, map: null, confusion: null } } });
        }"""
    )
    settle(live)
    assert live.inner_text(".dsc-outcome .dsc-note") == "⟦On the diagonal the prediction is exact.⟧"


def test_chinese_that_does_not_fit_is_cut_between_signs(live):
    cut = live.evaluate(
        """async () => {
            const { fit } = await import("/pages/frontend/ui/canvas.js");
            const context = { measureText: (text) => ({ width: [...text].length }) };
            const [commas, rare] = ["数据集、网络和训练", "𠮷𠮷𠮷𠮷"];
            const wide = [[commas, 4], [commas, 5], [rare, 3], ["petal length", 7], ["数据", 2]];
            return wide.map(([text, width]) => fit(context, text, width));
        }"""
    )
    assert cut == ["数据集…", "数据集…", "𠮷𠮷…", "petal …", "数据"]


def test_canvases_write_with_chinese_fonts_behind_the_pages_own(live):
    font = live.evaluate("document.querySelector('[data-testid=loss-curve]').getContext('2d').font")
    assert font.startswith('12px "Source Sans 3"')
    assert font.index("sans-serif") < font.index("PingFang SC") < font.index("Descent CJK")
