"""What a film is painted with. The colours themselves come from whoever asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Colour = tuple[int, int, int]


def _grey(level: int) -> Colour:
    return level, level, level


class FilmColours(BaseModel):
    """Greys, where nothing else is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    card: Colour = _grey(255)
    ink: Colour = _grey(20)
    soft: Colour = _grey(100)
    line: Colour = _grey(230)
    classes: tuple[Colour, ...] = tuple(map(_grey, range(40, 220, 18)))
    sequence: tuple[Colour, ...] = tuple(map(_grey, range(240, 0, -50)))

    @classmethod
    def of(cls, palette: Mapping[str, Any]) -> FilmColours:
        """The colours of a palette that writes them as "#rrggbb", `classes` and `sequence` as lists."""
        single = {name: _channels(palette[name]) for name in ("card", "ink", "soft", "line")}
        return cls.model_validate(
            {**single, **{name: [_channels(each) for each in palette[name]] for name in ("classes", "sequence")}}
        )


def _channels(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:], 16)
