"""Kinds of data that stand side by side in a row: pixels of a picture, columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.experiment.hidden_layer import HiddenLayer, Shape


@dataclass(frozen=True)
class Block:
    """Neighbouring columns that belong together.

    Attributes:
        name: in configurations and links.
        title: as the page shows it; marked.
        start: the first of its columns; the others follow.
        shape: (rows, columns, channels) of a picture, row by row; (columns,) of a table.
        layers: which a picture passes through where the configuration names none.
    """

    name: str
    title: str
    start: int
    shape: Shape
    layers: tuple[HiddenLayer, ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether its columns are pixels."""
        return len(self.shape) == 3

    @property
    def width(self) -> int:
        """How many columns it has."""
        size = 1
        for each in self.shape:
            size *= each
        return size

    @property
    def stop(self) -> int:
        """The column after its last."""
        return self.start + self.width

    @property
    def columns(self) -> slice:
        """Where it stands in a row."""
        return slice(self.start, self.stop)


def chosen_blocks(blocks: tuple[Block, ...], names: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks of those names, as they stand side by side in the network's input."""
    chosen: list[Block] = []
    for block in blocks:
        if block.name in names:
            chosen.append(replace(block, start=chosen[-1].stop if chosen else 0))
    return tuple(chosen)
