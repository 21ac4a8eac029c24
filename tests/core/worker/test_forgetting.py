"""A worker that is told to forget a table holds none of its rows any more."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest

from core import ExperimentConfig
from core.protocol.messages import Forget, Question
from core.tables import open_tables, read_table
from core.worker.worker import Worker


class Line:
    """The connection to a server that listens and says nothing."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def test_a_forgotten_table_leaves_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    lines = ["age,group", *(f"{20 + row},{'ab'[row % 2]}" for row in range(40))]
    content = open_tables().add(read_table("\n".join(lines).encode(), "t.csv"), owner="one")
    config = ExperimentConfig.model_validate({"dataset": {"name": content, "target": "group"}})
    worker = Worker(Line())  # type: ignore[arg-type]
    worker._commands.append(Question(1, "slow_motion", config, None, {"batch": 0, "sample": 0}))
    worker._obey()
    worker._go_on_answering()
    assert worker._connection.sent[0].value["samples"] > 0  # type: ignore[attr-defined]
    dataset, table = weakref.ref(worker._dataset(config)), weakref.ref(open_tables().get(content))
    other = ExperimentConfig.model_validate({"dataset": {"name": "iris"}})
    kept = weakref.ref(worker._dataset(other))
    worker._commands.append(Forget(content))
    worker._obey()
    gc.collect()
    assert dataset() is None
    assert table() is None
    assert kept() is not None
