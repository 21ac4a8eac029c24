"""The printable report: the same numbers, both languages, nothing fetched, nothing run."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from pages.server.report_charts import Axis, Bars, Line, Points, chart
from tests.core.tiny_runs import wait_for_rest
from tests.pages.browsing import experiment, finished


@pytest.fixture(scope="module")
def cancer(engine: Engine) -> RunFeed:
    config = {"dataset": {"name": "breast_cancer"}, "training": {"epochs": 3}}
    feed = finished(engine, ExperimentConfig.model_validate(config), "reports")
    wait_for_rest(engine, feed)
    return feed


def report(client: TestClient, run: RunFeed, query: str = "") -> str:
    answer = client.get(f"/descent/runs/{run.id}/evaluation.html{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="descent-evaluation.html"'
    return answer.text


def test_the_report_says_the_numbers_of_the_json(client: TestClient, cancer: RunFeed) -> None:
    page = report(client, cancer, "?threshold=0.3")
    found = client.get(f"/descent/runs/{cancer.id}/evaluation.json?threshold=0.3").json()
    for name in ("roc_auc", "recall", "specificity"):
        figure = found["metrics"][name]
        assert f"<td>{figure['value']:,.3f}</td><td>{figure['low']:,.3f} – {figure['high']:,.3f}</td>" in page
    people = found["per_1000"]
    assert f"{round(people['missed'])} missed, {round(people['false_alarms'])} false alarms" in page
    rare = client.get(f"/descent/runs/{cancer.id}/evaluation.json?threshold=0.3&prevalence=0.002").json()["per_1000"]
    assert 0 < rare["missed"] < 0.95
    assert f"{rare['missed']:.1g} missed, " in report(client, cancer, "?threshold=0.3&prevalence=0.002")
    cells = re.findall(r"<td(?: class=right)?>(\d+)</td>", page.split("Confusion matrix")[1].split("</table>")[0])
    assert [int(cell) for cell in cells] == list(np.ravel(found["confusion"]))
    assert html.escape(found["chosen_by"]) in page
    assert "For teaching, not for clinical use" in page


def test_it_opens_without_a_server(client: TestClient, cancer: RunFeed, run: RunFeed) -> None:
    for page in (report(client, cancer), report(client, run)):
        assert not re.search(r"<script|src=|https?://|url\((?!data:|#)", page)
        assert page.count("<figure>") == 5
        assert page.count('role="img" aria-label="') == 5


def test_it_speaks_the_language_of_who_asks(client: TestClient, cancer: RunFeed) -> None:
    page = report(client, cancer, "?lang=zh")
    text = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    assert '<html lang="zh">' in page
    assert "混淆矩阵" in text
    assert not re.search(r"Confusion|Figures|threshold|missed", text)


def test_a_number_has_its_own_pictures(client: TestClient, engine: Engine) -> None:
    feed = finished(engine, experiment(dataset="plane", samples=60, epochs=3, layers="3-tanh"), "reports")
    wait_for_rest(engine, feed)
    page = report(client, feed)
    assert page.count("<figure>") == 2
    assert "Predicted against actual" in page
    assert "Confusion" not in page


def test_a_chart_puts_numbers_where_they_belong() -> None:
    line = Line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "a < b")
    points = Points(np.array([0.5]), np.array([0.5]), np.array([0.25]), np.array([0.75]))
    bars = Bars(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.0]), "rows", "b")
    drawn = chart("T & T", Axis("x", 0, 1), Axis("y", 0, 1), [line, points, bars], describes="what")
    assert 'points="52.0,208.0 328.0,10.0"' in drawn
    assert '<circle cx="190.0" cy="109.0"' in drawn
    assert "M190.0 158.5V59.5" in drawn
    assert "T &amp; T" in drawn
    assert "a &lt; b" in drawn
    flat = chart("flat", Axis("x", 2, 2), Axis("y", 0, 1), [Points(np.array([2.0]), np.array([np.nan]))], describes="")
    assert "<circle" in flat
