"""The text of a TensorFlow Playground link: found among other text, unescaped, mended, and read key by key.

What its values mean for an experiment of ours is `core.exchange.playground`'s.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from itertools import accumulate
from typing import Any
from urllib.parse import unquote

from core.errors import NotAPlaygroundLink, WrongValue, said_of
from core.exchange.link import MAX_LENGTH
from core.experiment.config import MAX_BATCH_SIZE, MAX_LAYERS, MAX_PENALTY
from core.experiment.layers import MAX_UNITS
from core.experiment.text import shortened
from core.words import Said, listed


def read_link(link: str, problems: list[Said]) -> tuple[dict[str, Any], list[str]]:
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
        problems.append(
            Said(
                "The text is longer than {most:,} characters; what came after that was left out.", {"most": MAX_LENGTH}
            )
        )
    hidden = [key.removesuffix("_hide") for key, text in texts.items() if key.endswith("_hide") and _boolean(text)[0]]
    return _values(texts, problems), hidden


#: Gives a key's value and, where that is not quite what the text says, a sentence on what was done, in which `key` and
#: `received` are still to be filled in.
_Reader = Callable[[str], tuple[Any, Said | None]]


_READ_AS = Said("{key} '{received}' was read as {meant}.")
_READ_AS_THERE = Said("{key} '{received}' was read as {meant}, as in the Playground.")
_COMMA = Said("{key} '{received}' has a comma. Using {value:g}.")
_SPACE = Said("{key} '{received}' has white space. Using {value:g}.")


def _choice(*names: str) -> _Reader:
    def read(text: str) -> tuple[str, Said | None]:
        text = _trimmed(text).replace(" ", "")
        same = [name for name in names if name.lower() == text.lower()]
        # 'circ' was cut off and 'cirlce' misspelt; an 'L' may be L1 or L2 and is neither.
        begun = [name for name in names if len(text) > 1 and name.startswith(text)]
        meant = same or begun or _closest(text, names)
        if len(meant) != 1:
            raise WrongValue(Said("expected {names}", {"names": listed(names)}))
        return meant[0], None if same else _READ_AS.filled(meant=meant[0])

    return read


def _number(least: float, most: float) -> _Reader:
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


def _boolean(text: str) -> tuple[bool, Said | None]:
    text = _trimmed(text).replace(" ", "").lower()
    for value, word in ((False, "false"), (True, "true")):
        if word.startswith(text) and text:
            return value, None if word == text else _READ_AS.filled(meant=word)
    if _closest(text, ["false"]):
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


#: What may stand before a key: nothing, or what is no letter. A long key is found in the middle of a word, too.
_LONG = "|".join(sorted((key for key in _KEYS if len(key) > 3), key=len, reverse=True))
_KEY_IS = re.compile(
    rf"(?:{_LONG})(?:_hide)?\s*="
    r"|(?:(?<![A-Za-z])|(?<=true)|(?<=false))[xy](?:_hide)?\s*=+\s*(?=true|false)"
    r"|(?<![A-Za-z_])[A-Za-z]{2,24}_hide\s*="
)

_ANY_KEY_IS = re.compile(rf"(?:{_LONG})(?:_hide)?\s*=", re.IGNORECASE)

#: Spaces, and what people put around a link.
_AROUND = re.compile(r"[\s\"'`<>()\[\]{}|“”„‘’«»]+")

#: Characters before a piece that decide whether it belongs to them: more than any key and value have.
_MEMORY = 100

#: So many pieces without a setting may stand between two with one.
_GAP = 3


def _fragment_of(link: str) -> str:
    """What comes after the # of a link that may be escaped, torn apart, and stand in the middle of a text."""
    text = link[:MAX_LENGTH].replace("\\", "")  # Markdown writes \&
    text = re.sub(r"\r?\n[ \t>]*(?=[^\s:]*[=&])", "", text)  # a mail program broke the line
    text = re.sub(rf"((?:^|[&;#\s])(?:{_LONG}|[xy]))\s*:(?!/)", r"\1=", _unescaped(text))
    text = re.sub(r"\s+=", "=", text)
    text = re.sub(rf"((?:{_LONG}|[xy])=+)\s+(?=[^\s&=]+&)", r"\1", text)
    rests = re.split(r"playground\.tensorflow\.org", text, flags=re.IGNORECASE)[1:]
    if rests:
        rest = max((_joined(_pieces_of(rest))[0] for rest in rests), key=len)
        fragment = rest.partition("#")[2] or rest.lstrip("/?#")
    else:
        fragment = max(_fragments_in(_pieces_of(text)), key=len, default="")
        if not fragment:
            raise NotAPlaygroundLink(shortened(link.strip()))
    return fragment.rstrip(".,:!?…*_~ ")


