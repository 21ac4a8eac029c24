"""The data-quality lab on a plain page, with a server that the test plays."""

import pytest

from core.faults import FAULTS
from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture

LAB = {
    "kind": "quality_lab", "task": "one", "address": "/descent/lab",
    "faults": {n: {"title": f.title, "happened": f.happened, "noticed": f.noticed} for n, f in FAULTS.items()},
}  # fmt: skip
SUSPECTS = {
    "kind": "suspects", "task": "two", "address": "/descent/lab",
    "classes": ["healthy", "ill"], "levels": {"sex": ["female", "male"]}, "most_columns": 40,
}  # fmt: skip


def figure(*values):
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return {"mean": mean, "spread": 0.02 if known else None, "values": list(values),
            **({} if known else {"reason": "No row is called positive."})}  # fmt: skip


def figures(auc, predictive=0.5):
    return {"roc_auc": figure(auc - 0.01, auc + 0.01), "accuracy": figure(0.75, 0.75), "recall": figure(0.7, 0.7),
            "positive_predictive_value": figure(predictive, predictive)}  # fmt: skip


def result(done=2, **more):
    return {
        "event": "ill", "external": "external", "faults": {}, "seeds": {"done": done, "of": 2},
        "rows": {"clean": 800, "broken": 800, "external": 2000},
        "injected": [
            {"kind": "leak", "rows": 800, "removed": 0, "columns": ["treatment score"], "outside": False},
            {"kind": "leak", "rows": 2000, "removed": 0, "columns": ["treatment score"], "outside": True},
        ],
        "clean": {"held_out": figures(0.83), "external": figures(0.84)},
        "broken": {"held_out": figures(0.99), "external": figures(0.77, None)}, **more,
    }  # fmt: skip


def suspect(row, injected):
    return {"row": row, "label": 1, "probabilities": [0.96, 0.04], "quality": 0.1, "injected": injected,
            "values": [0, 61.5]}  # fmt: skip


@pytest.fixture
def open_lab(open_harness):
    """Open the component on tasks that stand as the test says; returns the page and what was posted."""

    def open_page(data, told, **options):
        page, posts = open_harness(**options), []
        page.route("**/descent/lab/*.json", lambda route: route.fulfill(json={"task": data["task"], **told}))

        def cancelled(route):
            posts.append(route.request.url)
            route.fulfill(json={})

        page.route("**/descent/tasks/*/cancel", cancelled)
        page.evaluate(
            """async data => {
                const { folders } = await import("/pages/frontend/descent.js");
                harness.host.replaceChildren();
                harness.module = { mount: () => folders.lab.mount({ data, parentElement: harness.host, key: "lab" }) };
                harness.module.mount();
            }""",
            data,
        )
        page.wait_for_selector(".dsc-lab", state="visible")
        settle(page)
        return page, posts

    return open_page


def running(found):
    words = {"said": "seed {seed} of {seeds}", "values": {"seed": 2, "seeds": 2}}
    return {"state": "running", "position": 0, "progress": 0.5, "words": words, "sentence": None, "result": found}


def ended(found):
    return {"state": "done", "position": 0, "progress": 1, "words": None, "sentence": None, "result": found}


def test_partial_results_stand_beside_the_progress_and_the_sentences_come_last(open_lab):
    told = running(result(done=1))
    page, posts = open_lab(LAB, told)
    page.get_by_role("status").get_by_text("50 %: seed 2 of 2").wait_for()
    assert page.locator(".dsc-lab-figure").count() == 4
    assert page.get_by_test_id("lab-fault").count() == 0
    page.get_by_test_id("cancel-lab").click()
    assert posts[0].endswith("/descent/tasks/one/cancel")
    told.update(ended(result()))
    page.locator("[data-testid=lab][data-state=done]").wait_for()
    fault = page.get_by_test_id("lab-fault")
    assert (fault.count(), fault.get_attribute("data-kind")) == (1, "leak")
    text = fault.inner_text()
    assert FAULTS["leak"].happened in text
    assert FAULTS["leak"].noticed in text
    assert "800 of 800 rows where it learns, 2,000 of 2,000 rows outside" in text


