"""An experiment on somebody else's private table: the page says so in one sentence, and shows the first experiment."""

from __future__ import annotations

import pytest
from streamlit.runtime.state.common import TESTING_KEY
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.errors import WrongValue
from core.exchange.link import to_query
from core.experiment.config import ExperimentConfig
from core.runtime.plain_json import plain_json
from core.tables import open_tables, read_table
from pages.components.importing import read_experiment
from pages.components.opening import WELCOME
from tests.pages.browsing import address, finished, opened, problems, quiet, value

OWNER = "the owner"
ROWS = "\n".join(["age,city,group", *(f"{20 + row},CELL-{row % 3},CELL-{'ab'[row % 2]}" for row in range(60))])


@pytest.fixture(scope="module")
def content(engine: Engine) -> str:
    return open_tables().add(read_table(ROWS.encode(), "CELL-file.csv"), owner=OWNER)


def on_table(content: str) -> ExperimentConfig:
    return ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "group"}, "training": {"epochs": 2}, "model": {"hidden_layers": []}}
    )


def says_nothing_of_it(page: AppTest) -> None:
    assert "CELL" not in str(list(page)) + str(address(page))
    (line,) = problems(page)
    assert line.startswith("This table is private: only its owner sees its rows and can train on it")
    assert line.endswith("The controls show the first experiment instead.")
    assert value(page, "dataset") == WELCOME.config.dataset.name


@pytest.mark.parametrize("mistake", [{}, {"inputs": "no such column"}, {"kinds": "city:ordered:x|y"}])
def test_a_link_to_it_shows_the_first_experiment(content: str, mistake: dict[str, str]) -> None:
    """Also a wrong one, whose mistakes would name columns and levels."""
    says_nothing_of_it(opened({**to_query(on_table(content)), **mistake}))


def test_a_run_on_it_is_watched_beside_the_first_experiment(engine: Engine, content: str) -> None:
    run = finished(engine, on_table(content), OWNER)
    page = opened({"run": run.id})
    says_nothing_of_it(page)
    assert address(page)["run"] == run.id


def test_a_file_with_it_is_refused_without_a_word_of_it(content: str) -> None:
    page = {"dataset": {"name": content, "target": "no such column"}}
    with pytest.raises(WrongValue, match="This table is private") as refused:
        read_experiment(plain_json(page).encode())
    assert "age" not in str(refused.value)


def test_a_page_leaves_a_table_that_is_private_again(engine: Engine, content: str) -> None:
    engine.share_table(content, True, owner=OWNER)
    try:
        page = opened(to_query(on_table(content)))
        assert problems(page) == []
        assert value(page, "dataset") == content
    finally:
        engine.share_table(content, False, owner=OWNER)
    box = page.selectbox(key="dataset")
    # AppTest asks outside the session what the choice is called, where there is no table.
    page.session_state[TESTING_KEY][box.id] = lambda _: box.options[-1]
    says_nothing_of_it(quiet(page.run()))