def _fragments_in(pieces: list[str]) -> Iterator[str]:
    """What may be a link's fragment in a text without the Playground's address."""
    start = 0
    while start < len(pieces):
        first = pieces[start].partition("#")[2] or pieces[start]
        start += 1
        if _has_settings(first):
            fragment, used = _joined([first, *pieces[start:]])
            start += used - 1
            yield fragment


def _pieces_of(text: str) -> list[str]:
    """A text between what ends a link: spaces, quotation marks, brackets. The first piece is where the link begins."""
    return _AROUND.split(text)


def _joined(pieces: list[str]) -> tuple[str, int]:
    """The pieces at the beginning that belong to one link, glued together again, and how many they are."""
    whole, at = pieces[0], 1
    while at < len(pieces):
        ahead = range(at, min(at + 1 + _GAP, len(pieces)))
        next_one = next((place for place in ahead if _glue(whole, pieces[place]) is not None), None)
        if next_one is None or (next_one > at and not _KEY_IS.search("".join(pieces[next_one : next_one + 2]))):
            break
        for piece in pieces[at:next_one]:
            whole += f" {piece}"
        whole += f"{_glue(whole, pieces[next_one])}{pieces[next_one]}"
        at = next_one + 1
    return whole, at


def _glue(before: str, piece: str) -> str | None:
    """What stood between two pieces of a link before it was torn apart; None where the second is no piece of it."""
    last = re.split("[&;#?/]", before[-_MEMORY:])[-1]
    key, equals, value = last.partition("=")
    glue: str | None = None
    begins = _KEY_IS.match(piece)
    if not piece:
        glue = ""
    elif begins:
        # A key's own end looks like a key: 'reg' and 'Dataset=' belong together.
        glue = "" if not equals and key and f"{key}{begins[0].rstrip('= ')}" in _KEYS else "&"
    elif piece[0] in "&=" or before[-1:] in {"&", "="}:
        glue = ""
    elif not equals and key and "=" in piece:
        glue = ""  # within a key
    elif not equals and key in _KEYS:
        glue = "="
    elif _KEY_IS.search(piece) or re.match(r"[A-Za-z_]{3,24}=[^=\s]", piece):
        glue = " "  # within a value, or before a key that is misspelt
    elif equals and re.search(r"[0-9][.,]?$", value) and re.match(r"[.,]?[0-9]+(?![A-Za-z])", piece):
        glue = " "  # within a number, or where a comma was
    return glue


def _unescaped(text: str) -> str:
    for _ in range(3):  # a link inside a link inside a link
        text = unquote(text)
    text = re.sub(r"&(?:amp;|#38;|#x26;)+", "&", text, flags=re.IGNORECASE)
    text = re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", text)  # invisible
    text = text.replace("®", "&reg")  # what others' unescaping made of &regDataset
    return text.translate(_FULL_WIDTH)


#: Characters of Chinese and Japanese keyboards, and what is like them.
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20, 0x3001: 0x2C, 0x3002: 0x2E}
_FULL_WIDTH |= {0x2212: 0x2D, 0x2013: 0x2D}


def _has_settings(fragment: str) -> bool:
    """Whether a text without the Playground's address is a fragment of its links, and not of another page's."""
    pairs = [part.partition("=") for part in fragment.split("&")]
    return "?" not in pairs[0][0] and "://" not in fragment and any(key in _KEYS and text for key, _, text in pairs)


def _texts_by_key(fragment: str, problems: list[Said]) -> dict[str, str]:
    """The texts of the Playground's own keys, `<control>_hide` among them; misspelt keys are mended."""
    pairs = [pair for part in re.split("[&;]", fragment) if part for pair in _pairs_in(part)]
    if not pairs:
        problems.append(Said("There are no settings in this link: this is what the Playground starts with."))
        return {}
    texts: dict[str, str] = {}
    said_twice: list[Said] = []
    mended: list[Said] = []
    strangers: list[str] = []
    for key, equals, text in pairs:
        if equals and (key in _KEYS or key.endswith("_hide")):
            if texts.get(key, text) != text:
                twice = Said("{key} is there twice: the last one, '{received}', counts.")
                said_twice.append(twice.filled(key=key, received=shortened(text)))
            texts[key] = text
    breaks_off = _breaks_off(pairs[-1], texts.keys())
    if breaks_off:
        broken = Said("The link breaks off after '{end}'; the rest is as it starts there.")
        problems.append(broken.filled(end=shortened("".join(pairs[-1]))))
    for key, equals, text in pairs[: len(pairs) - (breaks_off and not pairs[-1][1])]:
        if equals and (key in _KEYS or key.endswith("_hide")):
            continue
        meant = [each for each in _KEYS if each.lower() == key.lower()] or _closest(key, _KEYS)
        if meant and meant[0] not in texts and equals:
            texts[meant[0]] = text
            mended.append(Said("'{key}' was read as {meant}.", {"key": shortened(key), "meant": meant[0]}))
        else:
            strangers.append(f"'{shortened(key)}'")
    if strangers:
        problems.append(Said("Not settings of the Playground, left out: {names}.", {"names": in_short(strangers)}))
    problems += [*mended, *said_twice]
    empty = {key for key, text in texts.items() if key in _KEYS and not text} - _MAY_BE_EMPTY
    empty -= {pairs[-1][0]} if breaks_off else set()
    problems += [
        Said("{key} has no value. Using {value}.", {"key": key, "value": str(_KEYS[key][0])})
        for key in _KEYS
        if key in empty
    ]
    return texts


