"""Dates as people write them, and as days since 1970. What may be read in two ways is not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.words import N_

if TYPE_CHECKING:
    import numpy

_TIME = r"(?:[T ]+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}(?:\.\d+)?))?\s*(?P<z>Z|[+-]\d{2}:?\d{2})?)?"

#: Ways to write a date, each with the order of its parts; None where the numbers have to say.
_FORMATS: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (re.compile(rf"(?P<a>\d{{4}})([-/.])(?P<b>\d{{1,2}})\2(?P<c>\d{{1,2}}){_TIME}"), "year month day"),
    (re.compile(rf"(?P<a>\d{{4}})年(?P<b>\d{{1,2}})月(?P<c>\d{{1,2}})日\s*{_TIME}"), "year month day"),
    (re.compile(rf"(?P<a>\d{{1,2}})\.\s?(?P<b>\d{{1,2}})\.\s?(?P<c>\d{{4}}){_TIME}"), "day month year"),
    (re.compile(rf"(?P<a>\d{{1,2}})([-/])(?P<b>\d{{1,2}})\2(?P<c>\d{{4}}){_TIME}"), None),
    (re.compile(rf"(?P<a>\d{{1,2}})[- ](?P<b>[A-Za-z]{{3}})[a-z]*\.?[- ](?P<c>\d{{4}}){_TIME}"), "day month year"),
    (re.compile(rf"(?P<b>[A-Za-z]{{3}})[a-z]*\.? (?P<a>\d{{1,2}}), (?P<c>\d{{4}}){_TIME}"), "day month year"),
)

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}

#: Orders of a date's parts, as they are said.
ORDERS = {
    "year month day": N_("year, month, day"),
    "day month year": N_("day, month, year"),
    "month day year": N_("month, day, year"),
}


@dataclass(frozen=True)
class DateFormat:
    """How all dates of a column are written.

    Attributes:
        index: of `_FORMATS`.
        order: a key of `ORDERS`; None where every date may be read in both ways.
    """

    index: int
    order: str | None


def format_of(values: Sequence[str]) -> DateFormat | None:
    """How they are written, all in one way; None where one is no date that the calendar has.

    >>> format_of(["2024-02-01"]).order, format_of(["13/02/2024", "01/02/2024"]).order
    ('year month day', 'day month year')
    >>> format_of(["01/02/2024"]).order is None, format_of(["2023-02-29"])
    (True, None)
    """
    for index, (pattern, order) in enumerate(_FORMATS):
        matches = []
        for value in values:
            match = pattern.fullmatch(value.strip())
            if match is None:
                break
            matches.append(match)
        if not matches or len(matches) < len(values):
            continue
        if order is None:
            days = any(int(match["a"]) > 12 for match in matches)
            months = any(int(match["b"]) > 12 for match in matches)
            order = "day month year" if days and not months else "month day year" if months and not days else None
            if days and months:
                return None
        checked = order or "day month year"
        if all(_day(match, checked) is not None for match in matches):
            return DateFormat(index, order)
        return None
    return None


def days_of(values: Sequence[str | None], order: str | None = None) -> numpy.ndarray:
    """Days since 1970-01-01, float64; NaN where a cell is no date.

    Args:
        order: of the parts where they may be read in both ways; day, month, year by default.
    """
    import numpy as np

    texts = np.array([value if isinstance(value, str) else "" for value in values], dtype=object)
    different, place = np.unique(texts, return_inverse=True)
    written = format_of([text for text in different if text.strip()])
    found = np.full(len(different), np.nan)
    for index, text in enumerate(different):
        formats = range(len(_FORMATS)) if written is None else (written.index,)
        for each in formats:
            match = _FORMATS[each][0].fullmatch(text.strip())
            if match is None:
                continue
            first = (written and written.order) or _FORMATS[each][1] or order or "day month year"
            day = _day(match, first)
            found[index] = np.nan if day is None else day
            break
    return found[place]


def _day(match: re.Match[str], order: str) -> float | None:
    import datetime

    parts: dict[str, Any] = dict(zip(order.split(), (match["a"], match["b"], match["c"]), strict=True))
    month = parts["month"]
    try:
        number = _MONTHS[month.lower()[:3]] if month[0].isalpha() else int(month)
        day = datetime.date(int(parts["year"]), number, int(parts["day"])).toordinal() - _EPOCH
    except (KeyError, ValueError):
        return None
    if match["h"] is None:
        return float(day)
    hour, minute, second = int(match["h"]), int(match["m"]), float(match["s"] or 0)
    if hour > 23 or minute > 59 or second >= 60:
        return None
    return day + (hour + minute / 60 + second / 3600) / 24


_EPOCH = 719_163  # date(1970, 1, 1).toordinal()
