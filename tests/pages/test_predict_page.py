"""The Predict page: it is about the run of the address, and tells rows to whom they belong."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from core.tables import open_tables, read_table
from pages.components import predicting
from tests.pages.browsing import ROOT, SECONDS, finished, quiet


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Python tells the component, each time."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(predicting, "_component", lambda *, data, **_: found.append(data))
    return found


def shown(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    return quiet(page.switch_page("pages/predict.py").run())


def words_of(page: AppTest) -> str:
    return " ".join(element.proto.body for element in page.get("html"))


def test_it_asks_about_the_run_of_the_address(run: RunFeed, told: list[dict[str, Any]]) -> None:
    page = shown(run=run.id, sample="5")
    assert (told[-1]["folder"], told[-1]["owner"]) == (f"/descent/runs/{run.id}", False)
    assert "For teaching, not for clinical use" in words_of(page)


def test_without_a_run_there_is_nobody_to_ask(engine: Engine, told: list[dict[str, Any]]) -> None:
    page = shown()
    assert told == []
    assert "none is chosen" in words_of(page)


def test_of_a_private_table_of_others_nobody_is_told(engine: Engine, told: list[dict[str, Any]]) -> None:
    table = read_table(b"age,ill\n" + b"".join(b"%d,%s\n" % (age, b"yn"[age % 2 :][:1]) for age in range(40)), "t.csv")
    content = open_tables().add(table, owner="somebody else")
    config = ExperimentConfig.model_validate({"dataset": {"name": content, "target": "ill"}, "training": {"epochs": 1}})
    page = shown(run=finished(engine, config, "somebody else").id)
    assert told == []
    assert "private" in words_of(page)