def test_promise_and_delivery_are_marks_a_sentence_and_a_table(open_lab):
    page, _ = open_lab(LAB, ended(result()))
    auc = page.locator("[data-metric=roc_auc]")
    assert (auc.locator("circle").count(), auc.locator("path").count()) == (4, 4)
    assert auc.locator(".dsc-lab-bar").count() == 4
    assert (
        "held-out rows promise 0.99, and the external rows deliver 0.77"
        in page.get_by_test_id("lab-headline").inner_text()
    )
    assert page.locator("[data-figure='broken held_out roc_auc']").inner_text() == "0.99 ± 0.02"
    undefined = page.locator("[data-figure='broken external positive_predictive_value']")
    assert (undefined.inner_text(), undefined.get_attribute("title")) == ("–", "No row is called positive.")
    assert page.locator("[data-metric=positive_predictive_value] path").count() == 2


def test_rows_that_were_held_back_are_called_untouched(open_lab):
    page, _ = open_lab(LAB, ended(result(external="untouched")))
    assert "the untouched rows deliver" in page.get_by_test_id("lab-headline").inner_text()
    assert page.get_by_role("columnheader", name="untouched").count() == 2


def test_what_fails_is_said(open_lab):
    failed = {
        "state": "failed",
        "position": 0,
        "progress": 0,
        "words": None,
        "sentence": {"said": "Not so."},
        "result": None,
    }
    page, _ = open_lab(LAB, failed)
    page.get_by_role("status").get_by_text("Not so.").wait_for()
    assert page.get_by_test_id("cancel-lab").is_hidden()


def test_suspects_are_rows_in_their_own_units_with_their_precision(open_lab):
    rows = [suspect(row, row % 2 == 0) for row in range(30)]
    found = {"columns": ["sex", "age"], "suspects": rows, "rows": 800, "injected": 160, "precision": 0.5}
    page, _ = open_lab(SUSPECTS, ended(found))
    assert (
        "Of the first 160 suspects, 80 carry one of the 160 wrong labels"
        in page.get_by_test_id("suspects-headline").inner_text()
    )
    suspects = page.get_by_test_id("suspect")
    assert suspects.first.inner_text().split("\t") == ["1", "1", "ill", "0.04", "✓ wrong label", "female", "61.5"]
    assert suspects.count() == 12
    page.get_by_test_id("more-suspects").click()
    assert suspects.count() == 30


def test_without_injected_labels_there_is_no_precision(open_lab):
    reason = {"said": "No wrong labels were injected.", "values": {}}
    found = {"columns": ["age"], "suspects": [suspect(3, False) | {"values": [None]}], "rows": 1, "injected": 0,
             "precision": None, "reason": reason}  # fmt: skip
    page, _ = open_lab(SUSPECTS, ended(found))
    assert page.get_by_test_id("suspects-headline").inner_text() == "1 row was judged. No wrong labels were injected."
    assert page.get_by_test_id("suspect").inner_text().split("\t") == ["1", "4", "ill", "0.04", "–"]


ONE = {"columns": ["sex", "age"], "suspects": [suspect(1, True)], "rows": 9, "injected": 1, "precision": 1}


@pytest.mark.parametrize(("data", "found"), [(LAB, result()), (SUSPECTS, ONE)], ids=["lab", "suspects"])
def test_every_word_is_in_the_readers_language(open_lab, marked_words, data, found):  # noqa: F811
    page, _ = open_lab(data, ended(found), width=390)
    words = marked_words | {name: f"⟦{name}⟧" for name in ("sex", "age")}
    page.evaluate("words => harness.speak('zh', words)", words)
    seen = page.evaluate(SEEN, ".dsc-lab")
    assert {word for text in seen for word in bare(text)} == set()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
