"""A column of text as numbers: with a decimal point, with a decimal comma, or with commas between thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from core.tables.text_columns import all_match, any_match, cast, cleaned, first_cells_match

INTEGER = r"[+-]?\d+"
POINT = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
COMMA = r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?(?:[eE][+-]?\d+)?"
_THOUSANDS_POINTS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
THOUSANDS_COMMAS = r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?"
_AMBIGUOUS_COMMA = r"[+-]?(?:[1-9]\d{0,2},\d{3}|\d+)"

#: Leading zeros (also 0x1F, which pyarrow takes for a number), integers of 16 digits and more, telephone numbers.
CODE = r"^[+-]?(0[0-9xX]|[0-9]{16,}$)|^[+][0-9]{7,}$"


@dataclass(frozen=True)
class Numbers:
    """What a column is with a decimal mark.

    Attributes:
        array: int64 or float64 of pyarrow.
        is_doubtful: the mark might mean something else: in 1.234 it may stand between thousands.
    """

    array: Any
    is_doubtful: bool = False
    has_fractions: bool = False
    has_thousands: bool = False


def with_point(text: Any) -> Numbers | None:
    """A column of text as numbers with a decimal point, or as integers; None where it is neither."""
    from pyarrow import compute

    if not first_cells_match(text, POINT):
        return None
    for is_clean in (False, True):  # cleaned only where it has to be
        column = cleaned(text) if is_clean else text
        whole = cast(column, "int64")
        if whole is not None:
            return None if _are_codes(column, whole) else Numbers(whole)
        numbers = cast(column, "double")
        if numbers is None:
            continue
        if not compute.all(compute.is_finite(numbers)).as_py():
            if compute.any(compute.is_inf(numbers)).as_py():
                return None
            column = cleaned(column)
            numbers = cast(column, "double")
        if _may_be_codes(column, numbers) and any_match(column, CODE):
            return None
        if compute.any(compute.starts_with(column, "+")).as_py():
            whole = cast(compute.replace_substring_regex(column, "^[+]", ""), "int64")  # which knows no +5
            if whole is not None:
                return Numbers(whole)
        doubtful = first_cells_match(column, _THOUSANDS_POINTS) and all_match(column, _THOUSANDS_POINTS)
        return Numbers(numbers, doubtful, has_fractions=True)
    return None


def _are_codes(text: Any, whole: Any) -> bool:
    """Whether integers were written otherwise than numbers are, such as 007, or have 16 digits and more."""
    from pyarrow import compute

    bounds = compute.min_max(whole).as_py()
    if max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) >= 10**15:
        return True
    other = compute.not_equal(compute.cast(whole, "string"), text)
    return compute.any(other).as_py() is True and any_match(text, CODE)


def _may_be_codes(text: Any, numbers: Any) -> bool:
    """Whether it is worth looking: a cell begins with 0 and goes on with no point, or has 16 digits and more."""
    from pyarrow import compute

    bounds = compute.min_max(numbers).as_py()
    if max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) >= 1e15:
        return True

    def begin_with(start: str) -> int:
        return compute.sum(compute.starts_with(text, start)).as_py() or 0

    return begin_with("+") > 0 or any(begin_with(sign + "0") != begin_with(sign + "0.") for sign in ("", "-"))


def with_comma(text: Any) -> Numbers | None:
    """The same with a decimal comma, or with points between thousands."""
    from pyarrow import compute

    if not first_cells_match(text, COMMA):
        return None
    column = cleaned(text)
    if not all_match(column, COMMA) or any_match(column, CODE):
        return None
    has_commas, has_points = (any_match(column, sign) for sign in (",", r"\."))
    doubtful = (
        not any_match(column, r"\.\d{3}\.")
        and not (has_commas and has_points and any_match(column, r"\..*,"))
        and (all_match(column, _AMBIGUOUS_COMMA) or not has_commas)
    )
    plain = compute.replace_substring(column, ".", "") if has_points else column
    plain = compute.replace_substring(plain, ",", ".")
    numbers = cast(plain, "double" if has_commas else "int64")
    if numbers is None or (has_commas and not compute.all(compute.is_finite(numbers)).as_py()):
        return None
    return Numbers(numbers, doubtful, has_commas, has_points)


def with_thousands_commas(text: Any) -> Numbers | None:
    """The same with commas between thousands, where a person chose the decimal point."""
    from pyarrow import compute

    if not first_cells_match(text, THOUSANDS_COMMAS):
        return None
    column = cleaned(text)
    if not all_match(column, THOUSANDS_COMMAS) or any_match(column, CODE):
        return None
    plain = compute.replace_substring(column, ",", "")
    whole = cast(plain, "int64")
    numbers = cast(plain, "double") if whole is None else whole
    return None if numbers is None else Numbers(numbers)


def as_number(cell: str) -> float:
    """A cell of a column that its owner calls numbers; NaN where it is none, or may be read in two ways.

    >>> as_number(" 17.2 "), as_number("17,2"), as_number("1,234"), as_number("n/a")
    (17.2, 17.2, nan, nan)
    """
    text = cell.strip()
    if re.fullmatch(r"[+-]?\d+,\d+", text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else float("nan")
