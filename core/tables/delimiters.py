"""Which sign separates the cells of a delimited text, found from its first lines; what seems to be none is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from core.errors import TableRefused
from core.tables.first_lines import Record, is_padded, is_value, records_of
from core.tables.limits import HEAD_LINES
from core.words import Said

#: What separates cells, the more usual first.
DELIMITERS = (",", ";", "\t", "|")

#: What separates cells where none of those does.
_RARE = ("^", "~", "\x01", "\x1f", ":")

#: What stands between cells twice where somebody meant one sign of two characters.
_DOUBLED = ("|", ";", ":")


def delimiter_of(text: str, is_cut: bool) -> str:
    """The sign with which lines have most consistently the same number of cells, at least two."""
    best: tuple[tuple[float, float, int], str] | None = None
    for sign in DELIMITERS:
        rank = _rank(text, sign, is_cut)
        if rank is not None and (best is None or rank > best[0]):
            best = rank, sign
    if best is not None:
        sign = best[1]
        return sign * 2 if _is_doubled(text, sign, is_cut) else sign
    for sign in _RARE:
        records = records_of(text, sign, is_cut, False)
        widths = {len(cells) for _, cells, _ in records}
        if len(records) > 1 and len(widths) == 1 and max(widths) > 1:
            return sign * 2 if _is_doubled(text, sign, is_cut) else sign
    if _is_spaced(text, is_cut):
        return " "
    first = text.split("\n", 1)[0]
    present = [sign for sign in DELIMITERS if sign in first]
    return max(present, key=first.count) if present else ","


def _rank(text: str, sign: str, is_cut: bool) -> tuple[float, float, int] | None:
    if sign not in text:
        return None
    records = records_of(text, sign, is_cut, is_padded(text, sign))
    if not records:
        return None
    counted = Counter(len(cells) for _, cells, _ in records)
    width, lines = max(counted.items(), key=lambda item: (item[1], item[0]))
    if width < 2 or (lines < len(records) / 2 and len(records) > 2) or lines < 2:
        return None
    others = set(DELIMITERS) - {sign}
    cells = [cell for _, row, _ in records[-200:] if len(row) == width for cell in row]
    clean = sum(is_value(cell) or not others & set(cell) for cell in cells) / len(cells)
    return round(lines / len(records), 3), round(clean, 3), width


def _is_doubled(text: str, sign: str, is_cut: bool) -> bool:
    """Whether every second cell is empty, that of the names too: `a||b`."""
    if sign not in _DOUBLED:
        return False
    records = records_of(text, sign, is_cut, False)
    return all(len(cells) > 2 and not any(cells[1::2]) and len(cells) % 2 for _, cells, _ in records) and all(
        records[0].cells[::2]
    )


def refuse_longer(records: Sequence[Record], text: str, sign: str) -> None:
    """A delimiter of several signs, such as ~|~, is none that can be read."""
    if len(sign) > 1 or sign == " " or len(records[0].cells) < 2 or '"' in text:
        return
    around = {
        (cells[index][-1:], cells[index + 1][:1]) for _, cells, _ in records[:50] for index in range(len(cells) - 1)
    }
    if len(around) == 1:
        before, after = around.pop()
        if any(
            each and not each.isalnum() and not each.isspace() and each not in "-+.#)(%" for each in (before, after)
        ):
            raise TableRefused(
                Said(
                    "Cells seem to be separated by '{sign}'. Expected one character: replace it by a comma or tab.",
                    {"sign": before + sign + after},
                ),
                records[0].line,
            )


def refuse_one_column_of_many(name: str, cells: Sequence[str | None]) -> None:
    """Lines that are in quotes as a whole, or a delimiter that is another one than was chosen.

    Raises:
        TableRefused: name and cells all have one delimiter as often.
    """
    for sign in DELIMITERS:
        often = name.count(sign)
        if often and all(cell is not None and cell.count(sign) == often for cell in cells):
            raise TableRefused(
                Said(
                    "The table has one column, and its name and all cells have '{sign}' as often. Is that the "
                    "delimiter, or are whole lines in quotes? Take the quotes out, or choose the delimiter.",
                    {"sign": sign},
                ),
                1,
            )


def _is_spaced(text: str, is_cut: bool) -> bool:
    """Whether blanks separate cells: not where a column of words may be meant."""
    lines = [line.split() for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
    lines = lines[:-1] if is_cut else lines
    widths = {len(cells) for cells in lines[:HEAD_LINES]}
    if len(lines) < 2 or len(widths) != 1 or '"' in text:
        return False
    width = widths.pop()
    numbers = sum(all(is_value(cells[index]) for cells in lines[1:HEAD_LINES]) for index in range(width))
    return width > 1 and numbers >= max(1, width / 2)
