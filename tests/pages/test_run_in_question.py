"""Pages about a trained network: which run they are about, and what they say where there is none."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.evaluation.views import View
from core.exchange.link import from_query
from core.exchange.page_parameters import OF_PAGES
from core.experiment.config import ExperimentConfig
from core.tables import open_tables, read_table
from tests.pages.browsing import finished, quiet


def a_page() -> None:
    import streamlit as st

    from pages.components.opening import open_experiment
    from pages.components.run_in_question import run_in_question

    open_experiment()
    found = run_in_question()
    st.text("none" if found is None else f"{found.feed.id} {found.is_owner} {found.config.dataset.info.title}")


def shown(run: str | None, language: str = "en", **parameters: str) -> AppTest:
    page = AppTest.from_function(a_page, default_timeout=60)
    page.session_state["_language"] = language
    for name, value in ({"run": run} if run else {}).items() | parameters.items():
        page.query_params[name] = value
    return quiet(page.run())


def words_of(page: AppTest) -> str:
    return " ".join(element.proto.body for element in page.get("html"))


def test_it_is_the_run_of_the_address(run: RunFeed) -> None:
    page = shown(run.id)
    assert page.text[0].value == f"{run.id} False Iris"
    assert "Iris · 3-3" in words_of(page)


@pytest.mark.parametrize(
    ("language", "line"), [("en", "For teaching, not for clinical use"), ("zh", "供教学使用，不可用于临床")]
)
def test_every_such_page_says_what_it_is_for(run: RunFeed, language: str, line: str) -> None:
    assert line in words_of(shown(run.id, language))
    assert line in words_of(shown(None, language))


def test_without_a_run_it_leads_to_train_and_to_runs(engine: Engine) -> None:
    page = shown(None)
    assert page.text[0].value == "none"
    said = words_of(page)
    assert "none is chosen" in said
    assert 'data-descent-page="train"' in said
    assert 'data-descent-page="runs"' in said


def test_a_run_that_is_not_there_is_said(engine: Engine) -> None:
    page = shown("no-such-run")
    assert page.text[0].value == "none"
    assert "none is chosen" in words_of(page)


def test_an_untrained_network_is_no_run(engine: Engine) -> None:
    preview = engine.preview(ExperimentConfig(), View())
    page = shown(preview.id)
    assert page.text[0].value == "none"
    assert "not trained yet" in words_of(page)


def test_who_may_not_see_the_rows_is_told_why_and_no_column(engine: Engine) -> None:
    rows = "\n".join(["age,CELL-city,group", *(f"{20 + row},CELL-{row % 3},CELL-{'ab'[row % 2]}" for row in range(60))])
    content = open_tables().add(read_table(rows.encode(), "CELL-file.csv"), owner="somebody")
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "group"}, "training": {"epochs": 1}, "model": {"hidden_layers": []}}
    )
    page = shown(finished(engine, config, "somebody").id)
    assert "This table is private" in words_of(page)
    assert "CELL" not in words_of(page) + page.text[0].value


def test_what_a_page_shows_is_no_parameter_of_an_experiment() -> None:
    link = from_query(dict.fromkeys(("run", *(name for names in OF_PAGES.values() for name in names)), "0.3"))
    assert link.problems == ()
    assert link.config == ExperimentConfig()


def test_what_a_page_shows_does_not_make_the_link_of_a_run_another_experiment(run: RunFeed) -> None:
    page = shown(run.id, threshold="0.3")
    assert page.session_state["dataset"] == "iris"
