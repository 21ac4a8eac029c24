"""The page /explain on a plain page, with a server that the test plays."""

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from core.explanation.methods import METHODS
from core.explanation.truth_trials import Trial
from core.protocol.wire import Part, encode
from core.tasks.checked_against_truth import RANKINGS, TruthOptions, as_json
from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture

COLUMNS = ["age", "sex", "lactate"]
DATA = {
    "folder": "/descent/runs/one", "truth": "/descent/explain/truth", "lab": "/descent/lab",
    "results": "/descent/explain/tasks",
    "methods": [
        {name: getattr(method, name) for name in ("name", "title", "can", "cannot", "unit", "of_a_row")}
        for method in METHODS.values() if method.of_all
    ],
    "isRegression": False, "target": "state", "classes": ["healthy", "ill"], "columns": COLUMNS, "picture": None,
    "isTraining": False, "withheld": False, "asked": {},
}  # fmt: skip
PIXELS = ["p0", "p1", "p2", "p3"]
PICTURE = {**DATA, "picture": {"names": PIXELS, "shape": [2, 2, 1]}, "columns": [*PIXELS, *COLUMNS]}


def explanation(query):
    """Lactate counts most, age speaks against the class in a single row."""
    method, row = query["method"], query.get("row")
    if method == "partial_dependence":
        column = query["feature"]
        values = ["female", "male"] if column == "sex" else [1.0, 2.0, 3.0]
        rows = [[0.1 * number for number in range(len(values))], [0.9 for _ in values]]
        return {"epoch": 7, "method": method, "feature": column, "positive": "ill", "values": values,
                "kind": "level" if column == "sex" else "number", "mean": list(np.mean(rows, axis=0)), "rows": rows,
                "row_numbers": [0, 1], "own": [values[0], values[1]], "reason": None}  # fmt: skip
    values = [0.2, 0.05, 0.7] if row is None else [-1.5, 0.25, 1.0 + float(row)]
    features = [{"name": name, "value": value, "spread": 0.1 if row is None else None}
                for name, value in zip(COLUMNS, values, strict=True)]  # fmt: skip
    if "pixels" in query:
        features = [{"name": f"p{place}", "value": place / 10, "spread": None} for place in range(4)] + features
    return {"epoch": 7, "method": method, "row": row, "positive": "ill", "features": features,
            "completeness": 0.002 if method == "integrated_gradients" else None, "reason": None}  # fmt: skip


def leaf(rows, share):
    return {"rows": rows, "value": [share, 1 - share], "column": None, "threshold": None, "missing_left": False,
            "left": None, "right": None}  # fmt: skip


TREE = {
    "epoch": 7, "depth": 3, "task": "classification", "columns": COLUMNS, "classes": ["healthy", "ill"],
    "target": "state", "levels": {"sex": ["female", "male"]}, "dates": [],
    "nodes": [
        {"rows": 90, "value": [0.6, 0.4], "column": 2, "threshold": 1.75, "missing_left": False, "left": 1, "right": 2},
        leaf(50, 0.9),
        {"rows": 40, "value": [0.2, 0.8], "column": 1, "threshold": 0.5, "missing_left": False, "left": 3, "right": 4},
        leaf(15, 0.5),
        leaf(25, 0.0),
    ],
    "train": {"rows": 90, "agreement": 0.95, "constant": 0.6}, "test": {"rows": 30, "agreement": 0.9, "constant": 0.6},
    "tree_score": 0.8, "network_score": 0.85,
}  # fmt: skip

SEEDS = {
    "epoch": 7, "method": "permutation", "row": None, "seeds": [0, 1, 2],
    "features": [
        {"name": "age", "value": 0.2, "spread": 0.1, "values": [0.2, 0.3, 0.1], "ranks": [2, 1, 2]},
        {"name": "sex", "value": 0.05, "spread": 0.01, "values": [0.05, 0.06, 0.04], "ranks": [3, 3, 3]},
        {"name": "lactate", "value": 0.5, "spread": 0.3, "values": [0.7, 0.2, 0.6], "ranks": [1, 2, 1]},
    ],
    "agreement": 0.667, "rows": {"count": 30, "agreement": 0.5, "same_first": 0.35}, "reason": None,
}  # fmt: skip

