"""The process of tasks: what it may take, and that a failure is a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import CannotTrain
from core.evaluation.views import View
from core.protocol.tasks import Advanced, Begin, Finished
from core.tasks import KINDS, Context, Kind, Progress, TaskOptions
from core.training import ProgramCache
from core.words import Said
from core.worker.task_process import RunContext, _finish
from tests.core.tiny_runs import experiment

ROOT = Path(__file__).resolve().parents[3]

_TAKES = """
import sys
import numpy as np
from core.worker import task_process
task_process._MEMORY = 200 * 2**20
task_process._limit_memory()
small = np.ones(50 * 2**17)
try:
    np.ones(400 * 2**17)
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses memory in this way")
def test_the_system_refuses_what_a_task_may_not_take() -> None:
    answer = subprocess.run([sys.executable, "-c", _TAKES], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "refused", answer.stderr[-2000:]


class Listener:
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def finished(monkeypatch: pytest.MonkeyPatch, work: Any) -> tuple[Finished, list[Any]]:
    monkeypatch.setitem(KINDS, "test", Kind(TaskOptions, work))
    begin = Begin(7, "test", {}, experiment(), View(), "run", 0, history=np.zeros((0, 4), np.float32))
    listener = Listener()
    return _finish(begin, RunContext(begin, ProgramCache()), listener), listener.sent  # type: ignore[arg-type]


def test_what_is_yielded_travels_as_progress_and_what_is_returned_as_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(context: Context, _: TaskOptions) -> Generator[Progress, None, bytes]:
        yield Progress(0.25, Said("a quarter"), b"part")
        return context.config.dataset.name.encode()

    assert finished(monkeypatch, work) == (Finished(7, b"blobs"), [Advanced(7, 0.25, Said("a quarter"), b"part")])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotTrain(Said("Choose another network.")), "Choose another network."),
        (MemoryError(), "There was not enough memory for it. Try fewer samples, units or layers."),
        (KeyError("x"), "It ended for a reason that Descent did not expect; the server's log has the details."),
    ],
)
def test_a_failure_is_a_sentence(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_: Context, __: TaskOptions) -> Generator[Progress, None, bytes]:
        yield Progress(0.0)
        raise error

    end, _ = finished(monkeypatch, work)
    assert (end.number, end.result, str(end.sentence)) == (7, None, words)


def test_the_log_has_no_traceback_where_a_choice_was_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_: Context, __: TaskOptions) -> Generator[Progress, None, bytes]:
        yield Progress(0.0)
        raise CannotTrain(Said("Choose another network."))

    with caplog.at_level("INFO", "descent.worker"):
        finished(monkeypatch, work)
    (said,) = [each for each in caplog.records if each.name == "descent.worker"]
    assert (said.getMessage(), said.exc_info) == ("task test refused: Choose another network.", None)
