"""The table of runs on a plain page, with a server that the test plays."""

import json
import time

import numpy as np
import pytest

from core.experiment.metrics import METRICS
from core.protocol.wire import Part, encode
from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture

DATA = {
    "list": "/descent/runs.json",
    "longest_name": 80,
    "most_compared": 12,
    "metrics": {name: metric.to_json() for name, metric in METRICS.items()},
}


def run(number, **more):
    """A run in the list: the larger the number, the newer."""
    return {
        "id": f"run-{number}", "name": None, "state": "done", "epoch": 40, "epochs": 40,
        "created": time.time() - 3590 + number, "starred": False, "data": {"said": "Moons", "values": {}},
        "network": "8-8-1", "optimizer": {"said": "Adam", "values": {}}, "learning_rate": 0.01, "batch_size": 16,
        "seed": number, "metric": "accuracy", "scales": [1, 1], "last": [0.25, 0.9], "best": [0.2, 0.95], **more,
    }  # fmt: skip


class Server:
    """Plays the routes, and remembers what was asked."""

    def __init__(self, *runs):
        self.runs = list(runs)
        self.posts = []
        self.lists = 0
        self.histories = {}
        self.groups = None
        self.differences = []

    def play(self, page):
        page.route("**/descent/runs.json", self._list)
        page.route("**/descent/comparison.json*", self._comparison)
        page.route("**/descent/runs/*/history.bin", self._history)
        for action in ("rename", "star", "delete", "restore"):
            page.route(f"**/descent/runs/*/{action}", self._post)

    def _list(self, route):
        self.lists += 1
        runs = [each for each in self.runs if not each.get("deleted")]
        body = json.dumps({"runs": sorted(runs, key=lambda each: -each["created"]), "is_known": True})
        route.fulfill(body=body, content_type="application/json", headers={"etag": f'"{hash(body)}"'})

    def _comparison(self, route):
        ids = [part.removeprefix("run=") for part in route.request.url.partition("?")[2].split("&")]
        seeds = [next(each["seed"] for each in self.runs if each["id"] == id) for id in ids]
        groups = self.groups if len(ids) > 2 and self.groups else [[place] for place in range(len(ids))]
        differences = [
            {
                "setting": {"said": name},
                "values": [{"said": "{value:g}", "values": {"value": values[id]}} for id in ids],
            }
            for name, values in self.differences
        ]
        body = json.dumps({"differences": differences, "groups": groups, "seeds": seeds})
        route.fulfill(body=body, content_type="application/json")

    def _history(self, route):
        id = route.request.url.split("/")[-2]
        rows = self.histories.get(id, [[0.5, 0.6, 0.7, 0.8]] * 40)
        route.fulfill(body=encode([Part({}, {"history": np.asarray(rows, np.float32)})]))

    def _post(self, route):
        id, action = route.request.url.split("/")[-2:]
        self.posts.append((id, action, json.loads(route.request.post_data)))
        for each in self.runs:
            if each["id"] == id:
                each |= {"rename": {"name": self.posts[-1][2].get("name") or None}, "star": self.posts[-1][2],
                         "delete": {"deleted": True}, "restore": {"deleted": False}}[action]  # fmt: skip
        route.fulfill(status=204)


@pytest.fixture
def open_runs(open_harness):
    def open_page(server, query="", **options):
        page = open_harness(query, **{"width": 1396, "height": 860, **options})
        server.play(page)
        page.evaluate(
            """async (data) => {
                const { folders } = await import("/pages/frontend/descent.js");
                window.cleanup = folders.runs.mount({ data, parentElement: harness.host, key: "runs" });
            }""",
            DATA,
        )
        page.wait_for_selector(f"[data-testid=runs][data-count='{len(server.runs)}']")
        page.wait_for_selector("[data-testid=runs]", state="visible")
        settle(page)
        return page

    return open_page


def names(page):
    return page.eval_on_selector_all(
        "[data-testid=run-row]", "rows => rows.filter(row => !row.hidden).map(row => row.dataset.run)"
    )


def test_without_runs_a_sentence_leads_to_the_train_page(open_runs):
    page = open_runs(Server())
    assert "Every run that you train is kept here" in page.get_by_test_id("runs-empty").inner_text()
    link = page.get_by_role("link", name="Train a first network")
    assert (link.get_attribute("href"), link.get_attribute("data-descent-page")) == ("/", "train")
    assert page.get_by_test_id("runs-search").is_hidden()


