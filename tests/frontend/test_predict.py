"""The Predict page's component on a plain page, with a server that the test plays."""

import json

import pytest

from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture

FORM = {
    "epoch": 7, "task": "classification", "target": "diagnosis", "classes": ["healthy", "ill"], "event": 1,
    "columns": [
        {"name": "age", "kind": "number", "levels": [], "low": 20, "high": 90, "typical": 55, "few": [],
         "decimals": 0, "may_miss": False, "pixel": False},
        {"name": "sex", "kind": "category", "levels": ["female", "male"], "low": 0, "high": 1, "typical": "male",
         "few": [], "decimals": 0, "may_miss": True, "pixel": False},
    ],
    "rows": {"test": 12, "validation": 0, "train": 40}, "picture": None,
    "groups": [{"name": "ward", "levels": ["A", "B"]}],
}  # fmt: skip
ROW = {"kind": "test", "row": 3, "values": {"age": 54, "sex": "female"}, "actual": "ill"}
DATA = {"folder": "/descent/runs/one", "owner": True, "trains": False, "sample": "3"}


def person(asked, seeds=None):
    """Who is older is likelier to be ill."""
    age = asked["row"]["age"]
    ill = min(1, age / 100)
    outside = ["age"] if age > 90 else []
    return {
        "epoch": 7, "probability": {"healthy": 1 - ill, "ill": ill}, "about": 1,
        "calibrated": None, "sets": None, "bands": None,
        "outside": outside, "other_unit": ["age"] if age > 400 else [], "missing": [], "seeds": seeds,
        "spread": 0.1 if seeds else None, "usual_distance": 0.5, "far_from_all": False,
        "nearest": [{"kind": "train", "row": 8, "values": {"age": 60, "sex": "male"}, "actual": "ill",
                     "distance": 0.2}],
        "contributions": [{"name": "age", "typical": 55, "values": [0.1, -0.1]},
                          {"name": "sex", "typical": "male", "values": [0, 0.01]}],
    }  # fmt: skip


OTHER = {"values": {"age": 20, "sex": "male"}, "changes": [{"name": "age", "from": 54, "to": 20}],
         "probability": {"healthy": 0.8, "ill": 0.2}, "distance": 0.9, "usual_distance": 0.5, "far": True}  # fmt: skip
CURVE = {"column": "age", "about": 1, "values": [20, 54, 90], "answers": [[0.8, 0.2], [0.46, 0.54], [0.1, 0.9]],
         "seeds": [[0.1, 0.5, 0.9], [0.3, 0.6, 0.8]]}  # fmt: skip
TUNED = {"state": "done", "result": {
    "epoch": 7, "rows": {"learnt": 9, "group": 9, "others": 20}, "metric": "accuracy",
    "history": [{"group": {"accuracy": 0.5}, "others": {"accuracy": 0.9}},
                {"group": {"accuracy": 0.8}, "others": {"accuracy": 0.6}}],
}}  # fmt: skip


@pytest.fixture
def open_predict(open_harness):
    """Open the component; returns the page and what was asked of the server, by the ends of its addresses."""

    def open_page(data=DATA, told=person, **options):
        page, asked = open_harness(**options), []

        def answer(route):
            name = route.request.url.split("/")[-1].split("?")[0]
            body = route.request.post_data_json if name.endswith(".json") and route.request.method == "POST" else None
            asked.append((name, body))
            found = {
                "predict-form.json": lambda: FORM, "predict-row.json": lambda: ROW, "person.json": lambda: told(body),
                "response.json": lambda: CURVE | {"column": (body or {}).get("column")},
                "counterfactual.json": lambda: {"found": OTHER}, "ensemble.json": lambda: {"state": "done"},
                "fine-tune.json": lambda: TUNED,
            }  # fmt: skip
            route.fulfill(json=found[name]())

        page.route("**/descent/runs/one/*", answer)
        page.evaluate(
            """async data => {
                const { folders } = await import("/pages/frontend/descent.js");
                harness.host.replaceChildren();
                window.told = [];
                const setStateValue = (name, value) => told.push([name, value]);
                const component = { data, parentElement: harness.host, key: "predict", setStateValue };
                harness.module = { mount: () => folders.predict.mount(component) };
                harness.module.mount();
            }""",
            data,
        )
        page.wait_for_selector("[data-testid=predict][data-state=ready]")
        settle(page)
        return page, asked

    return open_page


def test_a_row_is_prefilled_answered_and_told_to_the_address(open_predict):
    page, asked = open_predict()
    assert page.locator("[data-column=age]").input_value() == "54"
    assert page.locator("[data-column=sex]").input_value() == "female"
    assert page.get_by_test_id("predict-answer").inner_text() == "ill (54.0 %)"
    assert "diagnosis of this row is: ill" in page.get_by_test_id("predict-actual").inner_text()
    assert page.evaluate("told") == [["sample", "3"]]
    assert [name for name, _ in asked][:3] == ["predict-form.json", "predict-row.json", "person.json"]
    assert page.get_by_test_id("neighbour").get_attribute("data-row") == "8"
    assert page.locator(".dsc-pr-part").count() == 2


