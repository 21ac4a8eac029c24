"""The errors core raises. Each carries its data and a sentence that can be shown to a user.

DescentError
├── CannotEdit             a weight that cannot be set by hand, or not now
├── CannotTrain            a model or rows that Keras could not train, or not as they are meant
├── NameRefused            a name that a run cannot have
├── NotAPlaygroundLink     a text in which there is no link of TensorFlow Playground
├── NotFiniteLoss          training diverged
├── RunElsewhere           another server of the same data folder trains it
├── RunNotFound            no run has this id
├── RunNotKept             a run whose last epoch no worker holds and no checkpoint has
├── SnapshotNotKept        an epoch that cannot be looked back at
├── TaskNotFound           no task has this id
├── TaskRefused            long work that cannot be asked for, or not like that
└── NotYourRun             another browser started it
"""

from __future__ import annotations

from collections.abc import Callable

from core.words import Said


class DescentError(Exception):
    """Base class: everything below can be shown to a user as it is."""


class CannotEdit(DescentError, ValueError):
    """A weight cannot be set by hand, or not now; the sentence says why."""


class CannotTrain(DescentError, ValueError):
    """A model cannot be trained on these rows; the sentence says what was expected and what to do."""


class SnapshotNotKept(DescentError, LookupError):
    """An epoch cannot be shown or gone on from."""

    def __init__(self, epoch: int, why: str = "It was not recorded: choose another epoch.") -> None:
        self.epoch = epoch
        super().__init__(f"Epoch {epoch} cannot be shown now. {why}")


class NameRefused(DescentError, ValueError):
    """A name that a run cannot have.

    Attributes:
        length: of the name, in characters.
    """

    def __init__(self, length: int, most: int) -> None:
        self.length = length
        super().__init__(
            Said(
                "A run's name has at most {most} characters, and this one has {length}. Shorten it.",
                {"most": most, "length": length},
            )
        )


class NotAPlaygroundLink(DescentError, ValueError):
    """A text in which there is no link of TensorFlow Playground.

    Attributes:
        received: the beginning of the text, fit to be shown.
    """

    def __init__(self, received: str) -> None:
        self.received = received
        shown = f"'{received}'" if received else "nothing"
        super().__init__(
            f"This is not a TensorFlow Playground link. Expected https://playground.tensorflow.org/#activation=…, "
            f"received {shown}. Copy the link from the Playground's address bar."
        )


class NotFiniteLoss(DescentError, ArithmeticError):
    """The loss became NaN or infinite.

    As text it says what is known of the cause: what is possible, until `cause` was asked for.

    Args:
        possible: the possible causes, in words.
        find: tries them out, which takes a second or so, and says which it was.

    Attributes:
        epoch: the 1-based epoch that diverged. The model holds the weights of the epoch before it.
    """

    def __init__(self, epoch: int, possible: str, find: Callable[[], str] | None = None) -> None:
        self.epoch = epoch
        self._known = possible
        self._find = find
        super().__init__(epoch, possible)

    @property
    def cause(self) -> str:
        """Why, in words that say what to change; tried out when it is first asked for."""
        find, self._find = self._find, None
        if find is not None:
            self._known = find()
        return self._known

    @property
    def is_tried(self) -> bool:
        """Whether all is known that can be found out."""
        return self._find is None

    def __str__(self) -> str:
        return f"The loss was no longer a number in epoch {self.epoch}. {self._known}"


class RunElsewhere(DescentError, PermissionError):
    """Another server of the same data folder trains this run."""

    def __init__(self) -> None:
        super().__init__(
            "This run belongs to another Descent on this computer: open its page there to watch and control it."
        )


class RunNotFound(DescentError, LookupError):
    """No run has this id."""

    def __init__(self) -> None:
        super().__init__("This run does not exist (any more). Press Train to start a new one.")


class NotYourRun(DescentError, PermissionError):
    """Another browser started this run: it may be watched, not controlled."""

    def __init__(self) -> None:
        super().__init__("This run was started in another browser: you can watch it, but not control it.")


class RunNotKept(DescentError, LookupError):
    """Of this run only the record is left, not the network."""

    def __init__(self) -> None:
        super().__init__("Of this run only curves and the last picture were kept. Train it again to see more of it.")


class TaskNotFound(DescentError, LookupError):
    """No task has this id."""

    def __init__(self) -> None:
        super().__init__("This task does not exist (any more). Ask for it once more.")


class TaskRefused(DescentError, ValueError):
    """Long work cannot be asked for, or not like that; the sentence says why."""
