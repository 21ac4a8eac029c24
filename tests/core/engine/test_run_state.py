"""The states of a run and what may follow them."""

from __future__ import annotations

import itertools
import logging

import pytest

from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from core.protocol.run_state import TRANSITIONS, RunState


def test_states_are_the_words_that_store_and_pages_know() -> None:
    assert [str(state) for state in RunState] == ["idle", "queued", "running", "paused", "done", "stopped", "failed"]
    assert RunState("done") == "done"


def test_every_state_is_in_the_table_and_a_failed_run_stays_failed() -> None:
    assert set(TRANSITIONS) == set(RunState)
    assert TRANSITIONS[RunState.FAILED] == set()
    assert all(RunState.IDLE not in following for following in TRANSITIONS.values())


@pytest.mark.parametrize(("before", "after"), list(itertools.product(RunState, RunState)))
def test_a_state_changes_along_the_table_only(
    before: RunState, after: RunState, caplog: pytest.LogCaptureFixture
) -> None:
    run = RunFeed("run", owner="me", config=ExperimentConfig(), state=before, epochs=1)
    with caplog.at_level(logging.CRITICAL):
        run.enter(after)
    assert run.state is (after if before.may_become(after) else before)


def test_active_training_and_ended_states_are_apart() -> None:
    assert [state for state in RunState if state.is_training] == ["queued", "running"]
    assert [state for state in RunState if state.is_active] == ["queued", "running", "paused"]
    assert [state for state in RunState if state.has_ended] == ["done", "stopped", "failed"]
    assert [state for state in RunState if state.may_be_continued] == ["done", "stopped"]
