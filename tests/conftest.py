"""Settings for every test: none of them touches the data of the person who runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # test modules import TensorFlow, and it would report its CPU

#: How long a test waits for what it expects of a page. An event ends the wait; on a machine that is busy with something
#: else a frame can be seconds late.
EVENT_MILLISECONDS = 20_000

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


pytest_plugins = ["tests.processes"]


@pytest.fixture(autouse=True, scope="session")
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("descent-data")))
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all tests: a process can run only one."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=EVENT_MILLISECONDS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser; without one the tests that need it fail, they do not skip."""
    from tests.e2e.conftest import launch_options

    browser = playwright.chromium.launch(**launch_options())
    yield browser
    browser.close()
