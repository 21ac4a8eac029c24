"""The linked views of the Evaluate page on a plain page: figures against scikit-learn, and what moves with what."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from core.evaluation.decisions import decision_curve, least_cost_threshold, threshold_of_costs
from core.evaluation.intervals import wilson
from core.protocol.wire import Part, encode
from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture

RANDOM = np.random.default_rng(5)
ACTUAL = RANDOM.integers(0, 2, 200)
#: Some of them equal, as of few rows that look alike.
SCORES = np.round(np.clip(RANDOM.normal(0.35 + 0.3 * ACTUAL, 0.2), 0.01, 0.99), 2).astype(np.float32)
THRESHOLDS = (0.0, 0.3, 0.5, float(SCORES[7]), 0.9, 1.0)
COSTS = {"missed": 7, "alarm": 1}


@pytest.fixture(scope="module")
def said(browser, harness_url):
    """What the browser's own formulas say of these rows."""
    page = browser.new_page()
    page.goto(harness_url)
    found = page.evaluate(
        """async ({ scores, actual, thresholds, costs }) => {
            const folder = "/pages/frontend/evaluating";
            const { Ranking, calibrationError, netBenefit, thresholdOfCosts } = await import(`${folder}/ranking.js`);
            const { AT_THRESHOLD } = await import(`${folder}/figures.js`);
            const { wilson } = await import(`${folder}/intervals.js`);
            const ranking = new Ranking(Float32Array.from(scores), (row) => actual[row] === 1);
            const bins = ranking.reliability();
            const figuresAt = (threshold) => Object.fromEntries(Object.entries(AT_THRESHOLD).map(
                ([name, figure]) => [name, figure(ranking.at(threshold), ranking.share)]));
            const benefitAt = (threshold) => {
                const { tp, fp } = ranking.at(threshold);
                return netBenefit(tp / ranking.events, fp / ranking.others, 0.1, threshold);
            };
            return {
                area: ranking.area, precision: ranking.averagePrecision, brier: ranking.brier, loss: ranking.logLoss,
                counts: thresholds.map((threshold) => ranking.at(threshold)), figures: thresholds.map(figuresAt),
                bins, error: calibrationError(bins), least: ranking.leastCost(0.1, costs),
                rule: thresholdOfCosts(costs, 0.1, 0.4), benefit: [0.2, 0.5].map(benefitAt),
                wilson: [[0, 9], [3, 9], [9, 9]].map(([part, whole]) => wilson(part, whole)),
            };
        }""",
        {"scores": SCORES.tolist(), "actual": ACTUAL.tolist(), "thresholds": THRESHOLDS, "costs": COSTS},
    )
    page.close()
    return found


def test_figures_that_no_threshold_changes_are_scikit_learns(said):
    assert said["area"] == pytest.approx(metrics.roc_auc_score(ACTUAL, SCORES), abs=1e-12)
    assert said["precision"] == pytest.approx(metrics.average_precision_score(ACTUAL, SCORES), abs=1e-12)
    assert said["brier"] == pytest.approx(metrics.brier_score_loss(ACTUAL, SCORES.astype(float)), abs=1e-9)
    assert said["loss"] == pytest.approx(metrics.log_loss(ACTUAL, SCORES.astype(float)), abs=1e-9)