#: No hidden layer, and no tutorial.
_MAY_BE_EMPTY = {"networkShape", "tutorial"}

#: Characters that a list within a sentence may take.
_ROOM = 180


def in_short(names: list[str]) -> Said:
    """Names in a sentence, as many as anybody reads.

    >>> str(in_short(["'a'", "'b'"]))
    "'a', 'b'"
    """
    count = sum(length <= _ROOM for length in accumulate(len(name) + 2 for name in names))
    more = len(names) - count
    shown = listed(names[:count])
    return Said("{names} and {more:,} more", {"names": shown, "more": more}) if more else shown


def _pairs_in(part: str) -> list[tuple[str, str, str]]:
    """What stands between two &: one key and its value, or several where an & was lost, or the = was."""
    key, equals, text = part.partition("=")
    key = re.sub(r"\s+", "", key)
    if "=" in text.lstrip("= ") and not _KEY_IS.search(text):
        text = re.sub(r"\s+", "", text)  # a key was torn apart
    if not equals:
        begun = next((each for each in sorted(_KEYS, key=len, reverse=True) if key.startswith(each)), "")
        value = key[len(begun) :]
        if len(begun) > 3 and value and not value[0].isalpha():
            return [(begun, "=", value)]
        words = [word for word in ("true", "false") if value == word]
        return [(begun, "=", value)] if begun and words else [(key, "", "")]
    pairs: list[tuple[str, str, str]] = []
    while len(pairs) < _MOST_PAIRS and (further := _next_key(text)):
        pairs.append((key, "=", text[: further.start()].strip().lstrip("=")))
        key, _, text = text[further.start() :].partition("=")
        key = re.sub(r"\s+", "", key)
    return [*pairs, (key, "=", text.strip().lstrip("="))]


#: More settings than the Playground has, in a text without a single &.
_MOST_PAIRS = 60


def _next_key(text: str) -> re.Match[str] | None:
    """Where within a value another key begins."""
    found = [match for match in (_KEY_IS.search(text), _ANY_KEY_IS.search(text)) if match]
    if not found and "=" in text.lstrip("= "):
        # Misspelt; the text before it is then no value either, and both are named.
        return re.search(r"[A-Za-z_]{2,24}=", text)
    return min(found, key=lambda match: match.start(), default=None)


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


def _values(texts: dict[str, str], problems: list[Said]) -> dict[str, Any]:
    """Every key's value: what the link says, else what the Playground starts with."""
    values = {key: default for key, (default, _) in _KEYS.items()}
    for key in ("problem", *(key for key in _KEYS if key != "problem")):
        default, read = _KEYS[key]
        text = texts.get(key, "")
        is_missing = not text and not (key == "networkShape" and key in texts)  # no layer is written as none
        if is_missing:
            continue
        try:
            values[key], remark = read(text)
        except ValueError as error:
            if key == _unused(values):
                unread = Said("{key} '{received}' could not be read; it would not be used either.")
                problems.append(unread.filled(key=key, received=shortened(text)))
                continue
            instead = ",".join(map(str, default)) if isinstance(default, list) else str(default)
            unused = Said("{key} '{received}' was not used ({reason}). Using {value}.")
            problems.append(unused.filled(key=key, received=shortened(text), reason=said_of(error), value=instead))
        else:
            problems.extend([remark.filled(key=key, received=shortened(text))] if remark else [])
    return values


def _unused(values: dict[str, Any]) -> str:
    """The data set of the other kind of problem, which every link has too."""
    return "dataset" if values["problem"] == "regression" else "regDataset"
