"""The errors core raises. Each carries its data and what to say to a user, in English as text.

DescentError
├── CannotEdit             a weight that cannot be set by hand, or not now
├── CannotTrain            a model or rows that Keras could not train, or not as they are meant
├── NameRefused            a name that a run cannot have
├── NotAPlaygroundLink     a text in which there is no link of TensorFlow Playground
├── NotFiniteLoss          training diverged
├── RunElsewhere           another server of the same data folder trains it
├── RunNotFound            no run has this id
├── RowsWithheld           rows of a table that somebody may not see, or not train on
├── RunNotKept             a run whose last epoch no worker holds and no checkpoint has
├── SnapshotNotKept        an epoch that cannot be looked back at
├── TableNotFound          no table of this id, or one whose file is damaged
├── TableRefused           a file that cannot be read as a table, safely and without guessing
├── TaskNotFound           no task has this id
├── TaskRefused            long work that cannot be asked for, or not like that
├── WrongValue             a setting or value that cannot be used
└── NotYourRun             another browser started it
"""

from __future__ import annotations

from collections.abc import Callable

from core.words import Said, sentences


class DescentError(Exception):
    """Base class: what everything below says can be shown to a user.

    >>> str(DescentError(Said("There are {n} rows.", {"n": 3})))
    'There are 3 rows.'
    """

    def __init__(self, said: Said) -> None:
        self._said = said
        super().__init__(said)

    @property
    def said(self) -> Said:
        """What to say to a user, in whatever language."""
        return self._said

    def __str__(self) -> str:
        return str(self.said)


def said_of(error: Exception) -> Said:
    """What an error says; of somebody else's, its own words."""
    return error.said if isinstance(error, DescentError) else Said.exactly(str(error))


class CannotEdit(DescentError, ValueError):
    """A weight cannot be set by hand, or not now; the sentence says why."""


class CannotTrain(DescentError, ValueError):
    """A model cannot be trained on these rows; the sentence says what was expected and what to do."""


NOTHING_YET = Said("The run has no state to look at yet: wait until its first picture is there.")

_NOT_RECORDED = Said("It was not recorded: choose another epoch.")


class SnapshotNotKept(DescentError, LookupError):
    """An epoch cannot be shown or gone on from.

    Attributes:
        why: in a sentence.
        may_come: whether asking again later can help: nobody had the time to answer.
    """

    def __init__(self, epoch: int, why: Said = _NOT_RECORDED, *, may_come: bool = False) -> None:
        self.epoch, self.why, self.may_come = epoch, why, may_come
        super().__init__(sentences([Said("Epoch {epoch} cannot be shown now.", {"epoch": epoch}), why]))


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
        super().__init__(
            Said(
                "This is not a TensorFlow Playground link. Expected https://playground.tensorflow.org/#activation=…, "
                "received '{received}'. Copy the link from the Playground's address bar.",
                {"received": received},
            )
            if received
            else Said(
                "This is not a TensorFlow Playground link. Expected https://playground.tensorflow.org/#activation=…, "
                "received nothing. Copy the link from the Playground's address bar."
            )
        )


class NotFiniteLoss(DescentError, ArithmeticError):
    """The loss became NaN or infinite.

    It says what is known of the cause: what is possible, until `cause` was asked for.

    Args:
        possible: the possible causes, in words.
        find: tries them out, which takes a second or so, and says which it was.

    Attributes:
        epoch: the 1-based epoch that diverged. The model holds the weights of the epoch before it.
    """

    def __init__(self, epoch: int, possible: Said, find: Callable[[], Said] | None = None) -> None:
        super().__init__(possible)
        self.args = epoch, possible  # what a pickle is made anew from
        self.epoch = epoch
        self._known = possible
        self._find = find

    @property
    def cause(self) -> Said:
        """Why, in words that say what to change; tried out when it is first asked for."""
        find, self._find = self._find, None
        if find is not None:
            self._known = find()
        return self._known

    @property
    def is_tried(self) -> bool:
        """Whether all is known that can be found out."""
        return self._find is None

    @property
    def said(self) -> Said:
        """When it happened, and what is known of the cause."""
        return sentences(
            [Said("The loss was no longer a number in epoch {epoch}.", {"epoch": self.epoch}), self._known]
        )


class RunElsewhere(DescentError, PermissionError):
    """Another server of the same data folder trains this run."""

    def __init__(self) -> None:
        super().__init__(
            Said("This run belongs to another Descent on this computer: open its page there to watch and control it.")
        )


class RunNotFound(DescentError, LookupError):
    """No run has this id."""

    def __init__(self) -> None:
        super().__init__(Said("This run does not exist (any more). Press Train to start a new one."))


class NotYourRun(DescentError, PermissionError):
    """Another browser started this run: it may be watched, not controlled."""

    def __init__(self) -> None:
        super().__init__(Said("This run was started in another browser: you can watch it, but not control it."))


class RowsWithheld(DescentError, PermissionError):
    """The rows of a table are not for this browser, to be seen or to be trained on; the sentence says why.

    Attributes:
        is_gone: nobody keeps the table (any more).
    """

    def __init__(self, said: Said, *, is_gone: bool = False) -> None:
        self.is_gone = is_gone
        super().__init__(said)


class RunNotKept(DescentError, LookupError):
    """Of this run only the record is left, not the network."""

    def __init__(self) -> None:
        super().__init__(
            Said("Of this run only curves and the last picture were kept. Train it again to see more of it.")
        )


class TableNotFound(DescentError, LookupError):
    """There is no table of this id, it is somebody else's, or its file is damaged; the sentence says which."""


class TableRefused(DescentError, ValueError):
    """A file cannot be read as a table safely; the sentence says what was expected, what arrived and what to do.

    Attributes:
        line: of the file, from 1, where the reason stands; None where it is not in one line.
    """

    def __init__(self, said: Said, line: int | None = None) -> None:
        self.line = line
        super().__init__(said)

    def __reduce__(self) -> tuple[type[TableRefused], tuple[Said, int | None]]:
        return type(self), (self.said, self.line)


class TaskNotFound(DescentError, LookupError):
    """No task has this id."""

    def __init__(self) -> None:
        super().__init__(Said("This task does not exist (any more). Ask for it once more."))


class TaskRefused(DescentError, ValueError):
    """Long work cannot be asked for, or not like that; the sentence says why."""


class WrongValue(DescentError, ValueError):
    """A setting or value cannot be used; the sentence says what was expected.

    What validators raise: pydantic takes it as the `ValueError` that it is, and `problems_of` finds it again.
    """
