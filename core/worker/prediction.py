"""What a worker answers about single people: see `core.prediction.people`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from core.errors import DescentError, WrongValue
from core.prediction.counterfactual import Wish
from core.prediction.members import Members
from core.prediction.people import People
from core.prediction.reading import MissingColumn
from core.runtime.pieces import Pieces
from core.training import Trainer

Made = TypeVar("Made")

#: A question's answer where it cannot be had: what to say, and the missing column.
Told = dict[str, Any]


class Respondent(Protocol):
    """Who keeps what was made for questions: `core.worker.questions.Respondent`."""

    def kept(self, name: str, trainer: Trainer, make: Callable[[], Made]) -> Made:
        """What was made of a configuration's rows, made at the first question."""


def _people(respondent: Respondent, trainer: Trainer) -> People:
    return respondent.kept("people", trainer, lambda: People.of(trainer.config, trainer.dataset))


def _refusing(answer: Callable[..., Any]) -> Callable[..., Pieces[Told]]:
    """What is asked wrongly is told as `refused`, with `column` where that is missing; the answer is `answer`."""

    def told(respondent: Respondent, trainer: Trainer, /, **options: Any) -> Pieces[Told]:
        try:
            found = answer(_people(respondent, trainer), trainer, **options)
            if isinstance(found, Generator):
                found = yield from found
            return {"epoch": trainer.epoch, "answer": found}
        except MissingColumn as error:
            return _refused(error, column=error.column)
        except WrongValue as error:
            return _refused(error)

    return told


def _refused(error: DescentError, column: str | None = None) -> Told:
    return {"refused": error.said, "column": column}


def _form(people: People, _: Trainer) -> Any:
    return people.form()


def _row(people: People, _: Trainer, *, kind: str, row: int) -> Any:
    return people.row(kind, row)


def _predictions(
    people: People, trainer: Trainer, *, rows: Sequence[Mapping[str, Any]], members: bytes | None, first: int
) -> Any:
    return people.predictions(trainer, rows, _members(members), first=first)


def _person(people: People, trainer: Trainer, *, row: Mapping[str, Any], members: bytes | None) -> Any:
    return people.person(trainer, row, _members(members))


def _response(people: People, trainer: Trainer, *, row: Mapping[str, Any], column: str, members: bytes | None) -> Any:
    return people.response(trainer, row, column, _members(members))


def _counterfactual(
    people: People, trainer: Trainer, *, row: Mapping[str, Any], locked: Sequence[str], wish: Mapping[str, Any]
) -> Any:
    return people.counterfactual_in_pieces(trainer, row, locked, Wish(**wish))


def _members(data: bytes | None) -> Members | None:
    return None if data is None else Members.from_bytes(data)


PREDICTION_QUESTIONS: dict[str, Callable[..., Pieces[Told]]] = {
    "prediction_form": _refusing(_form),
    "prediction_row": _refusing(_row),
    "predictions": _refusing(_predictions),
    "person": _refusing(_person),
    "response": _refusing(_response),
    "counterfactual": _refusing(_counterfactual),
}
