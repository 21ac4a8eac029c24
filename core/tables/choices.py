"""What a person may say about how a file is read, checked."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import TableRefused
from core.words import Said, alternatives, listed

#: Delimiters by how they are said.
DELIMITERS: dict[str, Said] = {
    ",": Said("comma"),
    ";": Said("semicolon"),
    "\t": Said("tab"),
    "|": Said("vertical bar"),
    " ": Said("space"),
}

#: Decimal marks by how they are said.
DECIMALS: dict[str, Said] = {".": Said("point"), ",": Said("comma")}

_NAMES = ("encoding", "delimiter", "decimal", "header")


@dataclass(frozen=True)
class Choices:
    """None where nobody chose: it is then found from the file."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None

    @classmethod
    def checked(cls, choices: Mapping[str, Any]) -> Choices:
        """Raises `TableRefused` for a choice that there is not, or a value that it cannot have."""
        unknown = [name for name in choices if name not in _NAMES]
        if unknown:
            raise TableRefused(
                Said(
                    "There is no choice '{name}' for reading a table. Choose from {names}.",
                    {"name": unknown[0][:40], "names": listed(_NAMES)},
                )
            )
        chosen = cls(**choices)
        if chosen.encoding is not None:
            _check_encoding(chosen.encoding)
        if chosen.delimiter is not None and (
            not isinstance(chosen.delimiter, str) or len(chosen.delimiter) != 1 or chosen.delimiter in '\r\n"\0'
        ):
            raise TableRefused(
                Said(
                    "The delimiter is one character, such as {examples}, and not {received}.",
                    {"examples": alternatives([",", ";", "|", Said("tab")]), "received": repr(chosen.delimiter)[:40]},
                )
            )
        if chosen.decimal is not None and chosen.decimal not in DECIMALS:
            raise TableRefused(
                Said(
                    "The decimal mark is '.' or ',', and not {received}.",
                    {"received": repr(chosen.decimal)[:40]},
                )
            )
        if chosen.decimal is not None and chosen.decimal == chosen.delimiter:
            raise TableRefused(
                Said(
                    "'{sign}' cannot be both the delimiter and the decimal mark. Choose another delimiter.",
                    {"sign": chosen.decimal},
                )
            )
        if chosen.header is not None and not isinstance(chosen.header, bool):
            raise TableRefused(
                Said(
                    "header says whether the first line names the columns: true or false, and not {received}.",
                    {"received": repr(chosen.header)[:40]},
                )
            )
        return chosen


def _check_encoding(encoding: Any) -> None:
    try:
        known = isinstance(encoding, str) and codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        raise TableRefused(
            Said(
                "There is no encoding {received}. Choose for example {examples}.",
                {
                    "received": repr(encoding)[:40],
                    "examples": alternatives(["utf-8", "gb18030", "big5", "shift_jis", "euc_kr", "cp1252"]),
                },
            )
        )
