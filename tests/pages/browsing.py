"""The Train page without a browser, and experiments that train in a moment.

AppTest draws no component and never redraws a fragment alone: what moves is tested in a real browser, in tests/e2e.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from pages.server.identity import _COOKIE, _signer

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240.0


def experiment(**parameters: object) -> ExperimentConfig:
    """A small experiment with changes as in a link."""
    tiny = {"dataset": "blobs", "samples": "50", "layers": "3-tanh", "epochs": "40"}
    if parameters.get("dataset", "blobs") == "blobs":
        tiny["classes"] = "3"  # the page says it even where it is the default
    link = from_query({**tiny, **{name: str(value) for name, value in parameters.items()}})
    assert not link.problems, link.problems
    return link.config


def finished(engine: Engine, config: ExperimentConfig, owner: str) -> RunFeed:
    """A run that has ended."""
    feed = engine.train(config, owner=owner)
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS), feed.message
    return feed


def opened(query: Mapping[str, str | list[str]] | None = None) -> AppTest:
    """The page as a browser gets it that opens a link."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    for name, value in (query or {}).items():
        page.query_params[name] = value
    return quiet(page.run())


def quiet(page: AppTest) -> AppTest:
    """The same page, which shows no exception."""
    assert [error.value for error in page.exception] == []
    return page


def address(page: AppTest) -> dict[str, str]:
    """The query parameters that the page has written."""
    found = dict(page.query_params)
    return {name: value if isinstance(value, str) else value[-1] for name, value in found.items()}


def experiment_of(page: AppTest) -> ExperimentConfig:
    """What the address bar says, without complaint."""
    link = from_query(address(page))
    assert link.problems == ()
    return link.config


def problems(page: AppTest) -> list[str]:
    """The lines of the box that says what is wrong with the link or the settings; [] where there is no box."""
    box = next((block for block in _blocks(page.main) if block.proto.id.endswith("-problems")), None)
    texts = [element.value for element in box.children.values() if element.type == "markdown"] if box else []
    lines = [line.removeprefix("- ") for text in texts for line in text.splitlines()]
    return [re.sub(r"\\(.)", r"\1", line) for line in lines]  # written so that no character is Markdown


def _blocks(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        if hasattr(child, "children"):
            if hasattr(getattr(child, "proto", None), "id"):
                yield child
            yield from _blocks(child)


def run_of(page: AppTest, engine: Engine) -> RunFeed:
    return engine.find(address(page)["run"])


def value(page: AppTest, key: str) -> object:
    """What a control shows, by its key."""
    for kind in ("selectbox", "number_input", "slider", "select_slider", "multiselect", "pills", "checkbox", "toggle"):
        for widget in getattr(page, kind):
            if widget.key == key:
                return widget.value
    raise AssertionError(f"there is no control '{key}'")


def as_browser(owner: str) -> dict[str, str]:
    """Headers of a request of the browser that started an owner's runs."""
    return {"cookie": f"{_COOKIE}={_signer().sign(owner).decode()}"}
