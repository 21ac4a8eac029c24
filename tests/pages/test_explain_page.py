"""The Explain page: what Python tells the browser of a run."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.exchange.page_parameters import OF_PAGES
from core.explanation.methods import METHODS
from core.tables import open_tables, read_table
from tests.pages.browsing import experiment, finished, quiet


def a_page() -> None:
    import json

    import streamlit as st

    from pages.components.explaining import what_is_shown
    from pages.components.opening import open_experiment
    from pages.components.run_in_question import run_in_question

    open_experiment()
    st.text(json.dumps(what_is_shown(run_in_question())))


def told(run: RunFeed | None, **parameters: str) -> dict[str, object]:
    page = AppTest.from_function(a_page, default_timeout=60)
    for name, value in {**({"run": run.id} if run else {}), **parameters}.items():
        page.query_params[name] = value
    found: dict[str, object] = json.loads(quiet(page.run()).text[0].value)
    return found


def test_columns_classes_and_methods_are_those_of_the_run(run: RunFeed) -> None:
    found = told(run, method="gradient", feature="petal width (cm)", sample="4", other="x")
    assert found["columns"] == ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    assert found["classes"] == ["setosa", "versicolor", "virginica"]
    assert [each["name"] for each in found["methods"]] == [  # type: ignore[attr-defined]
        name for name, method in METHODS.items() if method.of_all
    ]
    assert found["asked"] == {"method": "gradient", "feature": "petal width (cm)", "sample": "4"}
    assert set(found["asked"]) == set(OF_PAGES["explain"])
    assert (found["picture"], found["withheld"], found["isRegression"]) == (None, False, False)


def test_pictures_are_told_with_their_pixels(engine: Engine) -> None:
    found = told(finished(engine, experiment(dataset="digits", epochs=1, test_fraction=0.9), "anna"))
    assert found["picture"] == {"names": found["columns"], "shape": [8, 8, 1]}


def test_of_a_private_table_others_are_told_no_name_of_a_level(engine: Engine) -> None:
    rows = "\n".join(["age,city,group", *(f"{20 + row},CELL-{row % 3},CELL-{'ab'[row % 2]}" for row in range(60))])
    content = open_tables().add(read_table(rows.encode(), "file.csv"), owner="somebody")
    found = told(finished(engine, experiment(dataset=content, target="group", epochs=1), "somebody"))
    assert found["withheld"] is True
    assert "CELL" not in json.dumps(found)


def test_without_a_run_the_check_against_the_truth_is_there(engine: Engine) -> None:
    found = told(None)
    assert (found["folder"], found["withheld"], found["columns"]) == ("", True, [])
    assert found["truth"] == "/descent/explain/truth"


def test_the_page_stands(run: RunFeed) -> None:
    from tests.pages.browsing import ROOT, SECONDS

    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    page.query_params["run"] = run.id
    page.run()
    quiet(page.switch_page("pages/explain.py").run())
