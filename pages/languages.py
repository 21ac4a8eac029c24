"""The languages that Descent speaks, each with its words.

`pages/catalogues/<language>/LC_MESSAGES/descent.po` is the only catalogue; it is read when somebody needs it, and kept.
English has none: its words stand where they are used. `python -m pages.catalogues` brings the catalogues up to date.
"""

from __future__ import annotations

import functools
import gettext
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

_CATALOGUES = Path(__file__).parent / "catalogues"

#: Where the browser's words come from: its own modules, and what core says.
_IN_BROWSER = ("core/", "pages/frontend/")

#: What of core only pages and downloads word: links, scripts, and how a file was read or why it was refused.
_ON_PAGES_ONLY = (
    *("core/exchange/", "core/datasets/examples.py"),
    *(
        f"core/tables/{module}.py"
        for module in (
            *("assembling", "cells", "choices", "dates", "decoding", "delimited", "head", "parquet", "pictures"),
            *("process", "reading", "sniffing", "workbook"),
        )
    ),
)


@dataclass(frozen=True)
class _Part:
    """Words that the browser loads with some of our components only, so that the others need not wait for them.

    Attributes:
        folders: of the front end, whose components say them.
        places: where they stand; a text that stands elsewhere as well is among everybody's.
        but: places among these that every page says.
    """

    folders: tuple[str, ...]
    places: tuple[str, ...]
    but: tuple[str, ...] = ()


#: What only the pages about a trained network say. A component of theirs that is not listed finds no Chinese words.
_PARTS = {
    "networks": _Part(
        folders=("evaluating", "explain", "predict"),
        places=(
            *(f"pages/frontend/{folder}/" for folder in ("evaluating", "explain", "predict")),
            *("core/evaluation/", "core/explanation/", "core/prediction/", "core/estimator.py"),
            *(
                f"core/tasks/{kind}"
                for kind in (
                    *("calibration", "learning_curve", "cross_validation", "explanation", "surrogate"),
                    *("checked_against_truth", "ensemble", "fine_tune"),
                )
            ),
        ),
        but=tuple(f"core/evaluation/{module}.py" for module in ("missing_kinds", "predictions", "views")),
    )
}

#: The cookie of a language that was chosen; the browser sets it (`pages/frontend/bar`).
COOKIE = "descent_language"

#: Each language in its own words, the one that Descent is written in first.
LANGUAGES = {"en": "English", "zh": "中文"}

#: What Descent is written in.
FIRST = next(iter(LANGUAGES))


class Language:
    """A language with its words; `core.words.Words`.

    Args:
        code: one of `LANGUAGES`.
        translations: of its catalogue.
    """

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code = code
        self._translations = translations

    def gettext(self, message: str, /) -> str:
        """A template in this language; as it is where the catalogue has none."""
        return self._translations.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """The template for n things in this language."""
        return self._translations.ngettext(singular, plural, n)

    def number(self, value: float, spec: str, /) -> str:
        """A number as `format(value, spec)`; with `,` in groups as they are usual."""
        if spec != ",":
            return format(value, spec)
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self.code))


@functools.cache
def find_language(code: str) -> Language:
    """A language by its code, with its catalogue read."""
    if code == FIRST:
        return Language(code, gettext.NullTranslations())
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, _catalogue(code))
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled))


def chosen(wished: str | None, kept: str | None, accepted: str | None) -> str:
    """The language for somebody.

    Args:
        wished: what the address says.
        kept: what was chosen before, from the cookie.
        accepted: what the browser prefers, such as `zh-CN` or `de-DE,de;q=0.9,zh;q=0.8`: the first that we have.

    >>> chosen(None, None, "de-DE,zh;q=0.8"), chosen("en", "zh", "zh-CN"), chosen("xx", None, None)
    ('zh', 'en', 'en')
    """
    for code in (wished, kept):
        if code in LANGUAGES:
            return str(code)
    for part in (accepted or "").split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return FIRST


@dataclass(frozen=True)
class Script:
    """The words of a language for the browser.

    Attributes:
        text: JSON: the translation by template, a list of plural forms where something is counted.
        tag: another for every other text.
    """

    text: bytes
    tag: str


@functools.cache
def browser_words(code: str, part: str = "") -> Script:
    """The words that the browser needs: those of its own modules and those that core says.

    Args:
        part: a key of `_PARTS`; empty for what every page may say.

    Raises:
        KeyError: there is no such part.
    """
    if part and part not in _PARTS:
        raise KeyError(part)
    messages: dict[str, Any] = {}
    if code != FIRST:
        for message in _catalogue(code):
            places = [name for name, _line in message.locations if not name.startswith(_ON_PAGES_ONLY)]
            if message.id and any(name.startswith(_IN_BROWSER) for name in places) and _part_of(places) == part:
                many = isinstance(message.id, (list, tuple))
                messages[message.id[0] if many else str(message.id)] = message.string
    text = json.dumps(messages, ensure_ascii=False, separators=(",", ":")).encode()
    return Script(text, words_tag(code))


def _part_of(places: list[str]) -> str:
    """The part that a text belongs to, by all the places where it stands; empty for everybody's."""
    for name, part in _PARTS.items():
        if all(place.startswith(part.places) and not place.startswith(part.but or ("\0",)) for place in places):
            return name
    return ""


@functools.cache
def words_tag(code: str) -> str:
    """A tag that is another for every other catalogue. It costs no reading of one: pages name it in their header."""
    path = _path(code)
    return hashlib.sha256(path.read_bytes() if path.exists() else code.encode()).hexdigest()[:16]


@functools.cache
def _catalogue(code: str) -> Catalog:
    from babel.messages.pofile import read_po

    with _path(code).open("rb") as file:
        return read_po(file, locale=code)


def _path(code: str) -> Path:
    return _CATALOGUES / code / "LC_MESSAGES" / "descent.po"


def words_address(code: str, part: str = "") -> str | None:
    """Where a browser finds the words of a language; another address for other words. None for English."""
    of_part = f"&part={part}" if part else ""
    return None if code == FIRST else f"/descent/words/{code}.json?v={words_tag(code)}{of_part}"


def words_addresses(code: str, folder: str) -> list[str]:
    """Where a browser finds all the words that a component says; nowhere for English.

    Args:
        folder: of the component, in `pages/frontend`.
    """
    parts = ["", *(name for name, part in _PARTS.items() if folder in part.folders)]
    return [address for part in parts if (address := words_address(code, part)) is not None]
