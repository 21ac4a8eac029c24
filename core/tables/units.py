"""Units that stand in the names of columns, in brackets behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WITH_UNIT = re.compile(r"(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]\s*")


def in_another_unit(name: str, given: Iterable[str]) -> str | None:
    """Of the names given, the one that is a column's but for the unit in brackets; None where there is none.

    >>> in_another_unit("glucose (mmol/L)", ["age", "Glucose (mg/dL)"])
    'Glucose (mg/dL)'
    """
    bare, unit = _parts(name)
    for other in given:
        known, of_other = _parts(str(other))
        if known == bare and of_other != unit and str(other) != name:
            return str(other)[:80]
    return None


def _parts(name: str) -> tuple[str, str]:
    found = _WITH_UNIT.fullmatch(name)
    parts = (found["name"], found["unit"]) if found else (name, "")
    return parts[0].strip().casefold(), parts[1].strip().casefold()
