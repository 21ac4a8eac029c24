"""Compiled functions that the tests of training share, as runs in one worker do."""

from __future__ import annotations

import pytest

from core.training import ProgramCache


@pytest.fixture(scope="session")
def programs() -> ProgramCache:
    """Saves a trace per test. Tests that compare with `model.fit` make their own graph instead."""
    return ProgramCache()
