"""What somebody asks of people, read from a request's body: within limits, of the right types, or refused in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from core.words import Said
from pages.server.wording import NotSo

#: The largest body with JSON, in bytes, and the most people in it.
MOST_BYTES, MOST_ROWS = 2 * 2**20, 1_000

#: Columns that can be locked, and characters of a column's name.
_MOST_NAMES, _LONGEST_NAME = 2_000, 400


async def body_of(request: Request, most: int, too_large: Said) -> bytes:
    """A request's body.

    Raises:
        NotSo: it is larger than `most` bytes; no more is read.
    """
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise NotSo(too_large, 413)
    return bytes(found)


async def asked_of(request: Request) -> Mapping[str, Any]:
    """A body as a JSON object.

    Raises:
        NotSo: it is too large, no JSON, or another kind of value.
    """
    too_large = Said("The request is larger than {most} MB. Send fewer rows at a time.", {"most": MOST_BYTES >> 20})
    try:
        found = json.loads(await body_of(request, MOST_BYTES, too_large), parse_constant=_no_constant)
    except RecursionError:
        raise NotSo(Said("The JSON is nested too deeply."), 400) from None
    except ValueError as error:
        reason = Said.exactly(str(error)[:120])
        raise NotSo(Said("This is not JSON: {reason:clause}.", {"reason": reason}), 400) from None
    if not isinstance(found, dict):
        raise NotSo(Said("Expected a JSON object, such as {example}.", {"example": '{"rows": [{"age": 54}]}'}), 400)
    return found


def rows_of(asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """People, each by the names of columns.

    Raises:
        NotSo: `rows` is no list of 1 to `MOST_ROWS` objects.
    """
    rows = asked.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        received = Said("{n} rows", {"n": len(rows)}) if isinstance(rows, list) else Said.exactly(_kind(rows))
        raise NotSo(
            Said(
                "Expected rows: a list of 1 to {most:,} people, received {received}.",
                {"most": MOST_ROWS, "received": received},
            ),
            400,
        )
    return [_row(row, number) for number, row in enumerate(rows, start=1)]


def row_of(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """One person.

    Raises:
        NotSo: `row` is no object.
    """
    return _row(asked.get("row"), 1)


def name_of(asked: Mapping[str, Any], key: str) -> str:
    """The name of a column.

    Raises:
        NotSo: it is no text.
    """
    name = asked.get(key)
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise NotSo(Said("Expected {key}: the name of a column.", {"key": key}), 400)
    return name


def names_of(asked: Mapping[str, Any], key: str) -> list[str]:
    """Names of columns; none where the key is left out.

    Raises:
        NotSo: it is no list of texts.
    """
    names = asked.get(key, [])
    if not isinstance(names, list) or len(names) > _MOST_NAMES or not all(isinstance(name, str) for name in names):
        raise NotSo(Said("Expected {key}: a list of names of columns.", {"key": key}), 400)
    return names


def number_of(asked: Mapping[str, Any], key: str) -> float | None:
    """A finite number; None where the key is left out.

    Raises:
        NotSo: it is none.
    """
    value = asked.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise NotSo(Said("Expected {key}: a number, received {received}.", {"key": key, "received": _kind(value)}), 400)
    return float(value)


def _row(row: Any, number: int) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise NotSo(
            Said(
                "Row {row}: expected an object with a value for each column, received {received}.",
                {"row": number, "received": _kind(row)},
            ),
            400,
        )
    return row


def _kind(value: Any) -> str:
    """What a JSON value is, by JSON's own words.

    >>> _kind([1]), _kind(None), _kind(2.5)
    ('array', 'null', 'number')
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else _plain_kind(value)


def _plain_kind(value: Any) -> str:
    return "string" if isinstance(value, str) else "number"


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")