MAPS = {
    "epoch": 7, "row": 0, "rows": 2, "classes": ["healthy", "ill"], "actual": 0, "probabilities": [0.3, 0.7],
    "label": 1, "value": 0.85, "patch": 3,
    "blocks": [
        {"name": "scan", "title": "scan", "is_picture": True, "shape": [2, 2, 1], "columns": [],
         "shown": [0, 80, 160, 255], "slope": [0.1, -0.2, 0, 0.3], "covered": [1, 0, -0.5, 2], "whole": 2.5},
        {"name": "table", "title": "table", "is_picture": False, "shape": [3], "columns": COLUMNS,
         "shown": [61, 1, 2.25], "slope": [0, 0, 0], "covered": [0.5, 0, -0.25], "whole": -0.3},
    ],
}  # fmt: skip


def truth(age_error, seeds=10, done=10):
    order = [5, 0, 1, 2, 3, 4, 6, 7, 8, 9] if age_error else [0, 1, 2, 3, 4, 6, 5, 7, 8, 9]
    importance = np.zeros(10)
    importance[order] = np.arange(10, 0, -1)
    trials = [Trial(0.75, dict.fromkeys(RANKINGS, importance))] * done
    return json.loads(as_json(trials, TruthOptions(age_error=age_error, seeds=seeds)))


@pytest.fixture
def open_explain(open_harness):
    """Open the page; returns it, what was asked for, and what was told to Streamlit."""

    def open_page(data=DATA, withheld=None, **options):
        page, asked = open_harness(**options), []

        def answer(route):
            url = urlsplit(route.request.url)
            query, name = {key: value[0] for key, value in parse_qs(url.query).items()}, url.path.rpartition("/")[2]
            asked.append((name, query))
            if name == "rows.bin":
                header = {
                    "rows": 2,
                    "names": COLUMNS,
                    "levels": {"sex": ["female", "male"]},
                    "dates": [],
                    "picture": None,
                }
                raw = np.array([[61, 1, 2.25], [44, 0, np.nan]], np.float32)
                route.fulfill(body=encode([Part({"rows": header}, {"raw": raw})]))
            elif name == "predictions.csv":
                route.fulfill(body="actual,predicted\r\nhealthy,ill\r\nill,ill\r\n")
            elif name == "explanation.json":
                if data["picture"]:
                    query = {**query, "pixels": "1"}
                route.fulfill(json=explanation(query))
            elif name == "explanation-seeds.json":
                route.fulfill(json=SEEDS)
            elif name == "surrogate.json":
                route.fulfill(json=TREE)
            else:
                route.fulfill(json={**MAPS, "row": int(query["row"]), "label": int(query.get("label", 1))})

        page.route("**/descent/runs/one/**", answer)
        page.evaluate(
            """async data => {
                const { folders } = await import("/pages/frontend/descent.js");
                harness.host.replaceChildren();
                harness.told = [];
                const setStateValue = (name, value) => harness.told.push(value);
                const component = { data, parentElement: harness.host, key: "explain", setStateValue };
                harness.module = { mount: () => folders.explain.mount(component) };
                harness.module.mount();
            }""",
            data,
        )
        page.wait_for_selector(".dsc-ex", state="visible")
        settle(page)
        return page, asked

    return open_page


