"""What a worker answers between two turns, in at most about 50 ms or in pieces of that: one function and one entry for
each kind. A function that takes longer is a generator, which yields between two pieces and returns the answer.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from core.datasets import Dataset
from core.evaluation import View, event_of, groups_of, missing_kinds, plane_of
from core.evaluation.choices import JudgedRows
from core.evaluation.figures import figures_of_classes_in_pieces, figures_of_numbers_in_pieces
from core.experiment.config import ExperimentConfig
from core.inspection.slow_motion import slow_motion as slow_motion_of
from core.protocol.messages import Question
from core.protocol.wire import Part
from core.runtime.pieces import Pieces, finished
from core.training import ProgramCache, Trainer, TrainingState
from core.words import Said
from core.worker.depiction import depict
from core.worker.explanation import explanation
from core.worker.judged_rows import judged_rows, raw_column
from core.worker.picture_maps import answer_picture_maps
from core.worker.prediction import PREDICTION_QUESTIONS
from core.worker.row_inside import answer_row_inside
from core.worker.row_outputs import outputs_in_pieces, raw_rows, targets_of
from core.worker.slow_picture import picture_of

#: Networks and planes asked about that are kept: looking back goes from epoch to epoch of one run. A question under way
#: keeps its own besides.
_KEPT = 8

Made = TypeVar("Made")


class Respondent:
    """Answers questions on trainers of nobody's run.

    Args:
        dataset: loads the data set of a configuration.
        shown: the trainer of an open run, once its picture as it is now has been sent.
    """

    def __init__(
        self,
        programs: ProgramCache,
        dataset: Callable[[ExperimentConfig], Dataset],
        shown: Callable[[str], Trainer],
    ) -> None:
        self._programs = programs
        self._dataset = dataset
        self._shown = shown
        self._trainers: OrderedDict[ExperimentConfig, Trainer] = OrderedDict()
        self._planes: OrderedDict[Any, Any] = OrderedDict()
        self._made: OrderedDict[Any, Any] = OrderedDict()

    def pieces(self, question: Question) -> Pieces[Any]:
        """What was asked for, made in pieces of at most about 50 ms.

        Raises:
            Exception: of any kind; a `DescentError` or `ValueError` says why in words.
        """
        if question.kind in OF_NUMBERS:
            found = OF_NUMBERS[question.kind](**question.options)
        elif question.kind in OF_OPEN_RUNS:
            options = dict(question.options)
            found = OF_OPEN_RUNS[question.kind](self._shown(options.pop("run")), **options)
            if isinstance(found, Generator):
                found = finished(found)  # the run trains on between two pieces
        elif question.kind in ABOUT_ROWS:
            found = ABOUT_ROWS[question.kind](self._dataset(question.config), **question.options)
        else:
            found = QUESTIONS[question.kind](self, self._trainer_at(question), **question.options)
        if isinstance(found, Generator):
            return (yield from found)
        return found

    def lane(self, question: Question) -> ExperimentConfig | None:
        """What questions have in common that must not be under way at once, None for those that always may."""
        return question.config if question.kind in QUESTIONS else None

    def forget(self, content: str) -> None:
        """Let go of what is on a table that was deleted."""
        for config in [config for config in self._trainers if config.dataset.name == content]:
            self._trainers.pop(config)
        for key in [key for key in self._planes if key[0].dataset.name == content]:
            self._planes.pop(key)
        for key in [key for key in self._made if key[0].dataset.name == content]:
            self._made.pop(key)

    def plane(self, trainer: Trainer, view: View) -> Any:
        """The plane of a view."""
        key = (trainer.config, view)
        return _kept(self._planes, key, lambda: plane_of(trainer.dataset, view))

    def kept(self, name: str, trainer: Trainer, make: Callable[[], Made]) -> Made:
        """What was made of a configuration's rows for a kind of question, made at the first one."""
        made: Made = _kept(self._made, (trainer.config, name), make)
        return made

    def _trainer_at(self, question: Question) -> Trainer:
        """A trainer in the state that a question is about."""
        config = question.config
        trainer: Trainer = _kept(
            self._trainers,
            config,
            lambda: Trainer(config, dataset=self._dataset(config), programs=self._programs),
        )
        if question.snapshot is None:
            trainer.reset()
        else:
            trainer.restore(TrainingState.from_bytes(question.snapshot))
        return trainer


