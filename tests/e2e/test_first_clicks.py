"""Whoever presses a button the moment it is there, in a fresh browser, sees what it does.

`python -m benchmarks clicks` tries it more often.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e.conftest import Server
from tests.e2e.impatient import PRESSES, busy, is_shown

#: All that can be pressed while our modules are late, which is when clicks were lost; under the other conditions what
#: is pressed once and what is pressed twice. `benchmarks clicks` tries every pair, each many times.
VISITS = [
    *(("modules delayed", name) for name in PRESSES),
    ("idle", "train"),
    ("machine busy", "train twice"),
    ("machine busy", "train, reset"),
]


@pytest.mark.parametrize(("condition", "name"), VISITS)
def test_what_is_pressed_at_once_is_seen(
    new_context: Callable[..., BrowserContext], server: Server, condition: str, name: str
) -> None:
    with busy(condition):
        assert is_shown(new_context().new_page(), server.url, PRESSES[name], condition, seed=1, seconds=240)