def test_columns_are_ranked_and_the_first_one_s_dependence_is_shown(open_explain):
    page, _ = open_explain()
    ranked = page.get_by_test_id("ranked").locator("li")
    assert [line.get_attribute("data-column") for line in ranked.all()] == ["lactate", "age", "sex"]
    assert "0.700 ± 0.100" in ranked.first.inner_text()
    page.locator("[data-testid=dependence][data-column=lactate]").wait_for()
    chart = page.get_by_test_id("dependence-chart")
    assert chart.locator(".dsc-ex-mean").count() == chart.locator(".dsc-ex-mine").count() == 1
    chart.press("ArrowRight")
    said = page.get_by_test_id("dependence").get_by_role("status")
    assert said.inner_text() == "lactate 1.000: mean 0.450, for eight of ten rows 0.000 to 0.900"
    assert "moves from 0.450 to 0.550" in chart.get_attribute("aria-label")


def test_one_switch_changes_method_ranking_and_the_row(open_explain):
    page, asked = open_explain()
    note = page.get_by_test_id("one-row").locator(".dsc-under")
    note.get_by_text("Integrated gradients: the method above is about all rows together.").wait_for()
    page.get_by_label("Occlusion").check()
    page.locator("[data-testid=ranking][data-method=occlusion]").wait_for()
    page.locator("[data-testid=one-row][data-method=occlusion]").wait_for()
    assert METHODS["occlusion"].can in page.get_by_test_id("ranking").inner_text()
    assert METHODS["occlusion"].cannot in page.get_by_test_id("ranking").inner_text()
    assert page.evaluate("harness.told.at(-1)") == {"method": "occlusion", "sample": "0"}
    page.get_by_label("Permutation").check()
    page.locator("[data-testid=ranking][data-method=permutation]").wait_for()
    rankings = [query["method"] for name, query in asked if name == "explanation.json" and "row" not in query]
    assert rankings.count("permutation") == 1, "what came is kept"


def test_from_seed_to_seed_is_never_hidden(open_explain):
    page, asked = open_explain()
    said = page.get_by_test_id("seeds-said")
    assert said.inner_text() == "This is one network. Another seed of the same recipe may rank otherwise."
    page.get_by_test_id("compare-seeds").click()
    page.locator("[data-seeds='3']").wait_for()
    assert "agree at r = 0.67" in said.inner_text()
    assert "For 35% of the 30 rows all 3 networks name the same strongest column." in said.inner_text()
    ranked = page.get_by_test_id("ranked").locator("li")
    assert ranked.first.locator(".dsc-ex-seed").count() == 3
    assert "rank 1–2" in ranked.first.inner_text()
    assert "rank 3" in ranked.nth(2).inner_text()
    assert [query["method"] for name, query in asked if name == "explanation-seeds.json"] == ["permutation"]


def test_a_clicked_column_of_levels_is_shown_with_its_words(open_explain):
    page, _ = open_explain()
    page.get_by_test_id("ranked").get_by_role("button", name="sex").click()
    page.locator("[data-testid=dependence][data-column=sex]").wait_for()
    assert {"female", "male"} <= set(page.get_by_test_id("dependence-chart").locator("text").all_text_contents())
    assert page.evaluate("harness.told.at(-1).feature") == "sex"


def test_a_row_is_shown_with_its_own_values_and_what_adds_up(open_explain):
    page, _ = open_explain({**DATA, "asked": {"method": "integrated_gradients", "sample": "1"}})
    one = page.get_by_test_id("one-row")
    one.get_by_text("Labelled “ill”; the network says “ill”.").wait_for()
    bars = one.get_by_test_id("row-bars").locator("li")
    assert [bar.get_attribute("data-column") for bar in bars.all()] == ["lactate", "age", "sex"]
    assert "missing" in bars.nth(0).inner_text()
    assert "female" in bars.nth(2).inner_text()
    assert "by +0.75 from those of the mean training row. The parts lack 0.20%" in one.inner_text()
    one.get_by_test_id("row-before").click()
    one.get_by_text("Labelled “healthy”; the network says “ill”.").wait_for()
    assert page.evaluate("harness.told.at(-1).sample") == "0"


