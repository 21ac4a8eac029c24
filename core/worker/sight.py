"""What viewers see of a run's network: its pictures on a plane of the input space, and what it outputs for rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from core.evaluation import View, plane_of
from core.inspection.probe import can_look_inside
from core.protocol.messages import Framed, Judged, Report
from core.protocol.wire import Part
from core.training import Trainer
from core.worker.depiction import depict
from core.worker.pictures import draw_plane
from core.worker.row_outputs import outputs_of, targets_of

_log = logging.getLogger(__name__)

#: Pictures a second of a run while it trains: a little more than the eye follows.
_PICTURES = 15

#: Pictures may take one part in this many of a run's time.
_PICTURES_SHARE = 8


class Sight:
    """Sends pictures of a trainer's network, each once, no more often than is seen or can be afforded.

    Args:
        run: id of the run.
        view: the plane that is shown.
        report: takes the messages for the server.
        is_watched: whether somebody asks for the outputs of single rows.
    """

    def __init__(
        self, trainer: Trainer, run: str, view: View, report: Callable[[Report], None], *, is_watched: bool
    ) -> None:
        self._trainer = trainer
        self._run = run
        self._report = report
        self._view = view
        self._plane = plane_of(trainer.dataset, view)
        self._next = 0.0
        self._sent: tuple[int, View] | None = None
        self._is_watched, self._said_targets = is_watched, False

    @property
    def is_current(self) -> bool:
        """Whether the network as it is now has been shown on the plane as it is now."""
        return self._sent == (self._trainer.epoch, self._view)

    @property
    def has_shown(self) -> bool:
        """Whether a picture of the network as it is has been sent, or of an earlier epoch."""
        return self._sent is not None

    def axes(self) -> Part:
        """The plane and the points on it."""
        return draw_plane(self._trainer.dataset, self._plane)

    def turn(self, view: View) -> None:
        """Show another plane.

        Raises:
            WrongValue: the data set has no such plane.
        """
        self._plane = plane_of(self._trainer.dataset, view)
        self._view = view

    def forget(self) -> None:
        """The network has changed within its epoch: what was sent shows another one."""
        self._sent = None

    def show(self, *, crowd: int, speed: float | None, is_resting: bool) -> None:
        """Send a picture, if there is a new one to send and it is time.

        Args:
            crowd: number of runs that train here; each gets its share of pictures.
            speed: epochs a second, None for as fast as possible.
            is_resting: whether the network stays as it is for now.
        """
        now = time.monotonic()
        is_slow = speed is not None and speed <= _PICTURES
        if self.is_current or not (now >= self._next or is_resting or is_slow):
            return
        self.send()
        cost = time.monotonic() - now
        interval = max(1 / _PICTURES, _PICTURES_SHARE * cost)
        self._next = time.monotonic() + interval * max(1.0, crowd / 4)

    def send(self, *, look: bool = False, with_outputs: bool = True) -> None:
        """Send a picture now.

        Args:
            look: look inside the network, also where that has to be traced first.
            with_outputs: also send what it outputs for rows, to who asks.
        """
        # Tracing the first look takes a tenth of a second: the first picture does not wait for it.
        look = look or self._sent is not None or can_look_inside(self._trainer)
        try:
            part = depict(self._trainer, self._plane, look=look)
        except Exception:  # of any kind: a look inside that fails must not end anybody's run
            if not look:
                raise
            _log.exception("looking inside failed")
            part = depict(self._trainer, self._plane, look=False)
        self._sent = (self._trainer.epoch, self._view)
        self._report(Framed(self._run, self._trainer.epoch, part))
        if with_outputs:
            self.send_outputs()

    def watch(self, is_watched: bool) -> None:
        """Send the outputs of single rows with each picture, or no longer."""
        self._is_watched, self._said_targets = is_watched, False

    def send_outputs(self) -> None:
        """Send what the network outputs for the rows that judge it, to who asks."""
        if not self._is_watched:
            return
        targets = None if self._said_targets else targets_of(self._trainer.dataset)
        try:
            outputs = outputs_of(self._trainer)
        except Exception:  # of any kind: what somebody looks at must not end a run
            _log.exception("outputs of single rows failed")
            return
        self._report(Judged(self._run, targets, outputs))
        self._said_targets = True
