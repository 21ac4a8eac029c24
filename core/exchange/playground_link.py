"""A TensorFlow Playground link read key by key, misspelt, doubled and cut off as it may be.

`core.exchange.playground_fragment` finds it in a text; `core.exchange.playground_keys` knows the keys; what their
values mean for an experiment of ours is `core.exchange.playground`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from core.errors import said_of
from core.exchange.link import MAX_LENGTH
from core.exchange.playground_fragment import fragment_of
from core.exchange.playground_keys import KEY_IS, KEYS, LONG_KEYS, boolean, closest
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
    texts = _texts_by_key(fragment_of(link), problems)
    if len(link) > MAX_LENGTH:
        problems.append(
            Said(
                "The text is longer than {most:,} characters; what came after that was left out.", {"most": MAX_LENGTH}
            )
        )
    hidden = [key.removesuffix("_hide") for key, text in texts.items() if key.endswith("_hide") and boolean(text)[0]]
    return _values(texts, problems), hidden


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
        if equals and (key in KEYS or key.endswith("_hide")):
            if texts.get(key, text) != text:
                twice = Said("{key} is there twice: the last one, '{received}', counts.")
                said_twice.append(twice.filled(key=key, received=shortened(text)))
            texts[key] = text
    breaks_off = _breaks_off(pairs[-1], texts.keys())
    if breaks_off:
        broken = Said("The link breaks off after '{end}'; the rest is as it starts there.")
        problems.append(broken.filled(end=shortened("".join(pairs[-1]))))
    for key, equals, text in pairs[: len(pairs) - (breaks_off and not pairs[-1][1])]:
        if equals and (key in KEYS or key.endswith("_hide")):
            continue
        meant = [each for each in KEYS if each.lower() == key.lower()] or closest(key, KEYS)
        if meant and meant[0] not in texts and equals:
            texts[meant[0]] = text
            mended.append(Said("'{key}' was read as {meant}.", {"key": shortened(key), "meant": meant[0]}))
        else:
            strangers.append(f"'{shortened(key)}'")
    if strangers:
        problems.append(Said("Not settings of the Playground, left out: {names}.", {"names": in_short(strangers)}))
    problems += [*mended, *said_twice]
    empty = {key for key, text in texts.items() if key in KEYS and not text} - _MAY_BE_EMPTY
    empty -= {pairs[-1][0]} if breaks_off else set()
    problems += [
        Said("{key} has no value. Using {value}.", {"key": key, "value": str(KEYS[key][0])})
        for key in KEYS
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
    if "=" in text.lstrip("= ") and not KEY_IS.search(text):
        text = re.sub(r"\s+", "", text)  # a key was torn apart
    if not equals:
        begun = next((each for each in sorted(KEYS, key=len, reverse=True) if key.startswith(each)), "")
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


_ANY_KEY_IS = re.compile(rf"(?:{LONG_KEYS})(?:_hide)?\s*=", re.IGNORECASE)

#: More settings than the Playground has, in a text without a single &.
_MOST_PAIRS = 60


def _next_key(text: str) -> re.Match[str] | None:
    """Where within a value another key begins."""
    found = [match for match in (KEY_IS.search(text), _ANY_KEY_IS.search(text)) if match]
    if not found and "=" in text.lstrip("= "):
        # Misspelt; the text before it is then no value either, and both are named.
        return re.search(r"[A-Za-z_]{2,24}=", text)
    return min(found, key=lambda match: match.start(), default=None)


def _breaks_off(last: tuple[str, str, str], keys: Iterable[str]) -> bool:
    """Whether a link ends within a key or a value, or lacks the keys with which the Playground ends what it writes."""
    _, equals, text = last
    known = {*keys} & KEYS.keys()
    return not equals or not text or (len(known) > 7 and not known & {"problem", "initZero", "hideText"})


def _values(texts: dict[str, str], problems: list[Said]) -> dict[str, Any]:
    """Every key's value: what the link says, else what the Playground starts with."""
    values = {key: default for key, (default, _) in KEYS.items()}
    for key in ("problem", *(key for key in KEYS if key != "problem")):
        default, read = KEYS[key]
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
