"""The Evaluate page: which run it is about, what its component is told, what the address says of what was chosen."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from pages.components import evaluating
from tests.pages.browsing import ROOT, SECONDS, address, experiment, finished, quiet


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Python tells the component, each time, with what it is to call."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(evaluating, "_component", lambda **told: found.append(told))
    return found


def shown(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    for name, value in parameters.items():
        page.query_params[name] = value
    return quiet(page.switch_page("pages/evaluate.py").run())


def test_the_component_is_told_the_run_and_what_the_address_says(run: RunFeed, told: list[dict[str, Any]]) -> None:
    page = shown(run=run.id, threshold="0.3", sample="5")
    data = told[-1]["data"]
    assert (data["channel"], data["owner"], data["event"]) == (run.id, False, 2)
    assert data["asked"] == {"threshold": "0.3", "sample": "5"}
    assert data["chose"]["test"]["said"].startswith("The number of epochs was set before")
    assert address(page)["threshold"] == "0.3"


def writing() -> None:
    import streamlit as st

    from pages.components.address import kept_page_parameters, page_parameters
    from pages.components.evaluating import _shown

    st.session_state["evaluating"] = {"shown": {"threshold": "0.25", "sample": None, "rows": 7, "x": "y"}}
    st.session_state["_run"] = "a"
    _shown()
    assert page_parameters("evaluate") == {"threshold": "0.25"}
    st.session_state["_run"] = "b"
    assert kept_page_parameters("evaluate") == {}
    st.session_state["_run"] = "a"
    assert kept_page_parameters("evaluate") == {"threshold": "0.25"}


def test_what_was_chosen_stands_in_the_address_and_is_kept_for_its_run() -> None:
    """The component tells all of it: what it does not mention goes, and so does what is no text."""
    page = AppTest.from_function(writing)
    page.query_params.update({"threshold": "0.3", "prevalence": "0.1", "sample": "5"})
    quiet(page.run())
    assert address(page) == {"threshold": "0.25"}


def test_the_event_of_a_medical_set_is_looked_for(engine: Engine, told: list[dict[str, Any]]) -> None:
    feed = finished(engine, experiment(dataset="breast_cancer", epochs=1), "evaluate page")
    shown(run=feed.id)
    data = told[-1]["data"]
    assert (data["event"], data["isMedical"]) == (0, True)


def test_without_a_run_nothing_is_evaluated(engine: Engine, told: list[dict[str, Any]]) -> None:
    page = shown()
    assert told == []
    assert "none is chosen" in " ".join(element.proto.body for element in page.get("html"))
