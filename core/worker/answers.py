"""Questions under way. Each is answered in pieces, and between two of them runs get their turns."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.protocol.messages import Answer, Question
from core.runtime.pieces import Pieces
from core.words import Said
from core.worker.endings import unexpected
from core.worker.questions import Respondent

_log = logging.getLogger(__name__)

_GONE = Said("The table was deleted meanwhile.")


@dataclass(eq=False)
class _UnderWay:
    question: Question
    pieces: Pieces[object]
    turn: int  # when it came, or had its last piece


class Answers:
    """Takes questions, and answers them piece by piece.

    Args:
        report: takes the answers.
    """

    def __init__(self, respondent: Respondent, report: Callable[[Answer], None]) -> None:
        self._respondent = respondent
        self._report = report
        self._under_way: list[_UnderWay] = []
        self._turns = itertools.count(1)

    def __len__(self) -> int:
        """How many questions are not answered yet."""
        return len(self._under_way)

    def add(self, question: Question) -> None:
        """Take a question. Nothing is done for it yet."""
        self._under_way.append(_UnderWay(question, self._respondent.pieces(question), next(self._turns)))

    def forget(self, content: str) -> None:
        """Refuse what was asked about a table that was deleted."""
        for each in [each for each in self._under_way if each.question.config.dataset.name == content]:
            each.pieces.close()
            self._under_way.remove(each)
            self._report(Answer(each.question.number, sentence=_GONE))

    def go_on(self, seconds: float, is_wanted: Callable[[], bool]) -> None:
        """Answer for about so long, at least one piece.

        Args:
            is_wanted: whether whoever calls has something else to do: then it ends after the piece.
        """
        end = time.monotonic() + seconds
        while self._under_way:
            self._do_a_piece(self._whose_turn())
            if time.monotonic() >= end or is_wanted():
                return

    def _whose_turn(self) -> _UnderWay:
        """What has waited longest since it came or had its last piece.

        Questions about one network are answered one after the other: it is put into the state that each is about.
        """
        taken, free = set(), []
        for each in self._under_way:
            lane = self._respondent.lane(each.question)
            if lane is None or lane not in taken:
                free.append(each)
                taken.add(lane)
        return min(free, key=lambda each: each.turn)

    def _do_a_piece(self, each: _UnderWay) -> None:
        try:
            next(each.pieces)
            each.turn = next(self._turns)
            return
        except StopIteration as end:
            answer = Answer(each.question.number, end.value)
        except Exception as error:  # of any kind: whoever asked is told
            _log.exception("%s failed", each.question.kind)
            answer = Answer(each.question.number, sentence=unexpected(error))
        self._under_way.remove(each)
        try:
            self._report(answer)
        except Exception as error:  # of any kind: there may be no memory to send it
            _log.exception("an answer could not be sent")
            self._report(Answer(answer.number, sentence=unexpected(error)))
