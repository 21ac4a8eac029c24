"""The training processes, without runs."""

from __future__ import annotations

import shutil
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from core.engine import pool


def test_a_process_that_dies_before_it_connects_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "sys", SimpleNamespace(executable=shutil.which("false")))
    died = threading.Event()

    def received(*message: Any) -> None:
        raise AssertionError(message)

    worker = pool.WorkerProcess("stillborn", received, lambda _: died.set())
    worker.send("lost")
    assert died.wait(10)