def test_a_row_has_the_number_that_it_has_in_the_address(open_explain):
    page, _ = open_explain({**DATA, "asked": {"method": "integrated_gradients", "sample": "1"}})
    one = page.get_by_test_id("one-row")
    one.get_by_text("Labelled “ill”; the network says “ill”.").wait_for()
    number = one.get_by_test_id("row")
    assert number.input_value() == "1"
    number.fill("0")
    number.press("Enter")
    one.get_by_text("Labelled “healthy”; the network says “ill”.").wait_for()
    assert page.evaluate("harness.told.at(-1).sample") == "0"
    number.fill("")
    number.blur()
    assert number.input_value() == "0", "an emptied field says again which row is shown"
    number.fill("99")
    number.blur()
    last = number.get_attribute("max")
    page.wait_for_function("last => harness.told.at(-1).sample === last", arg=last)
    assert number.input_value() == last


def test_a_tree_says_its_rules_and_how_well_it_imitates(open_explain):
    page, asked = open_explain()
    tree = page.get_by_test_id("tree")
    tree.locator("[data-testid=tree-fidelity]:has-text('90.0 %')").wait_for()
    text = tree.inner_text()
    for rule in ("lactate ≤ 1.750", "lactate > 1.750", "sex is female", "sex is male", "100 % of 25 rows"):
        assert rule in text
    assert "always “healthy”: 60 %" in text
    tree.get_by_test_id("tree-depth").select_option("2")
    page.wait_for_function("document.querySelector('[data-testid=tree-depth]').value === '2'")
    assert [query["depth"] for name, query in asked if name == "surrogate.json"][-1] in {"2", "3"}


def test_pictures_have_maps_for_each_kind_of_data(open_explain):
    page, asked = open_explain(PICTURE)
    maps = page.get_by_test_id("maps")
    maps.locator("canvas").nth(2).wait_for()
    assert "Covering all of the scan lowers the log odds by +2.50, covering the table by −0.30." in maps.inner_text()
    assert maps.get_by_test_id("map-columns").locator("li").count() == 3
    maps.get_by_test_id("map-class").select_option("0")
    page.wait_for_function("document.querySelector('[data-testid=map-class]').value === '0'")
    assert ("picture-maps.json", {"row": "0", "label": "0"}) in asked
    ranked = page.get_by_test_id("ranked").locator("li")
    assert [line.get_attribute("data-column") for line in ranked.all()] == ["lactate", "age", "sex"], (
        "pixels stand apart"
    )
    assert page.get_by_test_id("ranking").locator("canvas").count() == 1


def test_a_pixel_is_read_and_chosen_by_keyboard(open_explain):
    page, _ = open_explain(PICTURE)
    slope = page.get_by_test_id("maps").locator("canvas").nth(1)
    slope.press("ArrowRight")
    slope.press("ArrowRight")
    page.get_by_text("slope: row 1, column 2: −0.200").wait_for()
    pixels = page.get_by_test_id("ranking").locator("canvas")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        pixels.press(key)
    page.wait_for_function("harness.told.at(-1)?.feature === 'p2'")


def test_what_the_address_asks_for_in_vain_is_said(open_explain):
    page, _ = open_explain({**DATA, "asked": {"method": "magic", "feature": "<b>", "sample": "-1"}})
    said = page.get_by_test_id("explain-notice").inner_text()
    assert "There is no method “magic”" in said
    assert "no column “<b>”" in said
    assert "“-1” is no row" in said
    page.locator("[data-testid=explain][data-state=ready]").wait_for()


