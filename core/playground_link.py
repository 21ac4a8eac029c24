"""The text of a TensorFlow Playground link: found among other text, unescaped, mended, and read key by key.

What its values mean for an experiment of ours is `core.playground`'s.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Any
from urllib.parse import unquote

from core.config import MAX_BATCH_SIZE, MAX_LAYERS, MAX_PENALTY, MAX_UNITS
from core.errors import NotAPlaygroundLink
from core.link import MAX_LENGTH, shortened


def read_link(link: str, problems: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Read a link, escaped, cut off, misspelt or surrounded by text as it may be.

    Args:
        problems: gains a sentence for everything that was not used as it stands.

    Returns:
        values: of all keys; what the link does not say is as the Playground starts.
        hidden: the names of the controls that the link hides.

    Raises:
        NotAPlaygroundLink: there is nothing of such a link in the text.

    >>> values, hidden = read_link("https://playground.tensorflow.org/#noise=25&noise_hide=true", [])
    >>> values["noise"], values["networkShape"], hidden
    (25.0, [4, 2], ['noise'])
    """
    texts = _texts_by_key(_fragment_of(link), problems)
    if len(link) > MAX_LENGTH:
        problems.append(f"The text is longer than {MAX_LENGTH:,} characters; what came after that was left out.")
    hidden = [key.removesuffix("_hide") for key, text in texts.items() if key.endswith("_hide") and text == "true"]
    return _values(texts, problems), hidden


#: Gives a key's value and, where that is not quite what the text says, the end of a sentence on what was done.
_Reader = Callable[[str], tuple[Any, str]]


def _choice(*names: str) -> _Reader:
    def read(text: str) -> tuple[str, str]:
        same = [name for name in names if name.lower() == text.lower()]
        # 'circ' was cut off and 'cirlce' misspelt; an 'L' may be L1 or L2 and is neither.
        begun = [name for name in names if len(text) > 1 and name.startswith(text)]
        meant = same or begun or _closest(text, names)
        if len(meant) != 1:
            raise ValueError(f"expected {', '.join(names)}")
        return meant[0], "" if same else f"was read as {meant[0]}"

    return read


def _number(least: float, most: float) -> _Reader:
    def read(text: str) -> tuple[float, str]:
        if not re.fullmatch(r"[+-]?([0-9]{1,15}\.?[0-9]{0,20}|\.[0-9]{1,20})(e[+-]?[0-9]{1,2})?", text, re.IGNORECASE):
            raise ValueError("expected a number")
        value = float(text)
        nearest = min(max(value, least), most)
        return nearest, "" if nearest == value else f"became {nearest:g}: {least:g} to {most:g} is possible"

    return read


def _batch_size(text: str) -> tuple[int, str]:
    size, remark = _number(1, MAX_BATCH_SIZE)(text)
    if size != int(size):
        raise ValueError("expected a whole number")
    return int(size), remark


def _learning_rate(text: str) -> tuple[float, str]:
    rate, remark = _number(-math.inf, 100.0)(text)
    if rate <= 0:
        raise ValueError("expected more than 0")
    return rate, remark.replace("-inf", "above 0")


def _noise(text: str) -> tuple[float, str]:
    percent, _ = _number(-math.inf, math.inf)(text)
    if 0 <= percent <= 80:
        return percent, ""
    shown = 50.0 if percent > 80 else 0.0
    return shown, f"was read as {shown:g}, as in the Playground"


