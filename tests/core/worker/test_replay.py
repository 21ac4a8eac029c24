"""What was recorded after the kept state is trained again: everything at its epoch, and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from core.datasets import load_dataset
from core.evaluation import View
from core.protocol.messages import Control, Edit, Edited, Open, Progress, RateChanged, Refused
from core.protocol.run_state import RunState
from core.training import ProgramCache, TrainingState
from core.worker import keeping
from core.worker.replay import Replay
from core.worker.session import Session
from tests.core.tiny_runs import experiment

CONFIG = experiment(dataset="moons", layers="3-tanh,2-tanh", epochs=30)
EDIT = Edit(0, 1, 2, 2.5)


@dataclass
class Life:
    """What a session reported, as the server keeps it."""

    reports: list[Any] = field(default_factory=list)

    def session(self, programs: ProgramCache, **opening: Any) -> Session:
        opening = {"state": RunState.RUNNING, **opening}
        dataset = load_dataset(CONFIG.dataset, seed=CONFIG.seed)
        return Session(Open("run", CONFIG, View(), **opening), dataset, programs, self.reports.append)

    def of(self, kind: type) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]

    @property
    def history(self) -> np.ndarray:
        return np.concatenate([report.logs for report in self.of(Progress)])

    @property
    def snapshots(self) -> dict[int, bytes]:
        return dict(snapshot for report in self.of(Progress) for snapshot in report.snapshots)


@pytest.fixture
def lived(programs: ProgramCache) -> Life:
    """A run with another rate after epoch 6, and a weight set by hand after epoch 10."""
    life = Life()
    session = life.session(programs, state=RunState.PAUSED, steps=6)
    numbers = iter(range(1, 9))

    def control(action: Any, value: Any = None) -> None:
        session.control(Control("run", action, value, next(numbers)))
        while session.wants_to_train:
            session.train(0.0)

    while session.wants_to_train:
        session.train(0.0)
    control("learning_rate", 0.2)
    control("step", 4)
    control("edit", EDIT)
    control("resume")
    assert session.state is RunState.DONE
    return life


def opening(lived: Life, until: int, start: int | None) -> dict[str, Any]:
    """How the run is opened whose record ends after `until` epochs, and whose state is that of epoch `start`."""
    return {
        "checkpoint": None if start is None else lived.snapshots[start],
        "history": lived.history[:until].copy(),
        "changes": tuple((each.epoch, each.learning_rate) for each in lived.of(RateChanged)),
        "edits": tuple(each.edit for each in lived.of(Edited)),
    }


@pytest.mark.parametrize("start", [None, 3, 6, 8, 10, 11])
@pytest.mark.parametrize("until", [12, 20])
def test_a_run_goes_on_from_any_state_and_reports_only_what_is_new(
    programs: ProgramCache, lived: Life, start: int | None, until: int
) -> None:
    again = Life()
    session = again.session(programs, **opening(lived, until, start))
    while session.wants_to_train:
        session.train(0.0)
    assert session.state is RunState.DONE
    first = next(report.first_epoch for report in again.of(Progress) if len(report.logs))
    assert first == until + 1
    np.testing.assert_array_equal(again.history, lived.history[until:])
    assert again.snapshots[30] == lived.snapshots[30]
    assert min(set(again.snapshots) - {0}) > until


def test_each_state_kept_on_the_way_is_one_to_go_on_from(
    programs: ProgramCache, lived: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second death may come during the replay after the first."""
    monkeypatch.setattr(keeping, "_KEEP_LEAST", 0.0)
    monkeypatch.setattr(keeping, "_KEEP_SHARE", 0.0)
    again = Life()
    session = again.session(programs, **opening(lived, 20, 3))
    while session.trainer.epoch < 20:
        session.train(0.0)
    kept = [TrainingState.from_bytes(report.kept) for report in again.of(Progress) if report.kept]
    assert {state.epoch for state in kept} >= set(range(5, 20))
    for state in kept:
        assert state.edits == (state.epoch > 10)
        last = Life()
        third = last.session(programs, **{**opening(lived, 20, None), "checkpoint": state.to_bytes()})
        while third.wants_to_train:
            third.train(0.0)
        assert last.snapshots[30] == lived.snapshots[30]


@pytest.mark.parametrize("state", [RunState.DONE, RunState.STOPPED, RunState.FAILED, RunState.PAUSED])
def test_a_run_that_rests_is_opened_again_without_a_word_about_its_end(
    programs: ProgramCache, lived: Life, state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_KEEP_LEAST", 0.0)
    monkeypatch.setattr(keeping, "_KEEP_SHARE", 0.0)
    again = Life()
    session = again.session(programs, **opening(lived, 20, 8), state=state, epochs=20)
    while session.wants_to_train:
        session.train(0.0)
    assert {report.state for report in again.of(Progress)} == {state}
    assert {report.message for report in again.of(Progress)} == {None}
    assert len(again.history) == 0
    assert session.trainer.epoch == 20


def test_controls_that_change_the_network_wait_until_the_record_ends(programs: ProgramCache, lived: Life) -> None:
    again = Life()
    controls = (Control("run", "edit", Edit(1, 0, 0, -1.0), 7), Control("run", "resume", None, 8))
    session = again.session(programs, **opening(lived, 20, 8), state=RunState.PAUSED, controls=controls)
    assert again.of(Edited) == []
    while session.wants_to_train:
        session.train(0.0)
    (edited,) = again.of(Edited)
    assert (edited.edit.epoch, edited.obeyed) == (20, 7)
    assert [report.obeyed for report in again.of(Progress)][-1] == 8
    assert session.state is RunState.DONE


def test_another_outcome_stops_the_replay_and_the_state_it_began_from_is_back(
    programs: ProgramCache, lived: Life
) -> None:
    told = opening(lived, 20, 8)
    told["history"][14, 0] += np.float32(1e-6)
    again = Life()
    session = again.session(programs, **told)
    while session.wants_to_train:
        session.train(0.0)
    assert session.state is RunState.PAUSED
    assert str(again.of(Progress)[-1].message).startswith("Epoch 15 came out otherwise than it was recorded")
    assert len(again.history) == 0
    assert session.trainer.epoch == 8
    ended = Life()
    session = ended.session(programs, **told, state=RunState.STOPPED)
    while session.wants_to_train:
        session.train(0.0)
    (refused,) = ended.of(Refused)
    assert str(refused.sentence).startswith("Epoch 15")


def test_what_is_not_a_number_equals_itself() -> None:
    history = np.array([[1.0, np.nan], [np.nan, 2.0]], dtype=np.float32)
    replay = Replay(history, start=0, changes=(), edits=(), done_edits=0)
    assert replay.first_difference(1, history.copy()) is None
    assert replay.first_difference(1, np.array([[1.0, np.nan], [0.5, 2.0]], np.float32)) == 2
    assert replay.first_difference(2, history[1:].copy()) is None
