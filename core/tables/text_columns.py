"""Columns of text: what they begin with, which cells match a pattern, and cells without what is no part of them."""

from __future__ import annotations

import re
from typing import Any

#: In a column of numbers, a cell that is missing. Among words they stay what they are: NA may be Namibia.
ABSENT = (
    *("NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN"),
    *("NULL", "null", "Null", "None", "none"),
)

#: Cells of the beginning of a column that say whether it may be numbers.
_SAMPLE = 1000


def sample_of(text: Any) -> list[str]:
    """The first cells that are not missing, without blanks around."""
    found: list[str] = []
    for start in range(0, len(text), _SAMPLE):
        for cell in text.slice(start, _SAMPLE).drop_null().to_pylist():
            stripped = cell.strip()
            if stripped and stripped not in ABSENT:
                found.append(stripped)
        if len(found) >= _SAMPLE:
            break
    return found


def first_cells_match(text: Any, pattern: str) -> bool:
    """Whether all of `sample_of` a column match, and there are any: asked first, since it takes no time."""
    compiled, sample = re.compile(pattern, re.ASCII), sample_of(text)
    return bool(sample) and all(compiled.fullmatch(cell) for cell in sample)


def matching(text: Any, pattern: str) -> Any:
    """Of each cell, whether all of it matches; None where it is missing."""
    from pyarrow import compute

    return compute.match_substring_regex(text, f"^(?:{pattern})$")


def all_match(text: Any, pattern: str) -> bool:
    """Whether all of every cell matches that is not missing."""
    from pyarrow import compute

    return compute.all(matching(text, pattern)).as_py() is not False


def any_match(text: Any, pattern: str) -> bool:
    """Whether the pattern is found in any cell."""
    from pyarrow import compute

    return compute.any(compute.match_substring_regex(text, pattern)).as_py() is True


def cleaned(text: Any) -> Any:
    """Without blanks around cells, and without the words for what is missing."""
    import pyarrow
    from pyarrow import compute

    trimmed = compute.utf8_trim_whitespace(text)
    absent = compute.is_in(trimmed, value_set=pyarrow.array(["", *ABSENT]))
    return compute.if_else(absent, pyarrow.scalar(None, pyarrow.string()), trimmed)


def cast(text: Any, to: str) -> Any:
    """The column as numbers; None where a cell is none."""
    import pyarrow
    from pyarrow import compute

    try:
        return compute.cast(text, to)
    except pyarrow.ArrowInvalid:
        return None