def _picture(respondent: Respondent, trainer: Trainer, *, view: View) -> Part:
    return depict(trainer, respondent.plane(trainer, view))


def _model_file(_: Respondent, trainer: Trainer) -> bytes:
    """The network as a file that `keras.models.load_model` reads, optimizer included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        trainer.model.save(path)
        return path.read_bytes()


def _slow_motion(_: Respondent, trainer: Trainer, *, batch: int, sample: int) -> dict[str, Any]:
    """A mini-batch of the next epoch in slow motion."""
    return picture_of(trainer.config, trainer.dataset, slow_motion_of(trainer, batch, sample))


def _missing_kinds(_: Respondent, trainer: Trainer) -> dict[str, Any]:
    """What happens to whom when a kind of data is missing."""
    config, dataset = trainer.config, trainer.dataset
    return {
        "epoch": trainer.epoch,
        "event": dataset.class_names[event_of(config)],
        "groups": [title.to_json() for title, _rows in groups_of(config, dataset)],
        "circumstances": [
            {"missing": each.missing, "title": each.title.to_json(), "figures": [asdict(some) for some in each.figures]}
            for each in missing_kinds(config, dataset, trainer.predict)
        ],
    }


def _judged_rows(_: Respondent, trainer: Trainer, *, rows: JudgedRows) -> Pieces[Part]:
    """What a network says of rows, beside what is true of them."""
    return judged_rows(trainer, rows)


def _figures(*, actual: np.ndarray, predicted: np.ndarray, positive: int, seed: int) -> Pieces[dict[str, Any]]:
    """The figures that no threshold changes, of (rows, classes) probabilities or (rows,) numbers."""
    if predicted.ndim == 1:
        found = yield from figures_of_numbers_in_pieces(actual, predicted, seed=seed)
    else:
        found = yield from figures_of_classes_in_pieces(actual, predicted, positive, seed=seed)
    return {name: figure.to_json() for name, figure in found.items()}


def _row_outputs(_: Respondent, trainer: Trainer) -> Pieces[tuple[Part, Part]]:
    """What the rows are that judge the network, and what it outputs for them."""
    return targets_of(trainer.dataset), (yield from outputs_in_pieces(trainer))


def _picture_maps(_: Respondent, trainer: Trainer, *, row: int, label: int | None) -> dict[str, Any] | Said:
    """Which pixels of a test row count."""
    return answer_picture_maps(trainer, row=row, label=label)


#: Of a network in some state.
QUESTIONS: dict[str, Callable[..., Any]] = {
    "picture": _picture,
    "model_file": _model_file,
    "slow_motion": _slow_motion,
    "row_inside": lambda _, trainer, **asked: answer_row_inside(trainer, **asked),
    "explanation": lambda _, trainer, **asked: explanation(trainer, **asked),
    "missing_kinds": _missing_kinds,
    **PREDICTION_QUESTIONS,
    "picture_maps": _picture_maps,
    "judged_rows": _judged_rows,
    "row_outputs": _row_outputs,
}

#: Of a run that is open here, as it is at this moment.
OF_OPEN_RUNS: dict[str, Callable[..., Any]] = {
    "shown_explanation": explanation,
    "shown_rows": judged_rows,
    "shown_row_inside": answer_row_inside,
}

#: Of numbers that come with the question: no network is needed.
OF_NUMBERS: dict[str, Callable[..., Any]] = {"figures": _figures}

#: Questions that need no network: (data set, options) to an answer.
ABOUT_ROWS: dict[str, Callable[..., Any]] = {"raw_rows": raw_rows, "raw_column": raw_column}


def _kept(known: OrderedDict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    if key not in known:
        known[key] = make()
        while len(known) > _KEPT:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]