@pytest.mark.parametrize("place", range(len(THRESHOLDS)))
@pytest.mark.filterwarnings("ignore")
def test_figures_at_a_threshold_are_scikit_learns(said, place):
    called = (SCORES.astype(np.float64) >= THRESHOLDS[place]).astype(int)
    tn, fp, fn, tp = metrics.confusion_matrix(ACTUAL, called).ravel().tolist()
    assert said["counts"][place] == {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    nothing = float("nan")
    own = {
        "recall": metrics.recall_score(ACTUAL, called),
        "specificity": metrics.recall_score(ACTUAL, called, pos_label=0),
        "positive_predictive_value": metrics.precision_score(ACTUAL, called) if called.any() else nothing,
        "negative_predictive_value": metrics.precision_score(ACTUAL, called, pos_label=0)
        if not called.all()
        else nothing,
        **{
            name: getattr(metrics, f"{name}_score")(ACTUAL, called)
            for name in ("accuracy", "balanced_accuracy", "f1", "cohen_kappa")
        },
        "matthews_corrcoef": metrics.matthews_corrcoef(ACTUAL, called),
    }
    assert said["figures"][place] == pytest.approx(own, abs=1e-9, nan_ok=True)


def test_reliability_is_scikit_learns(said):
    observed, predicted = calibration_curve(ACTUAL, SCORES.astype(float), n_bins=10, strategy="quantile")
    assert [each["observed"] for each in said["bins"]] == pytest.approx(observed.tolist())
    assert [each["predicted"] for each in said["bins"]] == pytest.approx(predicted.tolist())
    rows = np.array([each["rows"] for each in said["bins"]])
    assert rows.sum() == len(ACTUAL)
    assert said["error"] == pytest.approx(float((rows * np.abs(observed - predicted)).sum() / len(ACTUAL)))


def test_decisions_are_those_of_core(said):
    event, scores = ACTUAL == 1, SCORES.astype(np.float64)
    least = least_cost_threshold(event, scores, prevalence=0.1, missed=7, false_alarm=1)
    assert said["least"]["threshold"] == pytest.approx(least.threshold)
    assert said["least"]["cost"] == pytest.approx(least.cost)
    rule = threshold_of_costs(missed=7, false_alarm=1, prevalence=0.1, learnt=0.4)
    assert said["rule"] == pytest.approx(rule.threshold)
    curve = decision_curve(event, scores, np.array([0.2, 0.5]), 0.1)
    assert said["benefit"] == pytest.approx(curve["net_benefit"].tolist())
    assert said["wilson"] == [pytest.approx(wilson(part, 9)) for part in (0, 3, 9)]


FIGURES = {
    name: {"value": 0.75, "low": 0.5, "high": 0.875}
    for name in ("roc_auc", "average_precision", "accuracy", "balanced_accuracy", "matthews_corrcoef", "cohen_kappa",
                 "log_loss", "brier_score", "f1", "recall", "specificity", "positive_predictive_value",
                 "negative_predictive_value")
}  # fmt: skip
DATA = {
    "channel": "run-1", "socket": "/descent/live/run-1", "folder": "/descent/runs/run-1", "event": 1,
    "isMedical": True, "chose": {}, "asked": {}, "pages": ["explain"], "owner": True,
}  # fmt: skip


#: Two columns of these rows in their own units.
RAW = encode(
    [
        Part(
            {"rows": {"kind": "test", "rows": 200, "shown": 200, "names": ["age", "sex"], "dates": [], "picture": None,
                      "levels": {"sex": ["female", "male"]}}},
            {"raw": np.stack([np.arange(200), np.arange(200) % 2], axis=1).astype(np.float32)},
        )
    ]
)  # fmt: skip


@pytest.fixture
def open_page(open_harness):
    """The component, with what the run outputs for these rows; returns the page and what the server was asked."""

    def opened(asked=None, *, scores=SCORES, actual=ACTUAL, classes=("well", "ill"), more=None, **options):
        page, questions = open_harness(**options), []

        def answered(route):
            questions.append(route.request.url)
            route.fulfill(json={"epoch": 3, "metrics": FIGURES})

        page.route("**/descent/runs/*/evaluation.json*", answered)
        page.route("**/descent/runs/*/rows.bin*", lambda route: route.fulfill(body=RAW))
        data = {**DATA, "asked": asked or {}, **(more or {})}
        page.evaluate(
            """async data => {
                const { folders } = await import("/pages/frontend/descent.js");
                harness.host.replaceChildren();
                harness.data = data;
                harness.module = folders.evaluating;
                harness.mount({});
            }""",
            data,
        )
        page.wait_for_function("harness.sockets.length && harness.socket.readyState === 1")
        page.evaluate("names => { harness.info = { class_names: names }; }", list(classes))
        values = np.asarray(scores, np.float32).reshape(len(actual), -1)
        page.evaluate(
            """({ actual, values, width, classes, state }) => {
                const rows = actual.length;
                const targets = { classes, kinds: { test: { rows, shown: rows } } };
                harness.begin({
                    header: { targets, outputs: { epoch: 3 } }, state,
                    blocks: { target_test: ["u8", [rows], actual], output_test: ["f32", [rows, width], values] },
                });
            }""",
            {"actual": np.asarray(actual).tolist(), "values": values.ravel().tolist(), "width": values.shape[1],
             "classes": len(classes), "state": {"state": "done", "epoch": 3}},
        )  # fmt: skip
        page.wait_for_selector("[data-testid=evaluating][data-epoch='3']", state="visible")
        settle(page)
        return page, questions

    return opened


def counts(page):
    (tp, fn), (fp, tn) = json.loads(page.get_by_test_id("matrix").get_attribute("data-counts"))
    return tp, fn, fp, tn


def expected(threshold):
    called = SCORES.astype(np.float64) >= threshold
    event = ACTUAL == 1
    return tuple(int(np.sum(each)) for each in (called & event, ~called & event, called & ~event, ~called & ~event))


def told(page):
    return page.evaluate("harness.states.at(-1)[1]")


def test_the_threshold_moves_by_keys_and_everything_with_it(open_page):
    page, _ = open_page()
    assert counts(page) == expected(0.5)
    handle = page.get_by_test_id("threshold")
    handle.focus()
    for key, threshold in (("ArrowLeft", 0.49), ("PageUp", 0.59), ("Shift+ArrowRight", 0.591), ("End", 1), ("Home", 0)):
        page.keyboard.press(key)
        settle(page)
        assert handle.get_attribute("aria-valuenow") == f"{threshold:.3f}"
        assert counts(page) == expected(threshold)
    assert told(page)["threshold"] == "0"
    assert (
        page.get_by_test_id("per-1000")
        .inner_text()
        .endswith(f"0 missed, {1000 * np.mean(ACTUAL == 0):.0f} false alarms.")
    )


def test_no_key_is_lost_where_keys_come_faster_than_pictures(open_page):
    page, _ = open_page()
    page.get_by_test_id("threshold").evaluate(
        """handle => {
            const press = () => new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true });
            for (let key = 0; key < 7; key += 1) handle.dispatchEvent(press());
        }"""
    )
    settle(page)
    assert page.get_by_test_id("threshold").get_attribute("aria-valuenow") == "0.430"
    page.get_by_test_id("threshold").press("ArrowRight")
    settle(page)
    assert counts(page) == expected(0.44)


def test_less_than_one_missed_of_a_thousand_is_not_none(open_page):
    page, _ = open_page({"prevalence": "0.0005", "positive": "ill"})
    tp, fn, *_ = expected(0.5)
    missed = 0.5 * fn / (fn + tp)
    assert 0 < missed < 0.95
    assert f" {missed:.1g} missed, " in page.get_by_test_id("per-1000").inner_text()


def test_the_threshold_is_dragged_and_told_once_it_rests(open_page):
    page, questions = open_page()
    page.evaluate("harness.states.length = 0")
    box = page.get_by_test_id("chart-scores").bounding_box()
    line = page.locator(".dsc-ev-grip").bounding_box()
    page.mouse.move(line["x"] + 10, line["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, line["y"] + 10, steps=4)
    settle(page)
    threshold = float(page.get_by_test_id("evaluating").get_attribute("data-threshold"))
    assert 0.3 < threshold < 0.45
    assert counts(page) == expected(threshold)
    assert page.evaluate("harness.states.length") == 0
    page.mouse.up()
    assert float(told(page)["threshold"]) == threshold
    page.wait_for_function("() => document.querySelector('[data-metric=f1]').dataset.value === '0.75'")
    assert f"threshold={threshold}" in questions[-1]
    assert "0.500–0.875" in page.locator("[data-metric=f1]").inner_text()


def test_prevalence_and_costs_change_what_it_means(open_page):
    page, _ = open_page({"prevalence": "0.02", "cost_missed": "9", "positive": "ill"})
    tp, fn, fp, tn = expected(0.5)
    head = page.locator(".dsc-ev-head")
    assert float(head.get_attribute("data-missed")) == pytest.approx(20 * fn / (fn + tp))
    assert float(head.get_attribute("data-alarms")) == pytest.approx(980 * fp / (fp + tn))
    rule = threshold_of_costs(missed=9, false_alarm=1, prevalence=0.02, learnt=float(ACTUAL.mean())).threshold
    page.get_by_test_id("use-least").click()
    settle(page)
    assert float(page.get_by_test_id("evaluating").get_attribute("data-threshold")) == pytest.approx(rule)
    page.get_by_test_id("prevalence").fill("50")
    page.keyboard.press("Enter")
    settle(page)
    assert told(page)["prevalence"] == "0.5"


def test_a_cell_a_bar_and_a_point_choose_rows_everywhere(open_page):
    page, _ = open_page()
    fn = expected(0.5)[1]
    root, rows = page.get_by_test_id("evaluating"), page.get_by_test_id("chosen-rows")
    wrong = np.flatnonzero((np.float32(0.5) <= SCORES) != (ACTUAL == 1))
    assert sorted(json.loads(rows.get_attribute("data-rows"))) == wrong.tolist()[: len(wrong)]
    page.locator("[data-cell=fn]").click()
    page.wait_for_function(f"() => document.querySelector('[data-testid=evaluating]').dataset.selected === '{fn}'")
    page.get_by_text(f"{fn} rows: missed").wait_for()
    missed = np.flatnonzero((np.float32(0.5) > SCORES) & (ACTUAL == 1))
    assert sorted(json.loads(rows.get_attribute("data-rows"))) == missed.tolist()
    rows.locator(".dsc-ev-row").first.click()
    settle(page)
    first = int(json.loads(rows.get_attribute("data-rows"))[0])
    assert told(page)["sample"] == str(first)
    assert page.get_by_role("link", name="Why?").get_attribute("href") == f"explain?run=run-1&sample={first}"
    page.get_by_test_id("clear-selection").click()
    settle(page)
    assert root.get_attribute("data-selected") == ""
    box = page.get_by_test_id("chart-reliability").bounding_box()
    (x, y) = page.evaluate(
        """async (scores) => {
            const { Ranking } = await import("/pages/frontend/evaluating/ranking.js");
            const canvas = document.querySelector("[data-testid=chart-reliability]");
            return [46, canvas.clientHeight - 36];
        }""",
        SCORES.tolist(),
    )
    for share in range(1, 60):  # along the first point's height range
        page.mouse.click(box["x"] + x + share * 4, box["y"] + y - share * 3)
        settle(page)
        if root.get_attribute("data-selected"):
            break
    assert 10 < int(root.get_attribute("data-selected")) < 40


def test_groups_move_with_the_threshold_and_the_most_harmed_comes_first(open_page):
    page, _ = open_page({"cost_missed": "3"})
    groups = page.get_by_test_id("subgroups")
    groups.get_by_role("button", name="female").wait_for()

    def own(threshold):
        called, event = SCORES.astype(np.float64) >= threshold, ACTUAL == 1
        found = []
        for place, name in enumerate(("female", "male")):
            rows = np.arange(200) % 2 == place
            harm = 3 * np.sum(rows & event & ~called) + np.sum(rows & ~event & called)
            found.append([name, int(rows.sum()), pytest.approx(harm / rows.sum())])
        return sorted(found, key=lambda each: -each[2].expected)

    assert json.loads(groups.get_attribute("data-groups")) == own(0.5)
    page.get_by_test_id("threshold").focus()
    page.keyboard.press("PageUp")
    wanted = json.dumps([[name, rows, harm.expected] for name, rows, harm in own(0.6)], separators=(",", ":"))
    page.wait_for_function(
        "wanted => document.querySelector('[data-testid=subgroups]').dataset.groups === wanted", arg=wanted
    )
    groups.get_by_role("button", name="female").click()
    page.wait_for_function("() => document.querySelector('[data-testid=evaluating]').dataset.selected === '100'")
    groups.get_by_test_id("group-column").select_option("0")
    groups.get_by_role("button", name="below 49.75").wait_for()


def test_the_less_it_answers_the_fewer_answers_are_wrong(open_page):
    page, _ = open_page()
    card = page.locator(".dsc-ev-abstaining")
    wrong = (np.float32(0.5) < SCORES) != (ACTUAL == 1)
    sure = np.maximum(SCORES, 1 - SCORES)
    for least in (0.5, 0.8):
        page.get_by_test_id("confidence").fill(str(least))
        settle(page)
        answered = sure >= least
        assert float(card.get_attribute("data-answered")) == pytest.approx(answered.mean())
        assert float(card.get_attribute("data-error")) == pytest.approx(wrong[answered].mean())
    page.get_by_role("button", name="Show the undecided").click()
    settle(page)
    assert page.get_by_test_id("evaluating").get_attribute("data-selected") == str(np.sum(~answered))


CALIBRATED = {
    "calibration": {"rows": 400, "temperature": 1.8, "thresholds": {}},
    "chosen_by": {"said": "Found on the training rows.", "values": {}},
    **{
        side: {"metrics": {"log_loss": {"value": loss}}, "expected_calibration_error": 0.1,
               "reliability": [{"predicted": 0.2, "observed": 0.3, "low": 0.1, "high": 0.6, "rows": 9}]}
        for side, loss in (("before", 0.6), ("after", 0.5))
    },
    "sets": [{"level": 0.9, "coverage": 0.91, "sizes": [8, 1], "certain": 0.89, "error": 0.02}],
}  # fmt: skip


def test_calibration_is_asked_for_and_followed_until_it_is_there(open_page, marked_words):  # noqa: F811
    page, _ = open_page()
    busy = {"task": "t1", "state": "running", "position": 0, "progress": 0.5, "result": None,
            "words": {"said": "part {part} of {parts}", "values": {"part": 2, "parts": 5}}}  # fmt: skip
    answers = [(202, busy), (200, CALIBRATED)]
    waiting = page.get_by_test_id("calibration")
    held = []
    page.route("**/descent/runs/*/calibration.json*", lambda route: held.append(route))

    def answer():
        while not held:
            page.wait_for_timeout(10)
        status, told = answers.pop(0)
        held.pop().fulfill(status=status, json=told)

    page.get_by_test_id("begin-calibration").click()
    answer()
    waiting.get_by_text("50 %: part 2 of 5").wait_for()
    assert page.get_by_test_id("cancel-calibration").is_visible()
    answer()
    page.locator("[data-testid=calibration][data-state=done]").wait_for()
    text = waiting.inner_text()
    assert "Found on the training rows." in text
    assert "after, temperature 1.80" in text
    assert "90 %\t91.0 %\t89.0 %\t2.0 %" in text
    page.evaluate("words => harness.speak('zh', words)", marked_words | {"Found on the training rows.": "⟦found⟧"})
    seen = page.evaluate(SEEN, "[data-testid=calibration]")
    assert {word for each in seen for word in bare(each)} == set()


def test_numbers_have_their_own_views(open_harness, marked_words):  # noqa: F811
    page = open_harness()
    actual, predicted = RANDOM.normal(100, 20, 80), RANDOM.normal(100, 20, 80)
    figures = {"epoch": 3, "metrics": {"r2": {"value": 0.25, "low": 0.125, "high": 0.5}}}
    page.route("**/descent/runs/*/evaluation.json*", lambda route: route.fulfill(json=figures))
    page.route("**/descent/runs/*/rows.bin*", lambda route: route.fulfill(body=RAW))
    page.evaluate(
        """async data => {
            const { folders } = await import("/pages/frontend/descent.js");
            harness.host.replaceChildren();
            harness.data = data;
            harness.module = folders.evaluating;
            harness.mount({});
        }""",
        DATA,
    )
    page.wait_for_function("harness.sockets.length && harness.socket.readyState === 1")
    page.evaluate(
        """({ actual, predicted }) => {
            harness.info = { task: "regression", class_names: [], target_name: "height" };
            const rows = actual.length;
            harness.begin({
                header: { targets: { classes: 0, kinds: { test: { rows, shown: rows } } }, outputs: { epoch: 3 } },
                blocks: { target_test: ["f32", [rows], actual], output_test: ["f32", [rows, 1], predicted] },
                state: { state: "done" },
            });
        }""",
        {"actual": actual.tolist(), "predicted": predicted.tolist()},
    )
    page.get_by_text("On average off by").wait_for()
    assert f"{metrics.mean_absolute_error(actual, predicted):.2f}" in page.get_by_test_id("off-by").inner_text()
    page.wait_for_function("() => document.querySelector('.dsc-ev-numbers [data-metric=r2]').dataset.value === '0.25'")
    error = page.locator(".dsc-ev-numbers [data-metric=root_mean_squared_error]").get_attribute("data-value")
    assert float(error) == pytest.approx(metrics.root_mean_squared_error(actual, predicted), rel=1e-5)
    worst = np.argsort(-np.abs(predicted - actual))
    rows = page.locator(".dsc-ev-numbers [data-testid=chosen-rows]")
    assert json.loads(rows.get_attribute("data-rows"))[:5] == worst[:5].tolist()
    box = page.get_by_test_id("chart-fit").bounding_box()
    page.mouse.move(box["x"] + 46, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] - 36, steps=2)
    page.mouse.up()
    settle(page)
    assert page.get_by_test_id("evaluating").get_attribute("data-selected") == "80"
    rows.locator(".dsc-ev-row[data-row]").first.click()
    settle(page)
    names = ("height", "age", "sex", "female", "male")
    page.evaluate("words => harness.speak('zh', words)", marked_words | {name: f"⟦{name}⟧" for name in names})
    settle(page)
    seen = page.evaluate(SEEN, ".dsc-ev-numbers")
    assert {word for each in seen for word in bare(each)} == set()


def test_of_many_classes_one_is_looked_at_and_all_can_be_seen(open_page):
    actual = np.arange(90) % 3
    scores = np.full((90, 3), 0.2) + 0.4 * np.eye(3)[np.where(np.arange(90) < 9, 0, actual)]
    page, _ = open_page(classes=("a", "b", "c"), scores=scores, actual=actual, more={"event": 2})
    assert counts(page) == (27, 3, 0, 60)
    page.get_by_role("button", name="All classes").click()
    settle(page)
    assert page.get_by_role("button", name="b taken for a: 3").count() == 1
    with page.expect_request(lambda request: "positive=a" in request.url):
        page.get_by_test_id("positive").select_option("0")
    assert told(page)["positive"] == "a"


def test_rows_that_are_withheld_leave_the_page(open_page):
    page, _ = open_page()
    page.evaluate(
        "harness.begin({ state: { state: 'done', withheld: { said: 'This table is private.', values: {} } } })"
    )
    settle(page)
    assert page.get_by_test_id("evaluating-note").inner_text() == "This table is private."
    assert page.get_by_test_id("evaluating").get_attribute("data-epoch") == ""
    assert page.locator(".dsc-ev-linked").is_hidden()
    figure = page.locator(".dsc-ev-alone [data-metric=roc_auc]")
    figure.get_by_text("0.500–0.875").wait_for()
    assert page.locator(".dsc-ev-below-fold").is_hidden()


@pytest.mark.parametrize("width", [1102, 390])
def test_every_word_is_in_the_readers_language(open_page, marked_words, width):  # noqa: F811
    page, _ = open_page({"sample": "3", "cost_missed": "9"}, width=width)
    page.locator("[data-cell=fn]").click()
    settle(page)
    words = marked_words | {name: f"⟦{name}⟧" for name in ("well", "ill", "age", "sex", "female", "male")}
    page.evaluate("words => harness.speak('zh', words)", words)
    page.wait_for_timeout(400)  # lists are made at most four times a second
    settle(page)
    seen = page.evaluate(SEEN, "[data-testid=evaluating]")
    assert {word for text in seen for word in bare(text)} == set()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