def test_a_row_says_what_a_run_is_and_came_to(open_runs):
    page = open_runs(Server(run(1), run(2, name="wide <b>", state="stopped", epoch=1234, epochs=2000)))
    newest, older = page.get_by_test_id("run-row").all()
    assert (newest.get_attribute("data-run"), newest.get_attribute("data-state")) == ("run-2", "stopped")
    text = " ".join(newest.inner_text().split())
    assert text == (
        "wide <b> Adam 0.01 · batch 16 · seed 2 stopped Moons 8-8-1 "
        "90.0 % 95.0 % 0.250 0.200 1,234 of 2,000 59 min. ago"
    )
    link = older.get_by_role("link", name="Open Moons · 8-8-1, Adam 0.01 · batch 16 · seed 1")
    assert link.inner_text() == "Adam 0.01 · batch 16 · seed 1"
    assert (link.get_attribute("href"), link.get_attribute("data-run")) == ("/?run=run-1", "run-1")
    assert link.get_attribute("data-descent-page") == "train"


def test_an_error_is_not_written_as_an_accuracy(open_runs):
    page = open_runs(Server(run(1, metric="mae", last=[3000.5, 41.25], best=[None, None])))
    assert "MAE 41.25" in page.get_by_test_id("run-row").inner_text()
    assert "%" not in page.get_by_test_id("run-row").inner_text()


def test_a_search_finds_runs_that_have_all_words(open_runs):
    page = open_runs(Server(run(1, name="Grandmother"), run(2, data={"said": "Iris"}), run(3, state="failed")))
    search = page.get_by_test_id("runs-search")
    for words, found in {
        "iris": ["run-2"], "GRAND": ["run-1"], "failed": ["run-3"], "moons seed 3": ["run-3"],
        "  ": ["run-3", "run-2", "run-1"],
    }.items():  # fmt: skip
        search.fill(words)
        assert names(page) == found
    search.fill("<nothing>")
    assert page.get_by_text("No run of yours has all of these words: <nothing>").is_visible()
    assert page.locator(".dsc-runs-count").inner_text() == "0 of 3 runs"


def test_columns_order_the_table_one_way_the_other_and_not_at_all(open_runs):
    page = open_runs(Server(run(1, last=[0.1, 0.5]), run(2, last=[0.3, 0.9]), run(3, last=[None, None])))
    head = page.get_by_role("button", name="Test accuracy", exact=True)
    cell = page.get_by_role("columnheader", name="Test accuracy", exact=True)
    head.click()
    assert names(page) == ["run-2", "run-1", "run-3"]
    assert cell.get_attribute("aria-sort") == "descending"
    head.click()
    assert names(page) == ["run-3", "run-1", "run-2"]
    head.click()
    assert names(page) == ["run-3", "run-2", "run-1"]
    assert cell.get_attribute("aria-sort") is None
    page.get_by_role("button", name="Test loss", exact=True).click()
    assert names(page) == ["run-1", "run-2", "run-3"], "the lowest loss comes first"


@pytest.mark.parametrize(("width", "height"), [(760, 900), (390, 844)])
def test_a_phone_orders_runs_and_shows_their_best_scores(open_runs, width, height):
    runs = [run(n, last=[0.1 * n, 0.5 + n / 10], best=[0.01 * n, 0.9 + n / 100]) for n in (1, 2, 3)]
    page = open_runs(Server(*runs, run(4, metric="mae", last=[1, 20], best=[1, 10])), width=width, height=height)
    assert page.get_by_role("columnheader", name="Test accuracy", exact=True).count() == 1, "for who listens"
    text = " ".join(page.locator("[data-testid=run-row][data-run=run-2]").inner_text().split())
    for said in ("70.0 %", "92.0 %", "0.200", "0.020"):
        assert said in text
    for column in ("metric", "best-metric", "loss", "best-loss"):
        assert page.locator(f"[data-run=run-2] .dsc-col-{column}").is_visible()
    order, turn = page.get_by_role("combobox", name="Order the runs by"), page.get_by_test_id("runs-turn")
    assert turn.is_disabled()
    order.select_option(label="Best test accuracy")
    assert names(page) == ["run-3", "run-2", "run-1", "run-4"]
    turn.click()
    assert names(page) == ["run-4", "run-1", "run-2", "run-3"]
    order.select_option(label="Newest first")
    assert names(page) == ["run-4", "run-3", "run-2", "run-1"]
    choose(page, 3, 2)
    wait_for_lines(page, 2)
    box = page.get_by_test_id("compare").bounding_box()
    assert box["y"] < 0.6 * height, "what is compared is in sight"
    assert box["y"] + box["height"] <= height


