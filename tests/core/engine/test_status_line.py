"""The one line of a run: which of the things to say counts, and in which tone."""

from __future__ import annotations

import pytest

from core.engine.status_line import StatusLine
from core.words import Said

MESSAGE, NOTE, TROUBLE = Said("Compiling …"), Said("It went on."), Said("The disk is full.")


@pytest.mark.parametrize(
    ("failed", "message", "note", "trouble", "line", "tone"),
    [
        (False, None, None, None, None, "info"),
        (False, MESSAGE, NOTE, None, "Compiling …", "info"),
        (False, None, NOTE, None, "It went on.", "info"),
        (False, None, None, TROUBLE, "The disk is full.", "warning"),
        (False, MESSAGE, NOTE, TROUBLE, "Compiling … The disk is full.", "warning"),
        (True, MESSAGE, NOTE, TROUBLE, "Compiling …", "error"),
        (True, None, NOTE, TROUBLE, None, "error"),
    ],
)
def test_one_thing_is_said_and_trouble_comes_after_it(
    failed: bool, message: Said | None, note: Said | None, trouble: Said | None, line: str | None, tone: str
) -> None:
    said, as_tone = StatusLine().of(failed, message, note, trouble)
    assert (None if said is None else str(Said.from_json(said)), as_tone) == (line, tone)


def test_the_line_is_made_again_only_where_something_else_is_to_be_said() -> None:
    line = StatusLine()
    first = line.of(False, MESSAGE, None, None)
    assert line.of(False, MESSAGE, None, None) is first
    assert line.of(False, None, NOTE, None) is not first