def _layers(text: str) -> tuple[list[int], str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    numbers = [int(part) for part in parts if re.fullmatch(r"[0-9]{1,15}", part)]
    units = [min(number, MAX_UNITS) for number in numbers if number][:MAX_LAYERS]
    if parts and not units:
        raise ValueError("expected numbers such as 4,2")
    plain = len(numbers) == len(parts) and units == numbers
    shown = ",".join(str(number) for number in units)
    return units, "" if plain else f"became {shown}: up to {MAX_LAYERS} layers of 1 to {MAX_UNITS} units are possible"


def _boolean(text: str) -> tuple[bool, str]:
    for value, word in ((False, "false"), (True, "true")):
        if word.startswith(text.lower()):
            return value, "" if word == text.lower() else f"was read as {word}"
    return True, "was read as true, as in the Playground"


def _seed(text: str) -> tuple[int, str]:
    """The decimals of 0.54321; a whole number itself; of any other text a number that is always the same."""
    digits = re.fullmatch(r"(?:0?\.)?([0-9]{1,9})", text)
    return int(digits[1]) if digits else zlib.crc32(text.encode(errors="replace")), ""


def _anything(text: str) -> tuple[str, str]:
    return text, ""


#: Every key in the order in which the Playground writes them: what it starts with, and how its text is read.
_KEYS: dict[str, tuple[Any, _Reader]] = {
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
    "showTestData": (False, _boolean),
    "discretize": (False, _boolean),
    "percTrainData": (50.0, _number(10, 95)),
    "x": (True, _boolean),
    "y": (True, _boolean),
    **dict.fromkeys(("xTimesY", "xSquared", "ySquared", "cosX", "sinX", "cosY", "sinY"), (False, _boolean)),
    "collectStats": (False, _boolean),
    "tutorial": ("", _anything),
    "problem": ("classification", _choice("classification", "regression")),
    "initZero": (False, _boolean),
    "hideText": (False, _boolean),
}


def _fragment_of(link: str) -> str:
    """What comes after the # of a link that may be escaped and stand in the middle of a text."""
    text = link[:MAX_LENGTH].replace("\\", "")  # Markdown writes \&
    text = re.sub(r"\r?\n[ \t>]*(?=[^\s:]*[=&])", "", text)  # a mail program broke the line
    # A link ends where a space, a quotation mark or a bracket stands.
    words = [_unescaped(word) for word in re.split(r"[\s\"'`<>()\[\]{}|]+", text)]
    links = [rest for word in words for rest in re.split(r"playground\.tensorflow\.org", word, flags=re.IGNORECASE)[1:]]
    if links:
        rest = max(links, key=len)
        fragment = rest.partition("#")[2] or rest.lstrip("/?#")
    else:
        fragments = [word.partition("#")[2] or word for word in words]
        fragment = max(filter(_has_settings, fragments), key=len, default="")
        if not fragment:
            raise NotAPlaygroundLink(shortened(link.strip()))
    return fragment.rstrip(".,:!?…*_~")


def _unescaped(word: str) -> str:
    for _ in range(3):  # a link inside a link inside a link
        word = unquote(word)
    word = re.sub(r"&(?:amp;|#38;|#x26;)+", "&", word, flags=re.IGNORECASE)
    return word.replace("®", "&reg")  # what others' unescaping made of &regDataset


def _has_settings(fragment: str) -> bool:
    """Whether a text without the Playground's address is a fragment of its links, and not of another page's."""
    pairs = [part.partition("=") for part in fragment.split("&")]
    return "?" not in pairs[0][0] and "://" not in fragment and any(key in _KEYS and text for key, _, text in pairs)


def _texts_by_key(fragment: str, problems: list[str]) -> dict[str, str]:
    """The texts of the Playground's own keys, `<control>_hide` among them; misspelt keys are mended."""
    pairs = [part.partition("=") for part in re.split("[&;]", fragment) if part]
    texts = {key: text.strip() for key, equals, text in pairs if equals and (key in _KEYS or key.endswith("_hide"))}
    if not pairs:
        problems.append("There are no settings in this link: this is what the Playground starts with.")
    elif _breaks_off(pairs[-1], texts.keys()):
        problems.append(f"The link breaks off after '{shortened(''.join(pairs[-1]))}'; the rest is as it starts there.")
    strangers = []
    for key, equals, text in pairs:
        if key in texts or not equals:
            continue
        meant = [each for each in _KEYS if each.lower() == key.lower()] or _closest(key, _KEYS)
        if meant and meant[0] not in texts:
            texts[meant[0]] = text.strip()
            problems.append(f"'{shortened(key)}' was read as {meant[0]}.")
        else:
            strangers.append(f"'{shortened(key)}'")
    if strangers:
        more = f" and {len(strangers) - 3:,} more" if len(strangers) > 3 else ""
        problems.append(f"Not settings of the Playground, left out: {', '.join(strangers[:3])}{more}.")
    return texts


def _breaks_off(last: tuple[str, str, str], keys: Iterable[str]) -> bool:
    """Whether a link ends within a key or a value, or lacks the keys with which the Playground ends what it writes."""
    _, equals, text = last
    known = {*keys} & _KEYS.keys()
    return not equals or not text or (len(known) > 7 and not known & {"problem", "initZero", "hideText"})


def _closest(word: str, names: Iterable[str]) -> list[str]:
    """The one name that a misspelt word comes close to, or none."""
    if not 3 < len(word) < 24:
        return []
    close = get_close_matches(word, list(names), n=2, cutoff=0.75)
    likeness = [SequenceMatcher(None, word, name).ratio() for name in close]
    return close[:1] if len(close) < 2 or likeness[0] - likeness[1] > 0.1 else []


def _values(texts: dict[str, str], problems: list[str]) -> dict[str, Any]:
    """Every key's value: what the link says, else what the Playground starts with."""
    values = {key: default for key, (default, _) in _KEYS.items()}
    for key in ("problem", *(key for key in _KEYS if key != "problem")):
        default, read = _KEYS[key]
        text = texts.get(key, "")
        is_missing = not text and not (key == "networkShape" and key in texts)  # no layer is written as none
        if is_missing or key == _unused(values):
            continue
        try:
            values[key], remark = read(text)
        except ValueError as error:
            instead = ",".join(map(str, default)) if isinstance(default, list) else default
            problems.append(f"{key} '{shortened(text)}' was not used ({error}). Using {instead}.")
        else:
            problems.extend([f"{key} '{shortened(text)}' {remark}."] if remark else [])
    return values


def _unused(values: dict[str, Any]) -> str:
    """The data set of the other kind of problem, which every link has too."""
    return "dataset" if values["problem"] == "regression" else "regDataset"