def test_a_star_is_a_toggle(open_runs):
    server = Server(run(1))
    page = open_runs(server)
    star = page.get_by_role("button", name="Star Moons")
    star.click()
    assert star.get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(100)
    star.click()
    assert star.get_attribute("aria-pressed") == "false"
    page.wait_for_timeout(100)
    assert server.posts == [("run-1", "star", {"starred": True}), ("run-1", "star", {"starred": False})]


def test_a_name_is_written_in_place(open_runs):
    server = Server(run(1))
    page = open_runs(server)
    page.get_by_role("button", name="Rename Moons").click()
    field = page.get_by_role("textbox", name="Name of the run")
    assert field.evaluate("field => field === document.activeElement && field.maxLength === 80")
    field.fill("<i>first</i>")
    field.press("Enter")
    link = page.get_by_role("link", name="Open <i>first</i>")
    assert link.inner_text() == "<i>first</i>"
    assert page.evaluate("document.activeElement.dataset.testid") == "run-rename"
    page.keyboard.press("Enter")
    field.fill("not this")
    field.press("Escape")
    page.wait_for_timeout(100)
    assert server.posts == [("run-1", "rename", {"name": "<i>first</i>"})]
    assert link.is_visible()


def test_a_list_that_comes_while_a_name_is_written_leaves_the_field(open_runs):
    server = Server(run(1, state="running", epoch=3))
    page = open_runs(server)
    page.get_by_role("button", name="Rename Moons").click()
    page.keyboard.type("half a na")
    server.runs[0]["epoch"] = 9
    page.get_by_text("9 of 40").wait_for()
    page.keyboard.type("me")
    assert page.get_by_role("textbox", name="Name of the run").input_value() == "half a name"


def test_a_deleted_run_comes_back(open_runs):
    server = Server(run(1), run(2))
    page = open_runs(server)
    page.clock.install()
    page.get_by_role("button", name="Delete Moons").first.click()
    assert names(page) == ["run-1"]
    assert page.get_by_test_id("deleted").inner_text() == "Deleted: Adam 0.01 · batch 16 · seed 2"
    page.clock.fast_forward(1_000)  # a quick click in the same place belongs to the row that is gone
    page.get_by_role("button", name="Delete Moons").first.click()
    assert page.get_by_test_id("deleted").inner_text() == "Deleted: 2 runs"
    assert page.get_by_test_id("runs-empty").is_visible()
    page.get_by_test_id("undo").click()
    page.wait_for_selector("[data-testid=runs][data-count='2']")
    assert names(page) == ["run-2", "run-1"]
    assert page.get_by_test_id("undo").is_hidden()
    assert [post[1] for post in server.posts] == ["delete", "delete", "restore", "restore"]


def test_a_double_click_on_a_bin_deletes_one_run(open_runs):
    server = Server(run(1), run(2), run(3))
    page = open_runs(server)
    page.clock.install()
    box = page.get_by_role("button", name="Delete Moons").first.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.dblclick(*place)
    page.mouse.click(*place)
    assert names(page) == ["run-2", "run-1"]
    page.clock.fast_forward(1_000)
    page.mouse.click(*place)
    assert names(page) == ["run-1"]
    page.get_by_test_id("undo").click()
    page.wait_for_selector("[data-testid=runs][data-count='3']")
    assert [action for _, action, _ in server.posts] == ["delete", "delete", "restore", "restore"]


def test_quick_clicks_on_different_rows_are_all_meant(open_runs):
    page = open_runs(Server(run(1), run(2), run(3)))
    choose(page, 3, 2, 1)
    assert page.locator("[data-cell=choose]:checked").count() == 3
    page.get_by_role("button", name="Delete Moons").last.click()
    page.get_by_role("button", name="Delete Moons").first.click()
    assert names(page) == ["run-2"]


