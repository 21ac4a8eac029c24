"""How a picture of a run travels: a JSON header and binary blocks, in one message.

    uint32 length of the header (little-endian) · header (UTF-8 JSON) · padding to 4 · blocks, each padded to 4

The header lists its blocks as `{"name", "dtype", "shape"}`. Any header and any arrays can be written: what JSON
lacks is null (`core.runtime.plain_json`), and an array of another type becomes the nearest of the three. Read by
`pages/frontend/run/protocol.js`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.runtime.plain_json import plain_json

_DTYPES: dict[str, np.dtype[Any]] = {"f32": np.dtype("<f4"), "u8": np.dtype("u1"), "i32": np.dtype("<i4")}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


@dataclass(frozen=True)
class Part:
    """Header fields and the arrays that belong to them.

    Attributes:
        header: fields of any kind, without `blocks`; NaN and infinities arrive as null.
        blocks: arrays by name. Float32, uint8 and int32 travel as they are.
    """

    header: dict[str, Any]
    blocks: dict[str, np.ndarray] = field(default_factory=dict)

    def joined(self, other: Part) -> Part:
        """Both in one; the other's fields and arrays win where names meet."""
        return Part({**self.header, **other.header}, {**self.blocks, **other.blocks})

    def equals(self, other: Part) -> bool:
        """Whether a viewer is told the same by both, bit for bit."""
        return encode([self]) == encode([other])


def encode(parts: Iterable[Part]) -> bytes:
    """One message from several parts; later parts win where names meet."""
    whole = Part({})
    for part in parts:
        whole = whole.joined(part)
    arrays = {name: _sendable(array) for name, array in whole.blocks.items()}
    header = dict(whole.header)
    header["blocks"] = [
        {"name": name, "dtype": _NAMES[array.dtype], "shape": list(array.shape)} for name, array in arrays.items()
    ]
    text = plain_json(header).encode()
    pieces = [struct.pack("<I", len(text)), text, _padding(4 + len(text))]
    for array in arrays.values():
        pieces += [array.tobytes(), _padding(array.nbytes)]
    return b"".join(pieces)


def decode(message: bytes) -> Part:
    """The inverse of `encode`, for stored pictures and tests."""
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    offset = 4 + length + len(_padding(4 + length))
    blocks = {}
    for block in header.pop("blocks"):
        dtype = _DTYPES[block["dtype"]]
        count = int(np.prod(block["shape"], dtype=np.int64))
        blocks[block["name"]] = np.frombuffer(message, dtype, count, offset).reshape(block["shape"])
        size = count * dtype.itemsize
        offset += size + len(_padding(size))
    return Part(header, blocks)


def _sendable(array: Any) -> np.ndarray:
    """An array in one of the three types: flags and bytes as u8, whole numbers as i32, everything else as f32.

    Whole numbers that i32 has no room for become its nearest, and what is no number becomes NaN.
    """
    values = np.ascontiguousarray(array) if isinstance(array, np.ndarray) else _as_array(array)
    if values.dtype in _NAMES:
        return values
    if values.dtype == bool:
        return values.astype(np.uint8)
    if np.issubdtype(values.dtype, np.integer) and values.dtype.kind in "iu":
        room = np.iinfo(np.int32)
        return np.clip(values, max(room.min, np.iinfo(values.dtype).min), room.max).astype(np.int32)
    with np.errstate(over="ignore"):
        if values.dtype.kind == "f":
            return values.astype(np.float32)
        return np.array([_as_float(each) for each in values.ravel().tolist()], np.float32).reshape(values.shape)


def _as_array(values: Any) -> np.ndarray:
    try:
        return np.ascontiguousarray(values)
    except ValueError:  # rows of different lengths
        return np.array([np.nan] * len(values), np.float32)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _padding(length: int) -> bytes:
    return b"\0" * (-length % 4)
