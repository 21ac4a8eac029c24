"""Values as the text of a link, and back."""

from __future__ import annotations

import re

import numpy as np

from core.errors import WrongValue
from core.words import Said


def whole_number(text: str) -> int:
    """Read a whole number; a `WrongValue` says that it is none."""
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", text.strip()):
        raise WrongValue(Said("expected a whole number"))
    return int(text)


def plain_number(value: float) -> str:
    """The shortest digits that give the same number again, without an exponent."""
    return np.format_float_positional(value, trim="-")


def shortened(text: str) -> str:
    """User text for a sentence: printable and at most forty characters."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[:40])
    return shown + ("…" if len(text) > 40 else "")