def test_whoever_deletes_with_the_keyboard_is_led_to_undo(open_runs):
    page = open_runs(Server(run(1), run(2)))
    page.get_by_role("button", name="Delete Moons").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.testid") == "undo"
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-testid=runs][data-count='2']")
    assert page.evaluate("document.activeElement.dataset.testid") == "runs-search"


def test_the_offer_to_undo_ends_after_ten_seconds(open_runs, tabs):
    page = open_runs(Server(run(1), run(2)))
    tabs.spend(page)
    page.clock.install()
    page.get_by_role("button", name="Delete Moons").first.click()
    page.mouse.move(5, 5)
    page.clock.run_for(9_500)
    assert page.get_by_test_id("undo").is_visible()
    page.clock.run_for(1_000)
    assert page.get_by_test_id("undo").is_hidden()


@pytest.mark.parametrize(
    ("status", "said"), [(403, "cannot be changed here"), (404, "does not exist"), (500, "Try again")]
)
def test_what_the_server_refuses_is_said_and_taken_back(open_runs, status, said):
    server = Server(run(1))
    page = open_runs(server)
    page.evaluate(  # an answer of that kind would stand on the console
        """(status) => {
            const real = window.fetch;
            const answer = () => Promise.resolve(new Response("no", { status }));
            window.fetch = (url, how) => how?.method === "POST" ? answer() : real(url, how);
        }""",
        status,
    )
    page.get_by_role("button", name="Star Moons").click()
    page.get_by_role("alert").get_by_text(said).wait_for()
    page.wait_for_function("document.querySelector('[data-testid=run-star]').ariaPressed === 'false'")


def test_the_arrow_keys_go_to_the_same_control_of_the_next_row_in_sight(open_runs):
    page = open_runs(Server(run(1), run(2, data={"said": "Iris"}), run(3)))
    page.get_by_test_id("runs-search").fill("moons")
    page.get_by_role("checkbox", name="seed 3").focus()
    page.keyboard.press("ArrowDown")
    focused = "[document.activeElement.dataset.cell, document.activeElement.closest('tr').dataset.run]"
    assert page.evaluate(focused) == ["choose", "run-1"]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == ["choose", "run-1"]
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == ["choose", "run-3"]


def test_the_list_is_asked_for_again_only_while_a_run_trains(open_runs):
    server = Server(run(1, state="running", epoch=5))
    begun = time.monotonic()
    page = open_runs(server)
    while server.lists < 2:
        page.wait_for_timeout(100)
    assert server.lists <= 2 + (time.monotonic() - begun) / 2, "every two seconds"
    server.runs[0] |= {"state": "done", "epoch": 40}
    page.wait_for_selector("[data-state=done]")
    asked = server.lists
    page.wait_for_timeout(2500)
    assert server.lists == asked


def test_five_hundred_runs_are_there_at_once(open_runs):
    page = open_runs(Server(*(run(number) for number in range(500))))
    assert page.locator("[data-testid=run-row]").count() == 500
    took = page.evaluate(
        """() => {
            const field = document.querySelector("[data-testid=runs-search]");
            const begun = performance.now();
            for (const words of ["a", "ad", "adam", "adam seed 477"]) {
                field.value = words;
                field.dispatchEvent(new Event("input"));
            }
            return performance.now() - begun;
        }"""
    )
    assert names(page) == ["run-477"]
    assert took < 1500


def choose(page, *numbers):
    for number in numbers:
        page.locator(f"[data-run=run-{number}] [data-cell=choose]").check()


def wait_for_lines(page, count):
    page.wait_for_function(f"document.querySelectorAll('[data-testid=legend-row]').length === {count}")
    settle(page)


def legend(page):
    return [" ".join(row.inner_text().split()) for row in page.locator("[data-testid=legend] tr").all()]


