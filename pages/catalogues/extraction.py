"""Which words there are: found in the sources with Babel, and brought into the catalogues."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]

#: CJK punctuation and characters begin here; what comes before is in every European font.
FIRST_CHINESE = 0x2E80

#: What browsers write themselves, of dates and of times ago (`Intl`).
_OF_BROWSERS = "年月日周星期一二三四五六天上中下午时分秒钟小季度前后内昨今明零点"

#: Signs that pictures write and that Pillow's own font lacks; the box stands for what no font has.
_ON_PICTURES = "–…−×→□"

#: What marks a text, and at which of its arguments: of Python, and of JavaScript.
_PYTHON = {"_": None, "N_": None, "Said": None, "n_": (1, 2), "counted": (1, 2)}
_JAVASCRIPT = {"t": None, "N_": None, "tn": (1, 2)}


def sources() -> Iterator[Path]:
    """Every file that may have words for people."""
    yield ROOT / "app.py"
    for folder, pattern in (("core", "*.py"), ("pages", "*.py"), ("pages/frontend", "*.js")):
        yield from sorted((ROOT / folder).rglob(pattern))


def extract() -> Catalog:
    """All texts that are marked, without translations, in the order of the files."""
    catalogue = Catalog(charset="utf-8")
    for path in sources():
        script = path.suffix == ".js"
        found = extract_from_file(
            "javascript" if script else "python",
            path,
            keywords=_JAVASCRIPT if script else _PYTHON,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for _line, message, comments, context in found:
            place = path.relative_to(ROOT).as_posix()
            catalogue.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalogue


def catalogue_of(language: str) -> Path:
    """Where the catalogue of a language is."""
    return Path(__file__).parent / language / "LC_MESSAGES" / "descent.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it is."""
    with catalogue_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str = "zh") -> None:
    """Add what is new, drop what is gone, keep the rest."""
    path = catalogue_of(language)
    catalogue = read(language) if path.exists() else Catalog(locale=language, charset="utf-8")
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.write_bytes(as_text(catalogue))


def as_text(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in its file: without dates, which would change with every look."""
    text = io.BytesIO()
    write_po(text, catalogue, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return b"".join(
        line
        for line in text.getvalue().splitlines(keepends=True)
        if b"-Date:" not in line and b"Generated-By" not in line
    )


def chinese_characters() -> list[str]:
    """The characters beyond the European ones that Descent itself writes: the font that comes with it has them."""
    texts = [_OF_BROWSERS, catalogue_of("zh").read_text("utf-8"), (ROOT / "docs" / "glossary.zh.md").read_text("utf-8")]
    chinese = {character for text in texts for character in text if ord(character) >= FIRST_CHINESE}
    return sorted(chinese | set(_ON_PICTURES))
