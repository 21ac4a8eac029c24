"""Kinds of data that stand side by side in a row: pixels of a picture, columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import WrongValue
from core.experiment.hidden_layer import HiddenLayer, Shape
from core.words import Said, listed


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


def chosen_blocks(blocks: tuple[Block, ...], names: tuple[str, ...] | None) -> tuple[Block, ...]:
    """The blocks of those names, as they stand side by side in the network's input; None for all."""
    chosen: list[Block] = []
    for block in blocks:
        if names is None or block.name in names:
            chosen.append(replace(block, start=chosen[-1].stop if chosen else 0))
    return tuple(chosen)


def columns_of(columns: tuple[str, ...], blocks: tuple[Block, ...], names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Of all columns those of the blocks of those names; None for all."""
    if names is None:
        return columns
    return tuple(column for block in blocks if block.name in names for column in columns[block.columns])


def check_blocks(names: tuple[str, ...] | None, blocks: tuple[Block, ...], dataset: str, *, has_features: bool) -> None:
    """Whether a data set has blocks of those names.

    Args:
        has_features: single columns are chosen, too.

    Raises:
        WrongValue: it has not.
    """
    if names is None:
        return
    if len(blocks) < 2:
        raise WrongValue(Said("blocks cannot be chosen for '{dataset}'. Leave it out.", {"dataset": dataset}))
    known = [block.name for block in blocks]
    if not names or len(set(names)) < len(names) or not set(names) <= set(known):
        raise WrongValue(
            Said(
                "blocks is '{names}'. Choose one or more of {known}, each once.",
                {"names": ",".join(names)[:40], "known": listed(known)},
            )
        )
    if has_features:
        raise WrongValue(Said("features and blocks both choose the inputs. Leave one of them out."))