def test_a_changed_value_keeps_both_answers_and_warns_outside_the_training_rows(open_predict):
    page, asked = open_predict()
    page.locator("[data-column=age]").fill("95")
    page.get_by_test_id("try").nth(1).wait_for()
    both = page.get_by_test_id("predict-both").inner_text()
    assert both == "As they are: ill (54.0 %). With age 54 → 95: ill (95.0 %)."
    assert "Outside the training rows: age." in page.get_by_test_id("predict-outside").inner_text()
    assert page.locator(".dsc-pr-outside .dsc-pr-note").inner_text() == "Outside 20 to 90"
    page.locator("[data-column=age]").fill("5400")
    page.get_by_test_id("try").nth(2).wait_for()
    assert "another unit" in page.locator(".dsc-pr-outside .dsc-pr-note").inner_text()
    page.get_by_role("button", name="Back to try 0").click()
    page.get_by_text("Change a value of the person").wait_for()
    assert page.locator("[data-column=age]").input_value() == "54"
    assert page.get_by_test_id("try").count() == 3
    page.locator("[data-column=age]").fill("old")
    page.get_by_text("Not a number yet: age.").wait_for()
    assert all(isinstance(body["row"]["age"], int) for name, body in asked if name == "person.json")


def test_what_is_locked_is_sent_and_who_was_found_can_be_tried(open_predict):
    page, asked = open_predict()
    page.locator("[data-lock=sex]").check()
    assert page.get_by_test_id("locks").inner_text() == "Locked: sex."
    assert page.get_by_test_id("wish").input_value() == "healthy"
    page.get_by_test_id("find-other").click()
    page.locator(".dsc-pr-other[data-found=yes]").wait_for()
    wished = next(body for name, body in asked if name == "counterfactual.json")
    assert (wished["class"], wished["locked"], wished["row"]["age"]) == ("healthy", ["sex"], 54)
    said = page.get_by_test_id("other-said").inner_text()
    assert "1 value changed: healthy (80.0 %)." in said
    assert "farther from them" in said, "flagged, not hidden"
    page.get_by_test_id("take-other").click()
    page.get_by_test_id("try").nth(1).wait_for()
    assert page.locator("[data-column=age]").input_value() == "20"


def test_ten_seeds_are_dots_and_nobody_speaks_of_confidence(open_predict):
    seeds: list[float] = []
    page, _ = open_predict(told=lambda asked: person(asked, seeds or None))
    seeds += [0.4, 0.5, 0.55, 0.6, 0.61, 0.62, 0.63, 0.64, 0.7, 0.8]
    page.get_by_test_id("train-seeds").click()
    page.locator(".dsc-pr-dot").nth(9).wait_for()
    said = page.get_by_test_id("predict-luck").inner_text()
    assert "ten other seeds answer 40.0 % to 80.0 %" in said
    assert "9 of 10 call it ill." in said
    assert "confidence" not in page.locator(".dsc-pr").inner_text().lower()
    assert page.get_by_test_id("train-seeds").is_hidden()


def test_a_copy_that_forgets_is_said_to(open_predict):
    page, asked = open_predict()
    page.get_by_test_id("group-column").select_option("ward")
    page.get_by_test_id("group-level").select_option("B")
    page.get_by_test_id("fine-tune").click()
    page.locator(".dsc-pr-personal[data-state=done]").wait_for()
    assert next(body for name, body in asked if name == "fine-tune.json")["level"] == "B"
    text = page.locator(".dsc-pr-personal").inner_text()
    assert "the group 50.0 % before and 80.0 % after, everybody else 90.0 % before and 60.0 % after" in text
    assert "The copy forgets" in text


def test_a_file_that_is_refused_says_why(open_predict):
    page, _ = open_predict()
    page.evaluate(
        "sentence => { window.fetch = async () => new Response(sentence, { status: 422 }); }",
        "The file has no column 'age', which the network was trained with.",
    )
    page.get_by_test_id("people-file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"sex\nmale\n"}
    )
    page.get_by_text("The file has no column 'age'").wait_for()


def test_who_only_has_the_link_trains_nothing(open_predict):
    page, _ = open_predict({**DATA, "owner": False})
    assert page.get_by_test_id("train-seeds").is_hidden()
    assert page.get_by_test_id("fine-tune").is_hidden()


def test_every_word_is_in_the_readers_language(open_predict, marked_words):  # noqa: F811
    page, _ = open_predict(width=390, told=lambda asked: person(asked, [0.2] * 10))
    page.get_by_test_id("find-other").click()
    page.locator(".dsc-pr-other[data-found=yes]").wait_for()
    page.get_by_test_id("fine-tune").click()
    page.locator(".dsc-pr-personal[data-state=done]").wait_for()
    names = ("ward", "A", "B", "age", "sex", "female", "male", "healthy", "ill", "diagnosis")
    page.evaluate("words => harness.speak('zh', words)", marked_words | {name: f"⟦{name}⟧" for name in names})
    seen = page.evaluate(SEEN, ".dsc-pr")
    assert {word for text in seen for word in bare(text)} == set()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert json.dumps(seen)