def test_two_runs_lie_on_one_set_of_curves_with_what_differs_as_the_legend(open_runs):
    server = Server(run(1, seed=3), run(2, seed=3, learning_rate=0.1))
    server.differences = [("learning rate", {"run-1": 0.01, "run-2": 0.1})]
    page = open_runs(server)
    compare = page.get_by_test_id("compare")
    assert compare.is_hidden()
    page.get_by_role("checkbox", name="Adam 0.1").check()
    assert compare.is_hidden(), "one run is no comparison"
    page.get_by_role("checkbox", name="Adam 0.01").check()
    wait_for_lines(page, 2)
    assert compare.get_attribute("data-runs") == "run-2,run-1"
    assert legend(page) == ["Line learning rate Loss Accuracy", "A 0.1 0.700 80.0 %", "B 0.01 0.700 80.0 %"]
    page.get_by_role("radio", name="training").check()
    settle(page)
    assert legend(page)[1] == "A 0.1 0.500 60.0 %"
    label = page.get_by_test_id("compare-loss").get_attribute("aria-label")
    assert "Training loss: 2 lines over 40 epochs" in label
    page.get_by_test_id("compare-clear").click()
    assert compare.is_hidden()
    assert page.get_by_role("checkbox", checked=True).count() == 0


def test_no_row_moves_when_a_comparison_opens(open_runs):
    page = open_runs(Server(*(run(number) for number in range(30))))
    rows = page.locator("[data-testid=run-row]")
    before = [rows.nth(place).bounding_box() for place in range(9)]
    choose(page, 29, 28)
    wait_for_lines(page, 2)
    assert [rows.nth(place).bounding_box() for place in range(9)] == before


def test_runs_that_differ_in_their_seed_are_a_mean_with_its_spread(open_runs):
    server = Server(run(1), run(2), run(3))
    server.groups = [[0, 1, 2]]
    losses = {1: [1.0, 2.0, 3.0], 2: [2.0, 2.0, 3.0, 9.0], 3: [6.0, 2.0, 3.0]}
    server.histories = {f"run-{n}": [[0, 0, loss, 0.5] for loss in row] for n, row in losses.items()}
    page = open_runs(server)
    choose(page, 1, 2, 3)
    wait_for_lines(page, 1)
    words, *_ = legend(page)[1:]
    assert words == (
        "A mean ± standard deviation of 3 seeds, up to epoch 3, where the shortest ends 1, 2, 3 3.000 50.0 %"
    )
    curve = page.get_by_test_id("compare-loss")
    curve.focus()
    curve.press("Home")
    settle(page)
    assert "3.000" in legend(page)[1]  # (1 + 2 + 6) / 3
    page.get_by_test_id("compare-seeds").uncheck()
    wait_for_lines(page, 3)
    assert [row.split()[:2] for row in legend(page)[1:]] == [["A", "1"], ["B", "2"], ["C", "3"]]


