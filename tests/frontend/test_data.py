"""The profile of a table on a plain page, with a server that the test plays: what it tells comes from core."""

import json

import numpy as np
import pytest

from core.experiment.columns import KIND_TITLES, labels
from core.tables import read_table
from core.tables.components import drawn_rows
from core.tables.profile import profile_of
from core.tables.vectors import classes_of
from tests.frontend.conftest import settle

from .test_languages import SEEN, bare, marked_words  # noqa: F401 — the last is a fixture


def patients(rows=240, columns=20):
    """A table with a fault of every kind."""
    draw = np.random.default_rng(3)
    ill = draw.random(rows) < 0.4
    age = draw.normal(60, 11, rows).round()
    made = {
        "patient": [f"p{place:04d}" for place in range(rows)],
        "age": age.astype(int),
        "pressure": (90 + 0.7 * age + draw.normal(0, 6, rows) + 8 * ill).round(1),
        "dose (mg/d)": draw.lognormal(0, 1, rows).round(3),
        "sex": draw.choice(["female", "male"], rows),
        "ward": draw.choice(["A", "B", "C", "D", "intensive care of the old building"], rows),
        "smoker": draw.choice(["yes", "no"], rows),
        "visit": [str(np.datetime64("2024-01-01") + int(day)) for day in draw.integers(0, 300, rows)],
        "site": ["north"] * rows,
        "marker": (ill + draw.normal(0, 0.1, rows)).round(3),
    }
    for place in range(columns - len(made) - 1):
        made[f"lab {place}"] = (draw.normal(5, 1, rows) + ill * draw.normal(0, 0.5)).round(2)
    made["outcome"] = np.where(ill, "ill", "well")
    cells = [[str(value) for value in column] for column in made.values()]
    for place in draw.choice(rows, rows // 3, replace=False):
        cells[3][place] = ""
    cells[2][7] = "812"
    lines = [",".join(row) for row in zip(*cells, strict=True)]
    lines += [line.replace(line[:5], f"p{9000 + place}") for place, line in enumerate(lines[:9])]
    lines += lines[20:24]
    return read_table("\n".join([",".join(made), *lines]).encode(), "patients.csv")


class Server:
    """Plays the routes, and remembers what was asked."""

    def __init__(self, table, target=None):
        self.table = table
        self.target = target
        self.asked = []
        self.holds = False
        self.held = []  # questions that wait for their answer
        self.refuses = None  # status and sentence
        self.told = profile_of(table, target).to_json()

    @property
    def data(self):
        names = labels([column.schema for column in self.table.columns])
        return {"table": "/descent/tables/csv-1", "target": self.target, "names": names, "kinds": KIND_TITLES}

    def play(self, page):
        page.route("**/descent/tables/**", self._answer)

    def _answer(self, route):
        url = route.request.url.partition("/tables/csv-1")[2]
        self.asked.append(url)
        if self.holds:
            self.held.append(route)
        elif self.refuses:
            route.fulfill(status=self.refuses[0], body=self.refuses[1])
        else:
            kind, _, query = url.removeprefix("/").partition("?")
            asked = dict(part.split("=") for part in query.split("&") if part)
            told = getattr(self, f"_{kind.removesuffix('.json')}")(asked)
            route.fulfill(body=json.dumps(told), content_type="application/json")

    def tell(self, page, share, words, of="profile"):
        """Answer the question about something that waits, or comes, with how far it is; others may wait as well."""
        while not (waiting := [route for route in self.held if of in route.request.url]):
            page.evaluate("0")  # what has come is heard
        told = {"share": share, "words": {"said": words, "values": {}}}
        self.held.remove(waiting[-1])
        waiting[-1].fulfill(status=202, body=json.dumps(told), content_type="application/json")

    def release(self):
        """Answer what waits, and what comes."""
        self.holds = False
        for route in self.held:
            self._answer(route)

    def _profile(self, asked):
        return self.told

    def _rows(self, asked):
        rows = [int(row) for row in asked["rows"].split(",")]
        cells = [column.to_pylist() for column in self.table.cells.take(np.array(rows) - 1).columns]
        return {
            "columns": [column.name for column in self.table.columns],
            "rows": [{"row": row, "cells": [column[place] for column in cells]} for place, row in enumerate(rows)],
        }

    def _points(self, asked):
        rows = drawn_rows(self.table.rows)

        def axis(index):
            column = self.table.columns[index]
            values = self.table.cells.column(index).take(rows).to_pylist()
            if column.is_text:
                levels = [value for value, _ in column.levels]
                return {
                    "values": [levels.index(value) if value in levels else None for value in values],
                    "levels": levels,
                }
            return {"values": values, "levels": None}

        classes = classes_of(self.table, self.target)[0][rows].tolist()
        x, y = axis(int(asked["x"])), axis(int(asked["y"]))
        return {"rows": [int(row) + 1 for row in rows], "x": x, "y": y, "classes": classes}

    def _embedding(self, asked):
        points = np.random.default_rng(0).normal(size=(self.table.rows, 2)).tolist()
        classes = classes_of(self.table, self.target)[0].tolist()
        rows = list(range(1, self.table.rows + 1))
        settings = {"perplexity": 30.0, "iterations": 500, "seed": 0}
        return {"columns": [1, 2], "rows": rows, "points": points, "classes": classes, **settings}


MOUNT = """async (data) => {
    const { folders } = await import("/pages/frontend/descent.js");
    window.cleanup = folders.data.mount({ data, parentElement: harness.host, key: "table_profile" });
}"""


@pytest.fixture(scope="module")
def table():
    return patients()


@pytest.fixture
def open_profile(open_harness):
    def open_page(server, query="", *, is_described=True, **options):
        page = open_harness(query, **{"width": 1396, "height": 860, **options})
        server.play(page)
        page.evaluate(MOUNT, server.data)
        if is_described:
            page.wait_for_selector(f"[data-testid=table-profile][data-described='{len(server.table.columns)}']")
        page.wait_for_selector("[data-testid=table-profile]", state="visible")
        settle(page)
        return page

    return open_page


def lines(page):
    return [line.get_attribute("data-column") for line in page.get_by_test_id("data-line").all()]


def line(page, table, name):
    index = [column.name for column in table.columns].index(name)
    return page.locator(f"[data-testid=data-line][data-column='{index}']")


def rows_shown(page):
    page.wait_for_selector("[data-testid=data-rows][data-rows]")
    page.wait_for_selector("[data-testid=data-rows] tbody tr")
    return [int(cell) for cell in page.locator("[data-testid=data-rows] tbody th").all_inner_texts()]


def test_a_line_says_what_core_counted(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    assert page.get_by_test_id("data-line").count() == len(table.columns)
    for index, column in enumerate(server.told["columns"]):
        text = " ".join(page.get_by_test_id("data-line").nth(index).inner_text().split())
        assert column["name"] in text
        assert f" {column['distinct']} " in f" {text} "
    assert "33.6 %" in line(page, table, "dose (mg/d)").inner_text()
    assert "possible leak" in line(page, table, "marker").inner_text()
    assert "constant" in line(page, table, "site").inner_text()
    assert "target" in line(page, table, "outcome").inner_text()
    assert "2024-01-01 to 2024-10-2" in line(page, table, "visit").inner_text()
    assert page.get_by_test_id("quality-score").inner_text() == f"{server.told['quality']['score']:.0f}"


def test_every_number_leads_to_its_rows(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    line(page, table, "dose (mg/d)").get_by_test_id("data-missing").click()
    assert rows_shown(page) == server.told["columns"][3]["missing_rows"][:100]
    first = page.locator("[data-testid=data-rows] thead th").nth(1)
    assert first.inner_text() == "dose (mg/d)"
    assert set(page.locator("[data-testid=data-rows] tbody td:nth-child(2)").all_inner_texts()) == {"missing"}
    page.keyboard.press("Escape")
    line(page, table, "pressure").get_by_test_id("data-outliers").click()
    page.wait_for_function("document.querySelector('[data-testid=data-rows]').innerText.includes('812')")
    assert rows_shown(page) == server.told["columns"][2]["outliers"]["rows"]
    page.get_by_test_id("rows-close").click()
    page.get_by_test_id("quality-rows-uniqueness").click()
    page.wait_for_function("document.querySelector('[data-testid=data-rows]').innerText.includes('Uniqueness')")
    page.keyboard.press("Escape")
    groups = page.get_by_test_id("data-repeats").get_by_role("button")
    assert groups.count() == 4
    groups.first.click()
    page.wait_for_selector("[data-testid=data-rows][data-rows='2']")
    assert rows_shown(page) == server.told["repeats"]["exact_groups"][0]


def test_a_part_of_the_score_leads_to_its_columns_and_back(open_profile, table):
    page = open_profile(Server(table, 19))
    page.get_by_test_id("quality-columns-leakage").click()
    assert lines(page) == ["9"]
    page.get_by_test_id("data-all-columns").click()
    assert len(lines(page)) == 20


def test_columns_are_ordered_sought_and_paged(open_profile):
    table = patients(60, 45)
    page = open_profile(Server(table, 44))
    assert page.get_by_test_id("data-columns").get_by_role("status").inner_text() == "1–20 of 45"
    page.get_by_test_id("data-after").click()
    page.get_by_test_id("data-after").click()
    assert lines(page) == ["40", "41", "42", "43", "44"]
    assert page.get_by_test_id("data-after").is_disabled()
    page.get_by_test_id("data-order").select_option("missing")
    assert lines(page)[0] == "3"
    page.get_by_test_id("data-order").select_option("leak")
    assert lines(page)[0] == "9"
    page.get_by_test_id("data-order").select_option("name")
    shown = page.get_by_test_id("data-fold").all_inner_texts()
    assert shown[:3] == ["age", "dose (mg/d)", "lab 0"]
    page.get_by_test_id("data-search").fill("LAB 33")
    assert page.get_by_test_id("data-fold").all_inner_texts() == ["lab 33"]
    page.get_by_test_id("data-search").fill("nothing of that name")
    assert lines(page) == []


def test_unfolded_a_column_shows_its_quantiles_by_keyboard(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    fold = line(page, table, "age").get_by_test_id("data-fold")
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("aria-expanded") == "true"
    cells = page.locator("#dsc-data-more-1 tbody tr").all_inner_texts()
    assert len(cells) == len(server.told["columns"][1]["quantiles"])
    assert cells[4].split() == ["50", "%", f"{server.told['columns'][1]['quantiles'][4][1]:g}"]
    line(page, table, "marker").get_by_test_id("data-fold").click()
    assert "alone tells the target" in page.locator("#dsc-data-more-9").inner_text()


def test_a_pair_is_looked_at_and_shown_by_keyboard(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    heat = page.get_by_test_id("data-heat")
    heat.focus()
    correlations = server.told["correlations"]
    strongest = max(
        (abs(correlations["pearson"][i][j]), j, i) for i in range(len(correlations["columns"])) for j in range(i)
    )
    one, other = (table.columns[correlations["columns"][place]].name for place in (strongest[2], strongest[1]))
    assert heat.get_attribute("aria-label").startswith(f"{one} and {other}: Pearson 0.")
    page.keyboard.press("ArrowUp")
    above = table.columns[correlations["columns"][strongest[2] - 1]].name
    assert heat.get_attribute("aria-label").startswith(f"{above} and {other}: ")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-testid=data-pairs][data-pair]")
    x, y = (correlations["columns"][place] for place in (strongest[1], strongest[2] - 1))
    page.wait_for_selector(f"[data-testid=data-pairs][data-pair='{x},{y}']")
    page.get_by_test_id("data-pair-y").select_option(label="ward")
    page.wait_for_selector(f"[data-testid=data-pairs][data-pair='{x},5']")
    assert f"ward against {table.columns[x].name}, 253 rows." in page.get_by_test_id("data-pairs").inner_text()
    assert f"/points.json?x={x}&y=5&target=19" in server.asked


def test_a_point_leads_to_its_row_by_pointer_and_keyboard(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    x = np.array(server.told["components"]["points"])[:, 0]
    page.get_by_test_id("data-plane").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    second = int(np.argsort(x)[1]) + 1
    assert page.locator(".dsc-data-row").first.inner_text() == f"row {second}"
    page.keyboard.press("Enter")
    assert rows_shown(page) == [second]
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    box = page.locator("[data-testid=data-components] .dsc-surface").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 2)
    assert page.locator(".dsc-data-row").first.inner_text() == ""


def test_t_sne_is_made_when_it_is_asked_for_and_says_how_far_it_is(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    assert page.get_by_test_id("data-components").get_attribute("data-layout") == "pca"
    assert not any("embedding" in each for each in server.asked)
    server.holds = True
    page.get_by_test_id("data-tsne").click()
    page.wait_for_function("document.querySelector('[data-testid=data-components]').innerText.includes('begins')")
    server.tell(page, 0.4, "Laying the rows out by t-SNE", of="embedding")
    page.wait_for_function("document.querySelector('[data-testid=data-components]').innerText.includes('· 40 %')")
    server.release()
    page.wait_for_selector("[data-testid=data-components][data-layout=tsne]")
    assert "Perplexity 30, 500 steps" in page.get_by_test_id("data-components").inner_text()
    page.get_by_test_id("data-pca").click()
    assert page.get_by_test_id("data-components").get_attribute("data-layout") == "pca"


def test_t_sne_is_cancelled(open_profile, table):
    server = Server(table, 19)
    page = open_profile(server)
    server.holds = True
    page.get_by_test_id("data-tsne").click()
    server.tell(page, 0.4, "Laying the rows out by t-SNE", of="embedding")
    page.get_by_test_id("cancel-tsne").click()
    assert page.get_by_test_id("data-components").get_attribute("data-layout") == "pca"
    assert not page.get_by_test_id("cancel-tsne").is_visible()
    while not any("embedding/cancel?target=" in each for each in server.asked):
        page.evaluate("0")


def test_nothing_moves_when_the_profile_comes(open_profile, table):
    server = Server(table, 19)
    server.holds = True
    page = open_profile(server, is_described=False)
    status = page.get_by_test_id("profile-status")
    assert status.inner_text() == "Describing the table · 0 %"
    tops = "() => [...document.querySelectorAll('[data-testid=table-profile] > section')].map(each => each.getBoundingClientRect().top)"  # noqa: E501
    before = page.evaluate(tops)
    server.tell(page, 0.42, "Describing the table")
    page.wait_for_function("document.querySelector('[data-testid=profile-status]').innerText.includes('42 %')")
    server.release()
    page.wait_for_selector("[data-testid=table-profile][aria-busy=false]")
    assert page.evaluate(tops) == pytest.approx(before, abs=1)


def test_what_is_refused_is_said_in_the_servers_words(lend_tab, harness_url, table):
    server = Server(table)
    server.refuses = (503, "Reading the file took more than 8 seconds and was stopped.")
    page = lend_tab(viewport={"width": 1396, "height": 860})  # the browser itself writes into its log
    page.goto(harness_url)
    page.wait_for_selector("html[data-ready]")
    server.play(page)
    page.evaluate(MOUNT, server.data)
    page.wait_for_selector("[data-testid=table-profile].dsc-data-refused")
    assert page.get_by_test_id("profile-status").inner_text() == server.refuses[1]
    assert page.get_by_test_id("data-columns").is_hidden()


def test_another_target_is_asked_for_and_what_was_unfolded_stays(open_profile, table):
    server = Server(table)
    page = open_profile(server)
    assert "Choose a target" in page.get_by_test_id("data-balance").inner_text()
    line(page, table, "age").get_by_test_id("data-fold").click()
    server = Server(table, 19)
    page.unroute("**/descent/tables/**")
    server.play(page)
    page.evaluate(MOUNT, server.data)
    page.wait_for_selector("[data-testid=table-profile][data-target='19']")
    assert server.asked[0] == "/profile.json?target=19"
    assert "well" in page.get_by_test_id("data-balance").inner_text()
    assert page.locator("#dsc-data-more-1").is_visible()
    assert page.get_by_test_id("table-profile").count() == 1


def test_names_and_values_of_people_are_text(open_profile):
    table = read_table(b'"<img src=x onerror=alert(1)>",{n},\n<b>1</b>,2,3\n<i>,3,4\n<b>1</b>,2,3\n', "x.csv")
    page = open_profile(Server(table, 0))
    assert page.locator("[data-testid=table-profile] img").count() == 0
    assert page.get_by_test_id("data-fold").all_inner_texts() == ["<img src=x onerror=alert(1)>", "{n}", "#3"]
    page.get_by_test_id("data-repeats").get_by_role("button").first.click()
    assert rows_shown(page) == [1, 3]
    assert page.locator("[data-testid=data-rows] tbody td").first.inner_text() == "<b>1</b>"


def test_a_table_of_one_column_has_a_profile(open_profile):
    page = open_profile(Server(read_table(b"a\n1\n2\n", "x.csv")))
    assert page.get_by_test_id("data-correlations").get_by_role("status").inner_text().startswith("There are no two")
    assert lines(page) == ["0"]


def test_no_word_is_left_in_english(open_profile, marked_words):  # noqa: F811
    table = read_table(b"1,2,3\n7,8,5\n8,9,5\n7,8,5\n99,,5\n" + b"8,9,5\n" * 30, "x.csv")
    server = Server(table, 2)
    page = open_profile(server)
    page.evaluate(
        """async (words) => {
            const { folders } = await import("/pages/frontend/descent.js");
            folders.words.use("zh", words);
        }""",
        marked_words,
    )
    page.evaluate(MOUNT, server.data)
    page.get_by_test_id("data-fold").first.click()
    page.get_by_test_id("data-missing").first.click()
    assert rows_shown(page) == [4]
    seen = page.evaluate(SEEN, "[data-testid=table-profile]")
    assert any("⟦" in each for each in seen)
    assert {each: bare(each) for each in seen if bare(each) - {"SNE"}} == {}
