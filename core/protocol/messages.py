"""What server and worker say to each other. Plain frozen values: importing this imports no Keras.

server → worker: Open, Prepare, Control, Watch, Close, Question, Drain, Forget
worker → server: Ready, Drained, Opened, Progress, RateChanged, Edited, Framed, Judged, Rested, Refused, Answer
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.protocol.run_state import RunState
from core.protocol.wire import Part
from core.words import Said

Action = Literal["pause", "resume", "step", "stop", "speed", "learning_rate", "view", "extend", "edit", "undo_edit"]


@dataclass(frozen=True)
class Edit:
    """One weight, set by hand between two epochs.

    Attributes:
        epoch: completed epochs at that moment.
        layer: of the Dense layers, from 0; the last is the output.
        row: which of the layer's inputs, None for the unit's bias.
        before: the value that it replaced.
    """

    layer: int
    row: int | None
    unit: int
    value: float
    epoch: int = 0
    before: float = 0.0


@dataclass(frozen=True)
class Control:
    """Do something to an open run.

    Attributes:
        number: counts the controls of a run from 1. Reports say up to which number they include what came of it.
    """

    run: str
    action: Action
    value: Any = None
    number: int = 0


@dataclass(frozen=True)
class Open:
    """Show an experiment, and train it where `state` says so.

    A run that was trained before goes on from `checkpoint`. What was recorded after that (`history`, `changes`,
    `edits`) is trained again and compared; only then comes what is new.

    Attributes:
        state: `idle` shows initial weights and trains nothing; `running` trains; `paused` waits; an ended state only
            shows a run again.
        steps: epochs to train while paused.
        checkpoint: a `TrainingState` as bytes to go on from, None for the initial weights.
        epochs: the number after which the run ends, None for the configuration's.
        replaces: the preview that this one makes needless.
        history: (epochs, log names) float32, all that was recorded; None where nothing was.
        changes: (completed epochs, learning rate) of each change.
        edits: weights set by hand so far; the last may be taken back.
        controls: what was asked for and not reported yet, in its order.
        attempt: tells this opening from earlier ones; reports repeat it.
        obeyed: number of the last control that is included in all this.
        is_watched: viewers ask for the outputs of single rows.
    """

    run: str
    config: ExperimentConfig
    view: View
    state: RunState = RunState.IDLE
    steps: int = 0
    speed: float | None = None
    checkpoint: bytes | None = None
    epochs: int | None = None
    replaces: str | None = None
    history: np.ndarray | None = None
    changes: tuple[tuple[int, float], ...] = ()
    edits: tuple[Edit, ...] = ()
    controls: tuple[Control, ...] = ()
    attempt: int = 0
    obeyed: int = 0
    is_watched: bool = False


@dataclass(frozen=True)
class Watch:
    """Viewers ask for the outputs of single rows of a run, or none does any more. It changes nothing of the run.

    Attributes:
        is_watched: whether to send them, now and with each picture.
    """

    run: str
    is_watched: bool


@dataclass(frozen=True)
class Prepare:
    """Another worker shows this experiment: trace its graph when there is nothing else to do.

    Attributes:
        replaces: the preview that this one makes needless.
    """

    run: str
    config: ExperimentConfig
    replaces: str | None = None


@dataclass(frozen=True)
class Close:
    """Forget a run."""

    run: str


@dataclass(frozen=True)
class Forget:
    """A table was deleted: let go of its rows, and of the runs on it.

    Attributes:
        content: of the table.
    """

    content: str


@dataclass(frozen=True)
class Ready:
    """The worker has loaded Keras and listens."""

    pid: int


@dataclass(frozen=True)
class Drain:
    """Say when all that was said before has been done.

    Attributes:
        number: to be repeated.
    """

    number: int


@dataclass(frozen=True)
class Drained:
    """All that was said before `Drain` has been done, and what came of it has been said.

    Attributes:
        resting: no run trains or has steps left, and no question is under way.
    """

    number: int
    resting: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a worker says of a run.

    Attributes:
        attempt: the `Open` that it belongs to. The server passes over what an earlier one says.
        obeyed: number of the last control whose effect is included in it.
    """

    attempt: int = 0
    obeyed: int = 0


@dataclass(frozen=True)
class Opened(Report):
    """What a viewer needs once: description, plane and points."""

    run: str
    part: Part


@dataclass(frozen=True)
class Progress(Report):
    """Epochs since the last report, and the state after them.

    Attributes:
        first_epoch: of `logs`, from 1.
        logs: (epochs, log names) float32.
        message: about the end, where there is something to say.
        learning_rate: in force for the next epoch.
        snapshots: (epoch, `TrainingState` as bytes) to look back at.
        kept: a `TrainingState` as bytes to go on from, should this process die; not newer than what was reported.
        steps: epochs still to train while paused.
    """

    run: str
    state: RunState
    epochs: int
    first_epoch: int
    logs: np.ndarray
    learning_rate: float
    message: Said | None = None
    snapshots: tuple[tuple[int, bytes], ...] = ()
    kept: bytes | None = None
    steps: int = 0


@dataclass(frozen=True)
class RateChanged(Report):
    """The learning rate was set after `epoch` epochs; it applies from the next."""

    run: str
    epoch: int
    learning_rate: float


@dataclass(frozen=True)
class Edited(Report):
    """A weight was set by hand, or the last such edit was taken back.

    Attributes:
        kept: a `TrainingState` as bytes with that done, to go on from, should this process die.
    """

    run: str
    edit: Edit
    undone: bool = False
    kept: bytes | None = None


@dataclass(frozen=True)
class Framed(Report):
    """A picture of one epoch: map and confusion matrix."""

    run: str
    epoch: int
    part: Part


@dataclass(frozen=True)
class Judged(Report):
    """What the network of a run outputs for the rows that judge it, for the viewers who ask.

    Attributes:
        targets: what these rows are; None where that was said before.
        outputs: after one epoch; see `core.protocol.row_outputs`.
    """

    run: str
    targets: Part | None
    outputs: Part


@dataclass(frozen=True)
class Rested(Report):
    """A run paused or ended: all that is needed to go on, and its predictions of the test rows.

    Attributes:
        predictions: columns by name, for export.
    """

    run: str
    epoch: int
    checkpoint: bytes
    predictions: dict[str, list[Any]]


@dataclass(frozen=True)
class Refused(Report):
    """Opening or training failed; the sentence can be shown."""

    run: str
    sentence: Said


@dataclass(frozen=True)
class Question:
    """What one viewer wants to know of a network in some state: answered once, by an `Answer` with the same number.

    Attributes:
        kind: a key of `core.worker.questions.QUESTIONS`.
        snapshot: a `TrainingState` as bytes, None for the initial weights.
        options: what this kind needs besides.
    """

    number: int
    kind: str
    config: ExperimentConfig
    snapshot: bytes | None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What was asked for, or a sentence why it cannot be had."""

    number: int
    value: Any = None
    sentence: Said | None = None
