"""Messages to viewers: what goes in comes out, and the bytes lie where the browser looks for them."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from core.engine.wire import Part, decode, encode

ARRAYS = {
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


def test_a_header_that_a_browser_could_not_read_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode([Part({"loss": float("nan")})])


def test_an_array_that_a_browser_could_not_read_is_refused() -> None:
    with pytest.raises(KeyError):
        encode([Part({}, {"x": np.zeros(2)})])


def test_epochs_that_are_not_a_number_travel_as_they_are() -> None:
    logs = np.array([[0.5, np.nan], [-np.inf, 1.0]], np.float32)
    part = decode(encode([Part({"history": {"first_epoch": 1}}, {"history": logs})]))
    assert np.array_equal(part.blocks["history"], logs, equal_nan=True)
