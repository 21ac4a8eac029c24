"""What was chosen for a column counts while it is an input, and is no mistake otherwise."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.tables import open_tables, read_table
from core.tables.process import describe_kept
from tests.pages.browsing import ROOT, SECONDS, quiet

ROWS = "\n".join(
    ["age,note,weight,ill", *(f"{20 + row},remark {row},{50 + row % 9},{'yn'[row % 2]}" for row in range(60))]
)


@pytest.fixture
def page(engine: Engine) -> AppTest:
    """The Data page with a table whose notes are ignored from the start."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    page.run()
    content = open_tables().add(read_table(ROWS.encode(), "t.csv"), owner=page.session_state["_browser"])
    page.session_state["_brought"] = {**describe_kept(content), "content": content}
    return page


def shown(page: AppTest, choices: dict[str, dict[str, str]]) -> AppTest:
    page.session_state["_column_choices"] = {page.session_state["_brought"]["content"]: choices}
    return quiet(page.switch_page("pages/data.py").run())


@pytest.mark.parametrize(
    "choices",
    [
        {"note": {"missing": "mean", "scaling": "minmax"}},
        {"age": {"missing": "mean", "role": "ignored"}},
        {"weight": {"scaling": "robust", "role": "group"}},
        {"ill": {"missing": "mean"}},
    ],
    ids=["ignored from the start", "ignored", "a group", "the target"],
)
def test_what_was_chosen_for_a_column_that_is_no_input_goes_with_it(
    page: AppTest, choices: dict[str, dict[str, str]]
) -> None:
    page = shown(page, choices)
    assert [error.value for error in page.error] == []
    assert not page.button(key="use_table").disabled


def test_what_was_chosen_for_an_input_counts(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown(page, {"age": {"scaling": "minmax"}, "note": {"missing": "mean"}})
    monkeypatch.setattr("streamlit.switch_page", lambda page, **kwargs: None)
    page = quiet(page.button(key="use_table").click().run())
    preparation = page.session_state["_config"].dataset.preparation
    assert [(each.column, each.scaling) for each in preparation.columns] == [("age", "minmax")]
