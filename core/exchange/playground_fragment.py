"""A link of TensorFlow Playground found among other text: unescaped, glued together where it was torn apart.

What its keys and values are is read in `core.exchange.playground_link`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from core.errors import NotAPlaygroundLink
from core.exchange.link import MAX_LENGTH
from core.exchange.playground_keys import KEY_IS, KEYS, LONG_KEYS
from core.experiment.text import shortened

#: Spaces, and what people put around a link.
_AROUND = re.compile(r"[\s\"'`<>()\[\]{}|“”„‘’«»]+")

#: Characters before a piece that decide whether it belongs to them: more than any key and value have.
_MEMORY = 100

#: So many pieces without a setting may stand between two with one.
_GAP = 3


def fragment_of(link: str) -> str:
    """What comes after the # of a link that may be escaped, torn apart, and stand in the middle of a text."""
    text = link[:MAX_LENGTH].replace("\\", "")  # Markdown writes \&
    text = re.sub(r"\r?\n[ \t>]*(?=[^\s:]*[=&])", "", text)  # a mail program broke the line
    text = re.sub(rf"((?:^|[&;#\s])(?:{LONG_KEYS}|[xy]))\s*:(?!/)", r"\1=", _unescaped(text))
    text = re.sub(r"\s+=", "=", text)
    text = re.sub(rf"((?:{LONG_KEYS}|[xy])=+)\s+(?=[^\s&=]+&)", r"\1", text)
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
        if next_one is None or (next_one > at and not KEY_IS.search("".join(pieces[next_one : next_one + 2]))):
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
    begins = KEY_IS.match(piece)
    if not piece:
        glue = ""
    elif begins:
        # A key's own end looks like a key: 'reg' and 'Dataset=' belong together.
        glue = "" if not equals and key and f"{key}{begins[0].rstrip('= ')}" in KEYS else "&"
    elif piece[0] in "&=" or before[-1:] in {"&", "="}:
        glue = ""
    elif not equals and key and "=" in piece:
        glue = ""  # within a key
    elif not equals and key in KEYS:
        glue = "="
    elif KEY_IS.search(piece) or re.match(r"[A-Za-z_]{3,24}=[^=\s]", piece):
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
    return "?" not in pairs[0][0] and "://" not in fragment and any(key in KEYS and text for key, _, text in pairs)
