"""What a run's network says of its rows, beside what is true of them: from the store where it is kept, from a worker
where it is not. What no threshold changes is kept with the run; all else is looked up in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.engine.questions import Questions
from core.engine.run import LiveRun
from core.engine.sharing import Sharing
from core.errors import SnapshotNotKept, WrongValue
from core.evaluation.choices import NO_EXTERNAL, JudgedRows
from core.evaluation.figures import OF_REGRESSION, THRESHOLD_FREE, VERSION, Figure
from core.evaluation.predictions import class_probabilities
from core.experiment.config import ExperimentConfig
from core.protocol.run_state import RunState
from core.protocol.wire import Part, decode, encode
from core.store import RunStore
from core.words import Said

#: Seconds for which what a run that trains said is said to others, too.
_SHARED = 0.5

#: How the kinds of artifacts begin that evaluations are kept under, and the bytes that a run may have of them.
_FAMILY, _KEPT_BYTES = "evaluation:", 32_000_000

_NO_VALIDATION = Said("This run has no validation rows. Train one with validation rows, or choose rows=test or train.")
_NOTHING_YET = Said("Nothing of this run can be evaluated yet: train it for an epoch first.")
_LATER = Said("This is not computed yet. {why}")


@dataclass(frozen=True)
class Judged:
    """Rows of a run, and what its network says of them.

    Attributes:
        epoch: of the network.
        actual: (rows,) class indices, or numbers in the target's own units.
        predicted: (rows, classes) probabilities, or (rows,) numbers in the target's own units.
        figures: what no threshold changes.
        is_whole: whether all of them are there; otherwise those that are not say why.
    """

    epoch: int
    actual: np.ndarray
    predicted: np.ndarray
    figures: Mapping[str, Figure]
    is_whole: bool = True


class Evaluations:
    """Finds them. Safe to use from several threads, each of which waits for its own answer.

    Args:
        predictions: columns of the test rows' predictions of a run that rests, by its id; None while it trains.
    """

    def __init__(
        self, store: RunStore, questions: Questions, predictions: Callable[[str], Mapping[str, list[Any]] | None]
    ) -> None:
        self._store = store
        self._questions = questions
        self._predictions = predictions
        self._sharing: Sharing[Judged] = Sharing()

    def judge(
        self, run: LiveRun, rows: JudgedRows, *, positive: int, epoch: int | None = None, measured: bool = True
    ) -> Judged:
        """Of the epoch that the run rests at; of one that trains, of its picture, which is drawn anew for it.

        Args:
            positive: the class that two classes are seen from.
            epoch: a recorded one.
            measured: whether figures are wanted, too.

        Raises:
            WrongValue: the data set has no such rows.
            SnapshotNotKept: that epoch was not recorded, or nothing of the run is there yet, or no worker is.
        """
        _check(run.config, rows)
        state = self.state_of(run, epoch)
        about = None if state is None else state[0]
        positive = positive if run.config.dataset.n_classes == 2 else 0  # figures of more classes are about all of them
        key = (run.id, about, rows, positive, measured, _edits(run))
        # Many may watch one run that trains: their questions must not take its worker's time over and over.
        return self._sharing.get(
            key,
            lambda: self._judge(run, rows, positive, state, measured),
            seconds=_SHARED if state is None else 0.0,
        )

    def _judge(
        self, run: LiveRun, rows: JudgedRows, positive: int, state: tuple[int, bytes] | None, measured: bool
    ) -> Judged:
        config = run.config
        if state is None:
            judged = self._of_open_run(run, rows)
        else:
            judged = self._kept(run, rows, positive, *state) or self._of_state(run, rows, *state)
        if not measured or judged.figures:
            return judged
        judged = self._measured(run, judged, positive)
        if state is not None and judged.is_whole and run.config is config:  # its table is still there
            self._keep(run, rows, positive, judged)
        return judged

    def state_of(self, run: LiveRun, epoch: int | None) -> tuple[int, bytes] | None:
        """The epoch that is meant and the network's state after it; None for what an open run is at this moment.

        Raises:
            SnapshotNotKept: that epoch was not recorded, or nothing of the run is there yet.
        """
        if epoch is not None and epoch != run.epoch:
            snapshot = self._store.snapshot(run.id, epoch) if epoch in run.snapshots else None
            if snapshot is None:
                raise SnapshotNotKept(epoch)
            return epoch, snapshot
        if not run.state.is_training:
            latest = run.state_at_rest(self._store)
            if latest is not None and (run.epoch or run.state is not RunState.FAILED):
                return run.epoch, latest
        if run.state is RunState.QUEUED or run.frame is None or run.is_preview:
            raise SnapshotNotKept(run.epoch, _NOTHING_YET)
        return None

    def _of_open_run(self, run: LiveRun, rows: JudgedRows) -> Judged:
        return _judged(run.config, self._questions.judged_rows(run.id, rows, None, run.epoch))

    def _of_state(self, run: LiveRun, rows: JudgedRows, epoch: int, state: bytes) -> Judged:
        # A weight that was set by hand a moment ago may not be in the predictions yet.
        is_edited = any(edit.epoch == run.epoch for edit in run.edits)
        if rows == "test" and epoch == run.epoch and not is_edited:
            columns = self._predictions(run.id)
            if columns is not None:
                return _of_columns(run.config, columns, epoch)
        return _judged(run.config, self._questions.judged_rows(run.id, rows, state, epoch))

    def _measured(self, run: LiveRun, judged: Judged, positive: int) -> Judged:
        try:
            told = self._questions.figures(run.id, judged.actual, judged.predicted, positive)
        except SnapshotNotKept as error:  # no worker is ready: what can be counted is there all the same
            names = THRESHOLD_FREE if judged.predicted.ndim == 2 else OF_REGRESSION
            nothing = Figure.undefined(_LATER.filled(why=error.why))
            return replace(judged, figures=dict.fromkeys(names, nothing), is_whole=False)
        return replace(judged, figures={name: Figure.from_json(each) for name, each in told.items()})

    def _kept(self, run: LiveRun, rows: JudgedRows, positive: int, epoch: int, _: bytes) -> Judged | None:
        data = self._store.artifact(run.id, _key(run, rows, positive), epoch)
        if data is None:
            return None
        part = decode(data)
        figures = {name: Figure.from_json(each) for name, each in part.header["figures"].items()}
        names = ("actual", "predicted")
        actual, predicted = (_from_bytes(part.blocks[name], part.header[name]) for name in names)
        return Judged(epoch, actual, predicted, figures)

    def _keep(self, run: LiveRun, rows: JudgedRows, positive: int, judged: Judged) -> None:
        figures = {name: each.to_json() for name, each in judged.figures.items()}
        arrays = {"actual": judged.actual, "predicted": judged.predicted}
        shapes = {name: [array.dtype.str, *array.shape] for name, array in arrays.items()}
        blocks = {name: np.frombuffer(array.tobytes(), np.uint8) for name, array in arrays.items()}
        data = encode([Part({"figures": figures, **shapes}, blocks)])
        self._store.keep_artifact(
            run.id, _key(run, rows, positive), judged.epoch, data, family=_FAMILY, most=_KEPT_BYTES
        )


def _check(config: ExperimentConfig, rows: JudgedRows) -> None:
    if rows == "validation" and not config.dataset.validation_fraction:
        raise WrongValue(_NO_VALIDATION)
    if rows == "external" and config.dataset.name != "clinic":
        raise WrongValue(NO_EXTERNAL)


def _key(run: LiveRun, rows: JudgedRows, positive: int) -> str:
    return f"{_FAMILY}{rows}:{positive}:{VERSION}:{_edits(run)}"


def _edits(run: LiveRun) -> str:
    """Weights that were set by hand make another network of the same epoch."""
    return hashlib.sha256(json.dumps([asdict(edit) for edit in run.edits]).encode()).hexdigest()[:16]


def _from_bytes(block: np.ndarray, kind: list[Any]) -> np.ndarray:
    return np.frombuffer(block.tobytes(), np.dtype(kind[0])).reshape(kind[1:])


def _judged(config: ExperimentConfig, part: Part) -> Judged:
    told, actual, outputs = part.header["judged"], part.blocks["actual"], part.blocks["outputs"]
    if config.dataset.info.task == "regression":
        scale, mean = told["scale"], told["mean"]
        numbers, predicted = (np.asarray(each, np.float64) * scale + mean for each in (actual, outputs[:, 0]))
        return Judged(told["epoch"], numbers, predicted, {})
    return Judged(told["epoch"], np.asarray(actual, np.int64), class_probabilities(outputs, config.output), {})


def _of_columns(config: ExperimentConfig, columns: Mapping[str, list[Any]], epoch: int) -> Judged:
    """From the columns of predictions.csv."""
    if config.dataset.info.task == "regression":
        numbers, predicted = (np.array(columns[name], dtype=np.float64) for name in ("actual", "predicted"))
        return Judged(epoch, numbers, predicted, {})
    names = (config.dataset.info.class_names or ())[: config.dataset.n_classes]
    places = {name: place for place, name in enumerate(names)}
    actual = np.array([places[name] for name in columns["actual"]], dtype=np.int64)
    shares = [columns[f"probability_{name}"] for name in names]
    return Judged(epoch, actual, np.array(shares, dtype=np.float64).T.reshape(len(actual), len(names)), {})
