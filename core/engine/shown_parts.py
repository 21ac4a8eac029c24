"""What is drawn of a run: its description, its plane, the newest picture, and what it outputs for single rows.

Each has a version, by which a viewer's `Cursor` tells what is new.
"""

from __future__ import annotations

from typing import Any

from core.engine.cursor import Cursor
from core.engine.waking import Waking
from core.protocol.wire import Part


class ShownParts:
    """The parts that a worker draws, the newest of each. Safe to use from several threads.

    Attributes:
        info: what the run is: its network, its rows, its log names.
        view: the plane that is shown, with its points.
        frame: the newest picture.
        targets: what the rows are whose outputs are shown one by one; None where nobody asks for them.
        outputs: what the network outputs for these rows.
    """

    def __init__(self) -> None:
        self.info: Part | None = None
        self.view: Part | None = None
        self.frame: Part | None = None
        self.targets: Part | None = None
        self.outputs: Part | None = None
        self._watching = 0
        self._foretold: Part | None = None
        self._versions = Cursor(info=0, view=0, state=0, frame=0, snapshots=0, targets=0, outputs=0)
        self._waking = Waking()

    def foretell(self, opened: Part, frame: Part) -> None:
        """Show a picture of the initial weights that no worker has drawn, until one has."""
        self.open(opened)
        self.show(frame)
        self._foretold = frame

    def open(self, part: Part) -> None:
        """Take the description, the plane, or both. What viewers have already is not sent again."""
        with self._waking:
            if "info" in part.header:
                info = Part({"info": part.header["info"]})
                self._versions.info += self.info is None or not info.equals(self.info)
                self.info = info
            if "view" in part.header:
                view = Part({"view": part.header["view"]}, part.blocks)
                if self.view is not None and _axes(view) != _axes(self.view):
                    self._foretold = None  # it shows another plane
                self._versions.view += self.view is None or not view.equals(self.view)
                self.view = view

    def show(self, frame: Part) -> None:
        """Take a picture; the newest wins. One that viewers have already is not sent again while it was foretold."""
        if self._foretold is not None:
            frame, before = self._completed(frame, self._foretold), self.frame
            if before is not None and frame.equals(before):
                return
        with self._waking:
            self.frame = frame
            self._versions.frame += 1

    def show_outputs(self, targets: Part | None, outputs: Part) -> None:
        """Take what the network outputs for single rows; the newest wins. Viewers get it who ask: where none does (any
        more), nothing is taken, so that who comes later is not shown what was on its way.

        Args:
            targets: what these rows are; None where that is known.
        """
        with self._waking:
            if not self._watching:
                return
            if targets is not None and self.targets is None:  # worker and store may both tell them: they are the same
                self.targets = targets
                self._versions.targets += 1
            self.outputs = outputs
            self._versions.outputs += 1

    @property
    def is_watched(self) -> bool:
        """Whether viewers ask for the outputs of single rows."""
        return self._watching > 0

    def count_watching(self, change: int) -> bool:
        """Count who asks for the outputs of single rows. Returns whether the first came, or the last went.

        Args:
            change: 1 for one more, -1 for one less.
        """
        with self._waking.lock:
            before, self._watching = self._watching, max(0, self._watching + change)
            if not self._watching:
                self.targets = self.outputs = None
            return (before == 0) != (self._watching == 0)

    def _completed(self, frame: Part, foretold: Part) -> Part:
        """A worker's first pictures do not look inside the network yet: what was shown of that stays until they do."""
        looks_inside = "weight_gradients" in frame.blocks
        if looks_inside or frame.header["frame"]["epoch"] != foretold.header["frame"]["epoch"]:
            self._foretold = None
            return frame
        network = {**foretold.header.get("network", {}), **frame.header.get("network", {})}
        return foretold.joined(frame).joined(Part({"network": network}))

    @property
    def opened(self) -> Part | None:
        """Description and plane in one, for the store."""
        if self.info is None or self.view is None:
            return None
        return Part({**self.info.header, **self.view.header}, self.view.blocks)

    def _unseen_outputs(self, cursor: Cursor) -> list[Part]:
        """What the network outputs for single rows, with what these are where that is new."""
        now, parts = self._versions, []
        if self.targets is not None and cursor.targets != now.targets:
            parts.append(self.targets)
            cursor.targets = now.targets
        if self.targets is not None and self.outputs is not None and cursor.outputs != now.outputs:
            parts.append(self.outputs)
            cursor.outputs = now.outputs
        return parts


def _axes(view: Part) -> list[Any]:
    """What a plane's two directions are."""
    return [view.header["view"].get(name) for name in ("kind", "x", "y")]
