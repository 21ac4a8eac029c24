"""Whoever presses a button the moment it is there, in a fresh browser, sees what it does.

`python -m benchmarks clicks` tries it more often.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e.conftest import Server
from tests.e2e.impatient import CONDITIONS, PRESSES, busy, is_shown

VISITS = [(condition, name) for condition in CONDITIONS for name in (*PRESSES, "train")]


@pytest.mark.parametrize(("condition", "name"), VISITS)
def test_what_is_pressed_at_once_is_seen(
    new_context: Callable[..., BrowserContext], server: Server, condition: str, name: str
) -> None:
    with busy(condition):
        assert is_shown(new_context().new_page(), server.url, PRESSES[name], condition, seed=1)
