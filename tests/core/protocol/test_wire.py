"""Messages to viewers: what goes in comes out, and the bytes lie where the browser looks for them."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.protocol.wire import Part, decode, encode

ARRAYS: dict[str, np.ndarray] = {
    "floats": np.array([[1.5, -2.0], [np.nan, np.inf]], np.float32),
    "bytes of odd length": np.array([1, 2, 255], np.uint8),
    "integers": np.array([-1, 2**31 - 1], np.int32),
    "nothing": np.empty((0, 4), np.float32),
    "no columns": np.empty((3, 0), np.float32),
    "one number": np.array(7, np.int32),
    "every other": np.arange(10, dtype=np.float32)[::2],
    "columns first": np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_comes_back_as_it_was(name: str) -> None:
    part = decode(encode([Part({"kind": name}, {name: ARRAYS[name]})]))
    assert part.header == {"kind": name}
    assert part.blocks[name].dtype == ARRAYS[name].dtype
    assert part.blocks[name].shape == np.ascontiguousarray(ARRAYS[name]).shape
    assert np.array_equal(part.blocks[name], np.ascontiguousarray(ARRAYS[name]), equal_nan=name == "floats")


def test_arrays_after_one_of_odd_length_come_back_too() -> None:
    part = decode(encode([Part({}, ARRAYS)]))
    assert list(part.blocks) == list(ARRAYS)
    assert part.blocks["integers"].tolist() == [-1, 2**31 - 1]
    assert part.blocks["columns first"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_several_parts_become_one_and_the_last_wins() -> None:
    one = Part({"state": {"epoch": 1}, "kind": "old"}, {"map": np.zeros(2, np.uint8)})
    other = Part({"kind": "new"}, {"map": np.ones(3, np.uint8), "more": np.zeros(1, np.float32)})
    part = decode(encode([one, other]))
    assert part.header == {"state": {"epoch": 1}, "kind": "new"}
    assert part.blocks["map"].tolist() == [1, 1, 1]
    assert set(part.blocks) == {"map", "more"}


def test_merging_leaves_the_parts_as_they_were() -> None:
    one, other = Part({"a": 1}), Part({"b": 2}, {"x": np.zeros(1, np.float32)})
    encode([one, other])
    assert (one.header, one.blocks) == ({"a": 1}, {})
    assert other.header == {"b": 2}


@pytest.mark.parametrize("word", ["", "a", "ab", "abc", "µ", "数据"])
def test_header_and_blocks_start_at_multiples_of_four(word: str) -> None:
    """JavaScript's Float32Array refuses to start anywhere else."""
    message = encode([Part({"word": word}, {"odd": np.ones(3, np.uint8), "floats": np.full(2, 0.5, np.float32)})])
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    assert header["word"] == word
    assert [block["name"] for block in header["blocks"]] == ["odd", "floats"]
    start = -(-(4 + length) // 4) * 4
    assert message[start : start + 4] == b"\1\1\1\0"
    assert struct.unpack("<2f", message[start + 4 :]) == (0.5, 0.5)
    assert len(message) % 4 == 0


def test_no_parts_are_an_empty_message() -> None:
    assert decode(encode([])) == Part({})


class Unheard:
    """Something that no message has ever held."""

    def __repr__(self) -> str:
        return "unheard of"


def holding_itself() -> list[object]:
    items: list[object] = [1]
    items.append(items)
    return items


HOSTILE = {
    "nan": (float("nan"), None),
    "infinity": (-math.inf, None),
    "nan of numpy": (np.float32("nan"), None),
    "inf of numpy": (np.float64("inf"), None),
    "nested": ({"baseline": {"loss": math.inf, "metric": 0.5}}, {"baseline": {"loss": None, "metric": 0.5}}),
    "in a list": ([1.0, math.nan, [math.inf]], [1.0, None, [None]]),
    "float32": (np.float32(0.5), 0.5),
    "int64": (np.int64(7), 7),
    "bool of numpy": (np.bool_(True), True),
    "text of numpy": (np.str_("a"), "a"),
    "array": (np.array([[1.0, np.nan]]), [[1.0, None]]),
    "number of no dimension": (np.array(3), 3),
    "objects": (np.array([1, None, np.nan], object), [1, None, None]),
    "tuple": ((1, 2), [1, 2]),
    "set": ({3}, [3]),
    "bytes": (b"ab", "b'ab'"),
    "complex": (1 + 2j, "(1+2j)"),
    "a date": (np.datetime64("2025-01-01"), "2025-01-01"),
    "path": (Path("a"), "a"),
    "an object": (Unheard(), "unheard of"),
    "keys that are no text": ({1: 1, None: 2, (3, 4): math.nan}, {"1": 1, "None": 2, "(3, 4)": None}),
    "half a character": ("\ud800", "\ud800"),
    "a number of ten thousand digits": (10**10_000, None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_header_can_be_written_and_is_json(name: str) -> None:
    value, arrives = HOSTILE[name]
    message = encode([Part({"it": value, "loss": 0.5}, {"x": np.ones(1, np.float32)})])
    part = decode(message)
    assert part.header == {"it": arrives, "loss": 0.5}
    assert part.blocks["x"].tolist() == [1.0]
    (length,) = struct.unpack_from("<I", message)

    def refuse(word: str) -> None:
        raise AssertionError(f"no browser reads {word}")

    json.loads(message[4 : 4 + length], parse_constant=refuse)


def test_a_header_that_holds_itself_ends_somewhere() -> None:
    assert decode(encode([Part({"it": holding_itself()})])).header["it"][0] == 1


@pytest.mark.parametrize(
    ("array", "arrives"),
    [
        (np.array([0.1, np.nan, 1e300]), np.array([0.1, np.nan, np.inf], np.float32)),
        (np.array([1, 2**40, -(2**40)]), np.array([1, 2**31 - 1, -(2**31)], np.int32)),
        (np.array([2**63], np.uint64), np.array([2**31 - 1], np.int32)),
        (np.array([-3], np.int8), np.array([-3], np.int32)),
        (np.array([[True, False]]), np.array([[1, 0]], np.uint8)),
        (np.array([0.5], np.float16), np.array([0.5], np.float32)),
        (np.array([0.5], ">f4"), np.array([0.5], np.float32)),
        (np.array([7], ">i4"), np.array([7], np.int32)),
        (np.array([1, None, "two"], object), np.array([1, np.nan, np.nan], np.float32)),
        (np.array(["a"]), np.array([np.nan], np.float32)),
        (np.array([1j]), np.array([np.nan], np.float32)),
        ([1.5, 2.5], np.array([1.5, 2.5], np.float32)),
        ([[1.0], [1.0, 2.0]], np.array([np.nan, np.nan], np.float32)),
    ],
    ids=lambda value: str(getattr(value, "dtype", "list")),
)
def test_every_array_can_be_written(array: Any, arrives: np.ndarray) -> None:
    (found,) = decode(encode([Part({}, {"x": array})])).blocks.values()
    assert found.dtype == arrives.dtype
    np.testing.assert_array_equal(found, arrives)


def test_epochs_that_are_not_a_number_travel_as_they_are() -> None:
    logs = np.array([[0.5, np.nan], [-np.inf, 1.0]], np.float32)
    part = decode(encode([Part({"history": {"first_epoch": 1}}, {"history": logs})]))
    assert np.array_equal(part.blocks["history"], logs, equal_nan=True)