def test_the_spread_is_the_sample_standard_deviation(open_runs):
    page = open_runs(Server())
    found = page.evaluate(
        """async () => {
            const { historyOf, seriesOf } = await import("/pages/frontend/runs/series.js");
            const histories = [1, 2, 6].map((value) => historyOf(Float32Array.of(value, 10 * value, 0, 0), [2, 1]));
            const { mean, low, high } = seriesOf(histories);
            return [mean, low, high].map((history) => [history.at(1, 0), history.at(1, 1)]);
        }"""
    )
    values = np.array([1, 2, 6])
    mean, spread = values.mean(), values.std(ddof=1)
    expected = [[2 * each, 10 * each] for each in (mean, mean - spread, mean + spread)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_runs_of_one_seed_are_one_run_and_count_once_in_a_mean(open_runs):
    server = Server(run(1, seed=3), run(2, seed=3, epoch=2), run(3, seed=8))
    losses = {1: [1.0, 2.0, 3.0], 2: [1.0, 2.0], 3: [2.0, 4.0, 6.0]}
    server.histories = {f"run-{n}": [[0, 0, loss, 0.5] for loss in row] for n, row in losses.items()}
    server.groups = [[0, 1, 2]]
    page = open_runs(server)
    choose(page, 1, 2, 3)
    wait_for_lines(page, 1)
    assert legend(page)[1] == "A mean ± standard deviation of 2 seeds (3 runs) 3, 8 4.500 50.0 %"  # (3 + 6) / 2
    server.groups = [[0, 1], [2]]
    page.get_by_test_id("compare-clear").click()
    choose(page, 1, 2, 3)
    wait_for_lines(page, 2)
    assert legend(page)[1] == "A 2 runs of seed 3 3 3.000 50.0 %", "the longer one"


def test_the_legend_of_very_different_runs_is_within_its_card(open_runs):
    """What differs stands under each line where it is wider than the legend; loss and accuracy stay in sight."""
    server = Server(*(run(n, name=f"a long name that says what was tried in lesson {n}") for n in (1, 2, 3)))
    settings = ["data", "drawing", "samples", "noise", "classes", "hidden layers", "learning rate", "batch size"]
    server.differences = [(name, {f"run-{n}": 1234 * n for n in (1, 2, 3)}) for name in settings]
    page = open_runs(server, width=1440, height=900)
    choose(page, 1, 2, 3)
    wait_for_lines(page, 3)
    for width, height in [(1440, 900), (1100, 800), (390, 844)]:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert page.locator(".dsc-compare-legend").evaluate("box => box.scrollWidth <= box.clientWidth"), width
        words = " ".join(legend(page))
        for text in (*settings, "1234", "3702", "0.700", "80.0 %", "in lesson 3"):
            assert text in words, (text, width)
    page.locator("[data-run=run-2] [data-cell=choose]").uncheck()
    server.differences = [("noise", {"run-1": 0.1, "run-3": 0.2})]
    page.locator("[data-run=run-3] [data-cell=choose]").uncheck()
    page.set_viewport_size({"width": 1440, "height": 900})
    choose(page, 3)
    wait_for_lines(page, 2)
    assert "noise" in legend(page)[0], "few differences have columns"


def test_more_than_a_dozen_runs_are_not_drawn_at_once(open_runs):
    page = open_runs(Server(*(run(number) for number in range(10, 24))))
    choose(page, *range(10, 22))
    wait_for_lines(page, 12)
    page.get_by_role("checkbox", name="seed 22").click()
    assert "At most 12 runs are drawn at once" in page.get_by_role("alert").inner_text()
    assert page.locator("[data-cell=choose]:checked").count() == 12


def test_a_live_run_grows_in_the_comparison(open_runs):
    server = Server(run(1), run(2, state="running", epoch=2))
    server.histories["run-2"] = [[0, 0, 0.9, 0.1]] * 2
    page = open_runs(server)
    choose(page, 1, 2)
    wait_for_lines(page, 2)
    assert "0.900 10.0 %" in legend(page)[2]
    server.histories["run-2"] = [[0, 0, 0.3, 0.7]] * 30
    server.runs[1]["epoch"] = 30
    page.wait_for_function("document.querySelector('[data-testid=legend]').innerText.includes('70.0')")
    assert "0.300 70.0 %" in legend(page)[2]


@pytest.mark.parametrize(("width", "height"), [(1396, 844), (1100, 800), (760, 800), (366, 780)])
@pytest.mark.parametrize("query", ["", "dark=1"])
def test_nothing_spills_sideways(open_runs, width, height, query):
    server = Server(
        *(run(number, name="a very long name that does not end " * 2 if number == 4 else None) for number in range(12))
    )
    page = open_runs(server, query, width=width + 32, height=height)
    choose(page, 11, 10, 4)
    wait_for_lines(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 32
    assert page.locator(".dsc-runs-list").evaluate("list => list.scrollWidth <= list.clientWidth")
    assert page.locator(".dsc").evaluate("root => root.classList.contains('dsc-dark')") is bool(query)


def test_every_control_has_a_name_of_its_own(open_runs):
    page = open_runs(Server(*(run(number) for number in range(3))))
    choose(page, 0, 1)
    wait_for_lines(page, 2)
    found = page.evaluate(
        """() => [...document.querySelectorAll(".dsc-runs :is(button, a, input, canvas)")]
            .filter((each) => each.checkVisibility())
            .map((each) => each.ariaLabel || (each.labels?.[0] ?? each).textContent.trim())"""
    )
    assert all(found)
    assert len(set(found)) == len(found)


def test_the_view_goes_with_its_element(open_runs):
    page = open_runs(Server(run(1, state="running")))
    page.evaluate("harness.host.remove(); cleanup()")
    page.wait_for_timeout(200)
    assert page.locator("[data-testid=runs]").count() == 0


def test_every_word_of_the_page_is_in_the_reader_s_language(open_runs, marked_words):  # noqa: F811
    """Names that people gave and what Keras calls things stay; times are the browser's own words."""
    server = Server(run(1, name="mine"), run(2, state="running"), run(3, state="failed"), run(4, metric="mae"))
    server.differences = [("learning rate", {f"run-{number}": number / 100 for number in (1, 2, 3, 4)})]
    page = open_runs(server)
    words = marked_words | {"Adam": "⟦Adam⟧", "Moons": "⟦Moons⟧"}
    page.evaluate(
        """async (words) => {
            const { folders } = await import("/pages/frontend/descent.js");
            folders.words.use("zh", words);
            const data = { list: "/descent/runs.json", longest_name: 80, most_compared: 12, language: "zh" };
            folders.runs.mount({ data, parentElement: harness.host, key: "runs" });
        }""",
        words,
    )
    for number in (2, 3):
        page.locator(f"[data-testid=run-row][data-run=run-{number}]").get_by_role("checkbox").check()
    page.locator("[data-testid=run-delete]").last.click()
    page.wait_for_selector("[data-testid=deleted]", state="visible")
    page.wait_for_selector("[data-testid=legend-row]")
    settle(page)
    found = page.evaluate(SEEN, "[data-testid=runs]")
    assert any("⟦" in each for each in found)
    assert {each for each in found if bare(each) - {"mine", "MAE"}} == set()
    page.get_by_test_id("runs-search").fill("nothing of the kind")
    settle(page)
    sentence = page.get_by_test_id("runs-empty").inner_text()
    assert bare(sentence.replace("nothing of the kind", "")) == set()


def test_another_language_keeps_order_choices_and_the_undo_line(open_runs):
    page = open_runs(Server(*(run(number, epoch=10 * number) for number in (1, 2, 3, 4))))
    page.get_by_role("button", name="Epochs").click()
    before = names(page)
    for number in (1, 2):
        page.locator(f"[data-testid=run-row][data-run=run-{number}]").get_by_role("checkbox").check()
    page.get_by_test_id("compare-training").check()
    page.get_by_test_id("compare-log").check()
    page.locator("[data-testid=run-row][data-run=run-4]").get_by_test_id("run-delete").click()
    page.wait_for_selector("[data-testid=deleted]", state="visible")
    page.evaluate(
        """async () => {
            const { folders } = await import("/pages/frontend/descent.js");
            folders.words.use("zh", { "Epochs": "轮次", "Undo": "撤销", "Deleted: {name}": "已删除：{name}" });
            const data = { list: "/descent/runs.json", longest_name: 80, most_compared: 12, language: "zh" };
            folders.runs.mount({ data, parentElement: harness.host, key: "runs" });
        }"""
    )
    assert page.get_by_role("button", name="轮次").count() == 1
    assert names(page) == [each for each in before if each != "run-4"]
    assert page.locator("th[aria-sort]").count() == 1
    assert page.get_by_test_id("compare-training").is_checked()
    assert page.get_by_test_id("compare-log").is_checked()
    assert page.get_by_test_id("deleted").inner_text().startswith("已删除：")
    page.get_by_role("button", name="撤销").click()
    page.wait_for_selector("[data-testid=run-row][data-run=run-4]")


def test_an_undo_does_not_overtake_its_delete(open_runs):
    server = Server(run(1), run(2))
    page = open_runs(server)
    held = []
    page.route("**/descent/runs/*/delete", lambda route: held.append(route))  # the server takes its time
    page.locator("[data-testid=run-row][data-run=run-2]").get_by_test_id("run-delete").click()
    page.get_by_test_id("undo").click()
    settle(page)
    assert server.posts == []
    server._post(held[0])
    page.wait_for_selector("[data-testid=run-row][data-run=run-2]")
    assert [action for _, action, _ in server.posts] == ["delete", "restore"]


def test_a_row_is_not_moved_while_its_name_is_written(open_runs):
    server = Server(run(1, epoch=30, state="running"), run(2, epoch=20, state="running"))
    page = open_runs(server)
    page.get_by_role("button", name="Epochs").click()
    assert names(page) == ["run-1", "run-2"]
    page.locator("[data-testid=run-row][data-run=run-2]").get_by_test_id("run-rename").click()
    page.keyboard.type("half")
    server.runs[1]["epoch"] = 39
    asked = server.lists
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_function("document.querySelector('[data-run=run-2] .dsc-col-epochs')?.innerText.startsWith('39')")
    assert server.lists > asked
    assert names(page) == ["run-1", "run-2"]
    assert server.posts == []
    page.keyboard.type(" way")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-testid=run-row]').dataset.run === 'run-2'")
    assert server.posts == [("run-2", "rename", {"name": "half way"})]
