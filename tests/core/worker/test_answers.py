"""Questions are answered in pieces, so that a long one costs nobody a turn, a Stop or a short question."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core import ExperimentConfig
from core.evaluation import View
from core.protocol.messages import Answer, Control, Open, Question
from core.protocol.run_state import RunState
from core.runtime.pieces import Pieces
from core.words import Said
from core.worker.answers import Answers
from core.worker.worker import Worker
from tests.core.tiny_runs import experiment

ONE = ExperimentConfig.model_validate({"dataset": {"name": "iris"}})
OTHER = ExperimentConfig.model_validate({"dataset": {"name": "moons"}})


class Desk:
    """Answers with the question's number after as many pieces as it says, and notes who had a piece."""

    def __init__(self) -> None:
        self.had: list[int] = []
        self.answers: list[Answer] = []

    def pieces(self, question: Question) -> Pieces[Any]:
        for _ in range(question.options["pieces"] - 1):
            self.had.append(question.number)
            yield
        self.had.append(question.number)
        if question.options.get("fails"):
            raise ValueError("no such row")
        return question.number

    def lane(self, question: Question) -> ExperimentConfig | None:
        return question.config if question.kind == "network" else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def answers(desk: Desk) -> Answers:
    return Answers(desk, desk.answers.append)  # type: ignore[arg-type]


def ask(number: int, pieces: int, *, about: ExperimentConfig = ONE, kind: str = "network", **options: Any) -> Question:
    return Question(number, kind, about, None, {"pieces": pieces, **options})


def go_on(answers: Answers, pieces: int) -> None:
    for _ in range(pieces):
        answers.go_on(0.0, lambda: False)


def test_without_time_one_piece_is_done(answers: Answers, desk: Desk) -> None:
    answers.add(ask(1, 3))
    answers.go_on(0.0, lambda: False)
    assert desk.had == [1]
    assert len(answers) == 1


def test_who_wants_something_else_gets_it_after_the_piece(answers: Answers, desk: Desk) -> None:
    answers.add(ask(1, 3))
    wanted: Iterator[bool] = iter([False, True])
    answers.go_on(60.0, lambda: next(wanted))
    assert desk.had == [1, 1]


def test_a_short_question_overtakes_a_long_one(answers: Answers, desk: Desk) -> None:
    answers.add(ask(1, 50))
    go_on(answers, 5)
    answers.add(ask(2, 1, about=OTHER))
    go_on(answers, 2)
    assert [answer.value for answer in desk.answers] == [2]


def test_short_questions_without_end_do_not_hold_a_long_one_up(answers: Answers, desk: Desk) -> None:
    answers.add(ask(0, 5))
    for number in range(1, 20):
        answers.add(ask(number, 1, kind="numbers"))
        go_on(answers, 1)
    assert 0 in [answer.value for answer in desk.answers]


def test_an_answer_that_cannot_be_sent_is_told_in_words(desk: Desk) -> None:
    def report(answer: Answer) -> None:
        if answer.sentence is None:
            raise MemoryError
        desk.answers.append(answer)

    answers = Answers(desk, report)  # type: ignore[arg-type]
    answers.add(ask(1, 1))
    go_on(answers, 1)
    (answer,) = desk.answers
    assert "not enough memory" in str(answer.sentence)


def test_one_network_is_asked_one_thing_at_a_time(answers: Answers, desk: Desk) -> None:
    for number in (1, 2, 3):
        answers.add(ask(number, 3))
    answers.add(ask(4, 3, kind="numbers"))
    go_on(answers, 12)
    of_network = [number for number in desk.had if number != 4]
    assert of_network == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [answer.value for answer in desk.answers].index(4) < 2, "numbers need no network"
    assert not len(answers)


def test_an_error_is_told_and_the_next_is_answered(answers: Answers, desk: Desk) -> None:
    answers.add(ask(1, 2, fails=True))
    answers.add(ask(2, 1))
    go_on(answers, 3)
    failed, answered = desk.answers
    assert (failed.number, failed.value, str(failed.sentence)) == (1, None, "no such row")
    assert answered.value == 2


def test_what_a_forgotten_table_was_asked_is_refused(answers: Answers, desk: Desk) -> None:
    answers.add(ask(1, 9))
    answers.add(ask(2, 1, about=OTHER))
    go_on(answers, 1)
    answers.forget("iris")
    go_on(answers, 1)
    gone, answered = desk.answers
    assert gone.number == 1
    assert isinstance(gone.sentence, Said)
    assert answered.value == 2


class Line:
    """The connection to a server that listens and says nothing."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def test_runs_train_between_the_pieces_and_a_stop_does_not_wait_for_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.worker.worker._SLICE", 0.001)
    line = Line()
    worker = Worker(line)  # type: ignore[arg-type]
    config = experiment(epochs=10_000)
    worker._commands.append(Open("run", config, View(), state=RunState.RUNNING))
    worker._go_round()
    session = worker._sessions["run"]
    rows = np.random.default_rng(0)
    actual = rows.integers(20, size=3_000)
    predicted = rows.dirichlet(np.ones(20), size=3_000)
    asked = {"actual": actual, "predicted": predicted, "positive": 0, "seed": 0}
    worker._commands.append(Question(7, "figures", config, None, asked))
    epochs = [session.trainer.epoch]
    while worker._go_round() == 0.0 and (worker._answers or len(epochs) == 1):
        epochs.append(session.trainer.epoch)
    assert sum(earlier < later for earlier, later in itertools.pairwise(epochs)) > 3, "turns between its pieces"
    (answer,) = [message for message in line.sent if isinstance(message, Answer)]
    from sklearn.metrics import roc_auc_score

    expected = roc_auc_score(actual, predicted, multi_class="ovr", average="macro")
    assert answer.value["roc_auc"]["value"] == pytest.approx(expected, abs=1e-12)

    worker._commands.append(Question(8, "figures", config, None, asked))
    worker._go_round()
    worker._commands.append(Control("run", "stop", None, number=1))
    worker._go_round()
    assert worker._answers, "it is still under way"
    assert session.state is RunState.STOPPED


def test_a_stop_that_comes_while_a_run_trains_is_obeyed_before_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(Line())  # type: ignore[arg-type]
    for run in ("one", "other"):
        worker._commands.append(Open(run, experiment(epochs=10_000), View(), state=RunState.RUNNING))
    worker._go_round()
    one, other = worker._sessions["one"], worker._sessions["other"]
    order: list[str] = []
    train = one.train

    def train_and_hear(seconds: float) -> None:
        train(seconds)
        worker._commands.append(Control("other", "stop", None, number=1))

    monkeypatch.setattr(one, "train", train_and_hear)
    monkeypatch.setattr(other, "control", lambda control: order.append(control.action))
    monkeypatch.setattr(worker._answers, "go_on", lambda *_, **__: order.append("answer"))
    monkeypatch.setattr(type(worker._answers), "__len__", lambda _: 1)
    worker._answers_from = 0.0
    monkeypatch.setattr("core.worker.worker._SLICE", 0.0)
    worker._take_turns()
    assert order[:3] == ["answer", "stop", "answer"]
