"""Text on pictures, also Chinese: Pillow's own font has Latin letters only, ours the characters that Descent uses."""

from __future__ import annotations

import functools
import math
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

#: Made by docs/make_font.py from Noto Sans CJK SC: the characters that Descent itself writes.
CHINESE = Path(__file__).parent / "descent-cjk.woff2"

#: Stands for what no font has.
_MISSING = "□"

#: No character: what a font draws for it, it draws for all that it lacks.
_IN_NO_FONT = "\uffff"


class Lettering:
    """Writes in one size.

    Args:
        size: of the letters, in pixels.

    Attributes:
        lacks: whether a character had to be written as □.
    """

    def __init__(self, size: int) -> None:
        from PIL import ImageFont  # the server, which knows where the font is, draws nothing

        latin = ImageFont.load_default(size)
        assert isinstance(latin, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
        self._latin = latin
        self._chinese = ImageFont.truetype(str(CHINESE), size)
        self._font_of = functools.cache(self._find)
        self.lacks = False

    def write(
        self,
        pen: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        colour: tuple[int, int, int],
        anchor: str = "la",
    ) -> None:
        """Write a line.

        Args:
            anchor: where `place` is: `l` or `r`, then `a` (top of the letters), `m` (middle) or `s` (on the line), as
                Pillow has it.
        """
        pieces: list[tuple[ImageFont.FreeTypeFont, str]] = []
        for font, signs in groupby(text, self._font_of):
            piece = "".join(signs)
            if font is None:
                self.lacks = True
                font, piece = self._chinese, _MISSING * len(piece)
            pieces.append((font, piece))
        x, y = place
        if anchor[0] == "r":
            x -= sum(font.getlength(piece) for font, piece in pieces)
        above, below = self._latin.getmetrics()
        y += {"a": above, "m": math.ceil((above - below) / 2), "s": 0}[anchor[1]]
        for font, piece in pieces:
            pen.text((x, y), piece, colour, font, anchor="ls")
            x += font.getlength(piece)

    def _find(self, sign: str) -> ImageFont.FreeTypeFont | None:
        """The font that has a character, None where none has."""
        for font in (self._latin, self._chinese):
            if sign.isspace() or _drawn(font, sign) != _drawn(font, _IN_NO_FONT):
                return font
        return None


def _drawn(font: ImageFont.FreeTypeFont, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)
