"""What a worker answers between two turns, in at most about 50 ms: one function and one entry for each kind."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from core.datasets import Dataset
from core.evaluation import View, event_of, groups_of, missing_kinds, plane_of
from core.experiment.config import ExperimentConfig
from core.inspection.slow_motion import slow_motion as slow_motion_of
from core.protocol.messages import Question
from core.protocol.wire import Part
from core.training import ProgramCache, Trainer, TrainingState
from core.worker.depiction import depict
from core.worker.prediction import PREDICTION_QUESTIONS
from core.worker.slow_picture import picture_of

#: Networks and planes asked about that are kept: looking back goes from epoch to epoch of one run.
_KEPT = 8

Made = TypeVar("Made")


class Respondent:
    """Answers questions on trainers of nobody's run.

    Args:
        dataset: loads the data set of a configuration.
    """

    def __init__(self, programs: ProgramCache, dataset: Callable[[ExperimentConfig], Dataset]) -> None:
        self._programs = programs
        self._dataset = dataset
        self._trainers: OrderedDict[ExperimentConfig, Trainer] = OrderedDict()
        self._planes: OrderedDict[Any, Any] = OrderedDict()
        self._made: OrderedDict[Any, Any] = OrderedDict()

    def answer(self, question: Question) -> Any:
        """What was asked for.

        Raises:
            Exception: of any kind; a `DescentError` or `ValueError` says why in words.
        """
        return QUESTIONS[question.kind](self, self._trainer_at(question), **question.options)

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


QUESTIONS: dict[str, Callable[..., Any]] = {
    "picture": _picture,
    "model_file": _model_file,
    "slow_motion": _slow_motion,
    "missing_kinds": _missing_kinds,
    **PREDICTION_QUESTIONS,
}


def _kept(known: OrderedDict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    if key not in known:
        known[key] = make()
        while len(known) > _KEPT:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]
