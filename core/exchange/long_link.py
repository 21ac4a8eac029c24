"""A table of many columns in a link: what is said of them stands under a reference once the link would be too long.

    ?dataset=csv-…&target=ill&columns=sha-…&layers=…

This module stores nothing: whoever keeps such texts is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from core.experiment.drawing import is_reference
from core.experiment.table_schema import is_content
from core.experiment.text import shortened
from core.words import Said

#: The parameter with the reference, and those that it stands for.
COLUMNS = "columns"
STANDS_FOR = ("inputs", "ignored", "kinds", "group", "time", "preparation", "faults", "features")

#: Keeps a text for a content, and finds it: (content, text) -> reference, (content, reference) -> text.
Keep = Callable[[str, str], str | None]
Find = Callable[[str, str], str | None]


def shorten(parameters: Mapping[str, str], keep: Keep) -> dict[str, str]:
    """The same link with a reference in it; as it is where it cannot be kept."""
    said = {name: parameters[name] for name in STANDS_FOR if name in parameters}
    reference = keep(parameters["dataset"], urlencode(said)) if said else None
    if reference is None:
        return dict(parameters)
    return {**{name: value for name, value in parameters.items() if name not in said}, COLUMNS: reference}


def lengthen(values: Mapping[str, str], find: Find | None, problems: list[Said]) -> dict[str, str]:
    """The same link with what its reference stands for. What is said beside it counts more.

    Args:
        problems: gets a sentence where nothing is found.
    """
    if COLUMNS not in values:
        return dict(values)
    rest = {name: value for name, value in values.items() if name != COLUMNS}
    content, reference = values.get("dataset", ""), values[COLUMNS]
    text = find(content, reference) if find and is_content(content) and is_reference(reference) else None
    if text is None:
        problems.append(
            Said(
                "columns '{reference}' was not used (what it says of the table's columns is not kept on this server "
                "any more). Using what is usual.",
                {"reference": shortened(reference)},
            )
        )
        return rest
    said = {name: value for name, value in parse_qsl(text, keep_blank_values=True) if name in STANDS_FOR}
    return {**said, **rest}
