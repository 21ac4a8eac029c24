"""JSON that every reader takes: what JSON has no word for becomes null, text or a list, and writing it never fails.

`json.dumps` writes NaN and infinity as words that no browser reads, or raises.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from typing import Any

import numpy as np

#: Nothing of ours is nested so deeply; beyond it, as in a list that holds itself, there is null.
_DEEPEST = 64


def plain_json(value: Any) -> str:
    """A value as compact JSON text.

    NaN and infinities become null, NumPy's numbers and arrays become numbers and lists, anything else becomes its text.

    >>> plain_json({"loss": float("nan"), "rows": np.arange(2)})
    '{"loss":null,"rows":[0,1]}'
    """
    try:
        return _dumped(value)  # nearly always right as it is, and then several times as fast
    except (TypeError, ValueError, RecursionError):
        return _dumped(_plain(value, _DEEPEST))


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return _as_number(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth == 0:
        return None
    if isinstance(value, (np.generic, np.ndarray)):
        item = value.tolist()
        return str(value) if type(item) is type(value) else _plain(item, depth - 1)
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth - 1) for key, each in value.items()}
    if isinstance(value, (list, tuple, Set)):
        return [_plain(each, depth - 1) for each in value]
    return str(value)


def _as_number(value: int) -> int | None:
    """A whole number, where Python is willing to write it: it refuses those of more than 4,300 digits."""
    return value if value.bit_length() < 10_000 else None
