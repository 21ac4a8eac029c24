"""The keys of TensorFlow Playground's links: what each starts with, how its text is read, and how one is found in a
text.

Every reader forgives what people and programs do to a value, and says what it made of it.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from core.errors import WrongValue
from core.experiment.config import MAX_BATCH_SIZE, MAX_LAYERS, MAX_PENALTY
from core.experiment.layers import MAX_UNITS
from core.words import Said, listed

#: Gives a key's value and, where that is not quite what the text says, a sentence on what was done, in which `key` and
#: `received` are still to be filled in.
Reader = Callable[[str], tuple[Any, Said | None]]


_READ_AS = Said("{key} '{received}' was read as {meant}.")
_READ_AS_THERE = Said("{key} '{received}' was read as {meant}, as in the Playground.")
_COMMA = Said("{key} '{received}' has a comma. Using {value:g}.")
_SPACE = Said("{key} '{received}' has white space. Using {value:g}.")


def _choice(*names: str) -> Reader:
    def read(text: str) -> tuple[str, Said | None]:
        text = _trimmed(text).replace(" ", "")
        same = [name for name in names if name.lower() == text.lower()]
        # 'circ' was cut off and 'cirlce' misspelt; an 'L' may be L1 or L2 and is neither.
        begun = [name for name in names if len(text) > 1 and name.startswith(text)]
        meant = same or begun or closest(text, names)
        if len(meant) != 1:
            raise WrongValue(Said("expected {names}", {"names": listed(names)}))
        return meant[0], None if same else _READ_AS.filled(meant=meant[0])

    return read


def _number(least: float, most: float) -> Reader:
    """A number in bounds; a lowest one of −∞ stands for more than 0, which is left to who reads."""

    def read(text: str) -> tuple[float, Said | None]:
        plain = _trimmed(text).replace(" ", "")
        plain, mended = (plain.replace(",", "."), _COMMA) if plain.count(",") == 1 else (plain, None)
        mended = _SPACE if " " in _trimmed(text) else mended
        if not re.fullmatch(r"[+-]?([0-9]{1,15}\.?[0-9]{0,20}|\.[0-9]{1,20})(e[+-]?[0-9]{1,2})?", plain, re.IGNORECASE):
            raise WrongValue(Said("expected a number"))
        value = float(plain)
        nearest = min(max(value, least), most)
        if nearest != value:
            return nearest, (_WITHIN if math.isfinite(least) else _UP_TO).filled(
                nearest=nearest, least=least, most=most
            )
        return value, mended.filled(value=value) if mended else None

    return read


_WITHIN = Said("{key} '{received}' became {nearest:g}: {least:g} to {most:g} is possible.")
_UP_TO = Said("{key} '{received}' became {nearest:g}: above 0 to {most:g} is possible.")


def _batch_size(text: str) -> tuple[int, Said | None]:
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", _trimmed(text)):  # thousands
        size, remark = _number(1, MAX_BATCH_SIZE)(text.replace(",", ""))
        return int(size), remark or _COMMA.filled(value=size)
    size, remark = _number(1, MAX_BATCH_SIZE)(text)
    if size != int(size):
        raise WrongValue(Said("expected a whole number"))
    return int(size), remark


def _learning_rate(text: str) -> tuple[float, Said | None]:
    rate, remark = _number(-math.inf, 100.0)(text)
    if rate <= 0:
        raise WrongValue(Said("expected more than 0"))
    return rate, remark


def _noise(text: str) -> tuple[float, Said | None]:
    percent, remark = _number(-math.inf, math.inf)(text)
    if 0 <= percent <= 80:
        return percent, remark
    shown = 50.0 if percent > 80 else 0.0
    return shown, _READ_AS_THERE.filled(meant=int(shown))


def _layers(text: str) -> tuple[list[int], Said | None]:
    # Between commas, or between spaces where those are all there is.
    parts = [_trimmed(part).lstrip("+") for part in re.split(r"[,/|]" if "," in text else r"[\s/|.x*]+", text)]
    parts = [part for part in parts if part]
    numbers = [int(part) for part in parts if re.fullmatch(r"[0-9]{1,15}", part)]
    units = [min(number, MAX_UNITS) for number in numbers if number][:MAX_LAYERS]
    if (parts or text.strip()) and not units:
        raise WrongValue(Said("expected numbers such as 4,2"))
    plain = len(numbers) == len(parts) and units == numbers and ("," in text or len(units) < 2)
    if plain:
        return units, None
    shown = ",".join(str(number) for number in units)
    became = Said("{key} '{received}' became {shown}: up to {layers} layers of 1 to {units} units are possible.")
    return units, became.filled(shown=shown, layers=MAX_LAYERS, units=MAX_UNITS)


def boolean(text: str) -> tuple[bool, Said | None]:
    """Whether a control is on; as in the Playground, everything is that does not say false."""
    text = _trimmed(text).replace(" ", "").lower()
    for value, word in ((False, "false"), (True, "true")):
        if word.startswith(text) and text:
            return value, None if word == text else _READ_AS.filled(meant=word)
    if closest(text, ["false"]):
        return False, _READ_AS.filled(meant="false")
    return True, _READ_AS_THERE.filled(meant="true")


def _seed(text: str) -> tuple[int, Said | None]:
    """The decimals of 0.54321; a whole number itself; of any other text a number that is always the same."""
    digits = re.fullmatch(r"(?:0?\.)?([0-9]{1,9})", text)
    if digits:
        return int(digits[1]), None
    mended = re.fullmatch(r"(?:0?\.)?([0-9]{1,9})", _trimmed(text).replace(" ", "").replace(",", "."))
    number = int(mended[1]) if mended else zlib.crc32(text.encode(errors="replace"))
    strange = Said("{key} '{received}' is not written as the Playground does. Using {number}.")
    return number, strange.filled(number=number)


def _anything(text: str) -> tuple[str, Said | None]:
    return text, None


def _trimmed(text: str) -> str:
    """A value without the punctuation of the sentence around it."""
    return text.strip(" \t\r\n").strip("=").rstrip(".,:;!?…*_~%+-").strip(" ,:;'")


#: Every key in the order in which the Playground writes them: what it starts with, and how its text is read.
KEYS: dict[str, tuple[Any, Reader]] = {
    "activation": ("tanh", _choice("relu", "tanh", "sigmoid", "linear")),
    "regularization": ("none", _choice("none", "L1", "L2")),
    "batchSize": (10, _batch_size),
    "dataset": ("circle", _choice("circle", "xor", "gauss", "spiral")),
    "regDataset": ("reg-plane", _choice("reg-plane", "reg-gauss")),
    "learningRate": (0.03, _learning_rate),
    "regularizationRate": (0.0, _number(0.0, MAX_PENALTY)),
    "noise": (0.0, _noise),
    "networkShape": ([4, 2], _layers),
    "seed": (0, _seed),
    "showTestData": (False, boolean),
    "discretize": (False, boolean),
    "percTrainData": (50.0, _number(10, 95)),
    "x": (True, boolean),
    "y": (True, boolean),
    **dict.fromkeys(("xTimesY", "xSquared", "ySquared", "cosX", "sinX", "cosY", "sinY"), (False, boolean)),
    "collectStats": (False, boolean),
    "tutorial": ("", _anything),
    "problem": ("classification", _choice("classification", "regression")),
    "initZero": (False, boolean),
    "hideText": (False, boolean),
}


#: The keys that are found in the middle of a word, too, as the alternatives of a pattern.
LONG_KEYS = "|".join(sorted((key for key in KEYS if len(key) > 3), key=len, reverse=True))

#: A key and its `=`. Before x and y, and before what hides a control, stands nothing, or what is no letter.
KEY_IS = re.compile(
    rf"(?:{LONG_KEYS})(?:_hide)?\s*="
    r"|(?:(?<![A-Za-z])|(?<=true)|(?<=false))[xy](?:_hide)?\s*=+\s*(?=true|false)"
    r"|(?<![A-Za-z_])[A-Za-z]{2,24}_hide\s*="
)


def closest(word: str, names: Iterable[str]) -> list[str]:
    """The one name that a misspelt word comes close to, or none."""
    if not 3 < len(word) < 24:
        return []
    close = get_close_matches(word, list(names), n=2, cutoff=0.75)
    likeness = [SequenceMatcher(None, word, name).ratio() for name in close]
    return close[:1] if len(close) < 2 or likeness[0] - likeness[1] > 0.1 else []