def test_the_truth_is_asked_for_and_a_bad_record_lets_the_decoy_win(open_explain):
    page, _ = open_explain()
    posted = []

    def begun(route):
        posted.append(json.loads(route.request.post_data))
        route.fulfill(json={"task": "t", "state": "running"})

    def told(route):
        found = truth(posted[-1]["age_error"])
        route.fulfill(
            json={
                "task": "t",
                "state": "done",
                "position": 0,
                "progress": 1,
                "words": None,
                "sentence": None,
                "result": found,
            }
        )

    page.route("**/descent/explain/truth", begun)
    page.route("**/descent/lab/t.json", told)
    card = page.get_by_test_id("truth")
    page.get_by_test_id("run-truth").click()
    page.locator("[data-testid=truth][data-state=done]").wait_for()
    assert posted == [{"age_error": 0, "decoy": 0.98}]
    assert "No method ranks “grey hair” before “age”" in card.inner_text()
    assert card.locator("tbody tr").count() == len(RANKINGS)
    page.get_by_test_id("age-error").fill("0.6")
    assert "± 9 years" in card.inner_text()
    page.locator("[data-testid=truth-headline]:has-text('Every method')").wait_for()
    assert posted[-1] == {"age_error": 0.6, "decoy": 0.98}
    assert "10 of 10" in card.locator("tbody tr").first.inner_text()


def test_of_a_run_that_trains_what_came_is_asked_for_again(open_explain):
    page, asked = open_explain({**DATA, "isTraining": True})
    page.locator("[data-testid=ranking][data-method=permutation]").wait_for()
    first = len(asked)
    assert "predictions.csv" not in {name for name, _ in asked}, "it has none while it trains"
    with page.expect_response(lambda answer: answer.url.endswith("predictions.csv"), timeout=120_000):
        pass  # its epoch has stood still for three looks
    rankings = [query for name, query in asked[first:] if query.get("method") == "permutation"]
    assert rankings, "the epoch may have moved on"
    assert "explanation-seeds.json" not in {name for name, _ in asked}


def test_what_a_task_makes_is_asked_of_that_task(open_explain):
    page, asked = open_explain()
    looks = []

    def begun(route):
        route.fulfill(
            status=202, json={"task": "slow", "state": "running", "position": 0, "progress": 0.5, "words": None}
        )

    def told(route):
        looks.append(route.request.url)
        route.fulfill(json={**TREE, "test": {"rows": 30, "agreement": 0.8, "constant": 0.6}})

    page.route("**/surrogate.json*", begun)
    page.route("**/descent/explain/tasks/slow.json", told)
    page.get_by_test_id("tree-depth").select_option("4")
    page.locator("[data-testid=tree-fidelity]:has-text('80.0 %')").wait_for()
    assert len(looks) == 1
    assert not [query for name, query in asked if name == "surrogate.json" and query["depth"] == "4"]


def test_who_may_not_see_the_rows_gets_the_check_against_the_truth_only(open_explain):
    page, asked = open_explain({**DATA, "withheld": True})
    assert page.get_by_test_id("truth").is_visible()
    assert page.get_by_test_id("ranking").count() == 0
    assert asked == []


@pytest.mark.parametrize("data", [DATA, PICTURE], ids=["table", "picture"])
def test_every_word_is_in_the_readers_language_and_a_phone_is_wide_enough(open_explain, marked_words, data):  # noqa: F811
    page, _ = open_explain(data, width=390)
    page.route("**/descent/explain/truth", lambda route: route.fulfill(json={"task": "t"}))
    page.route(
        "**/descent/lab/t.json", lambda route: route.fulfill(json={"task": "t", "state": "done", "result": truth(0.6)})
    )
    page.get_by_test_id("run-truth").click()
    page.get_by_test_id("compare-seeds").click()
    page.locator("[data-seeds='3']").wait_for()
    page.locator("[data-testid=truth][data-state=done]").wait_for()
    page.locator("[data-testid=tree-fidelity]:has-text('90.0 %')").wait_for()
    page.get_by_test_id("row-bars").wait_for()
    words = marked_words | {
        name: f"⟦{name}⟧" for name in (*COLUMNS, "healthy", "ill", "female", "male", "scan", "table")
    }
    page.evaluate("words => harness.speak('zh', words)", words)
    settle(page)
    seen = page.evaluate(SEEN, ".dsc-ex")
    assert {word for text in seen for word in bare(text)} == set()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
