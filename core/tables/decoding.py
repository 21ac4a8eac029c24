"""From bytes to UTF-8, or a refusal that names the line. Replaces no byte."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from core.errors import TableRefused
from core.tables.limits import MAX_SLOW_BYTES
from core.tables.usual_letters import shares_of_usual
from core.words import Said

#: Byte order marks, longest first: that of UTF-32 begins as that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Bytes that are decoded at once where only whether they can be is asked.
_CHUNK = 1 << 20

#: Of a file without a byte order mark, so many of the first bytes are looked at for its encoding.
_SAMPLE = 1 << 18

#: Share of usual letters below which an encoding is not believed.
_BELIEVED = 0.5


@dataclass(frozen=True)
class Decoded:
    """A text in UTF-8 without a byte order mark.

    Attributes:
        encoding: what it was written in, as Python names it.
        is_assumed: whether it was found by its letters.
    """

    data: bytes
    encoding: str
    is_assumed: bool = False


def decode(data: bytes, chosen: str | None) -> Decoded:
    """The text in UTF-8.

    Args:
        chosen: an encoding, None to find it: by its byte order mark; UTF-16 and UTF-32 by their zero bytes; strict
            UTF-8; otherwise the one in which the most letters are usual (`core.tables.usual_letters`).

    Raises:
        TableRefused: it cannot be decoded, or holds NUL or is no text.
    """
    if chosen is not None:
        mark = next((mark for mark, name in _MARKS if _same(name, chosen) and data.startswith(mark)), b"")
        return _checked(_recode(data[len(mark) :], chosen), chosen)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _recode(data[len(mark) :], encoding)
            while text.startswith(codecs.BOM_UTF8):  # programs that add one to what has one
                text = text.removeprefix(codecs.BOM_UTF8)
            return _checked(text, encoding, encoding != "utf-8")
    wide = _wide(data)
    if wide is not None:
        return _checked(_recode(data, wide), wide, True)
    _refuse_nul(data)
    fault = _utf8_fault(data)
    if fault is None:
        return _checked(data, "utf-8")
    encoding = _legacy(data, fault)
    return _checked(_recode(data, encoding), encoding, True)


def _line_at(data: bytes, position: int) -> int:
    """The line, from 1, in which a byte stands."""
    before = data[:position]
    return before.count(b"\n") + (0 if b"\n" in before else before.count(b"\r")) + 1


def _same(one: str, other: str) -> bool:
    return one == codecs.lookup(other).name.removesuffix("-sig")


def _recode(data: bytes, encoding: str) -> bytes:
    name = codecs.lookup(encoding).name
    if name in {"utf-8", "utf-8-sig", "ascii"}:
        fault = _utf8_fault(data) if name != "ascii" else next((i for i, byte in enumerate(data) if byte > 127), None)
        if fault is not None:
            raise _undecodable(data, fault, encoding)
        return data
    if len(data) > MAX_SLOW_BYTES:
        raise TableRefused(
            Said(
                "The file is written in {encoding} and has {size} MB. Up to {most} MB of it can be read; save it as "
                "UTF-8.",
                {"encoding": encoding, "size": len(data) >> 20, "most": MAX_SLOW_BYTES >> 20},
            )
        )
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeDecodeError as error:
        raise _undecodable(data, error.start, encoding) from None
    except (UnicodeError, ValueError):
        raise TableRefused(Said("The file cannot be read as {encoding}.", {"encoding": encoding})) from None


def _undecodable(data: bytes, position: int, encoding: str) -> TableRefused:
    line = _line_at(data, position)
    return TableRefused(
        Said(
            "Line {line} is not {encoding}: byte {byte} cannot stand there. Choose another encoding, or save the file "
            "as UTF-8.",
            {"line": line, "encoding": encoding, "byte": format(data[position], "#04x")},
        ),
        line,
    )


def _utf8_fault(data: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8; None where all is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    for start in range(0, len(data), _CHUNK):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(view[start : start + _CHUNK], start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: zero bytes stand on one side of each pair, and many."""
    sample = data[: _SAMPLE & ~3]
    zeros = sample.count(0)
    if len(data) % 2 or len(sample) < 4 or zeros < len(sample) / 20:
        return None
    quarters = [sample[start::4].count(0) for start in range(4)]
    full = len(sample) // 4
    if len(data) % 4 == 0 and zeros >= len(sample) / 2:
        if quarters[3] >= full and quarters[2] >= full * 0.9 and quarters[0] == 0:
            return "utf-32-le"
        if quarters[0] >= full and quarters[1] >= full * 0.9 and quarters[3] == 0:
            return "utf-32-be"
    low, high = quarters[0] + quarters[2], quarters[1] + quarters[3]
    encoding = "utf-16-le" if low == 0 else "utf-16-be" if high == 0 else None
    if encoding is None:
        return None
    try:
        text = sample[: len(sample) - len(sample) % 4].decode(encoding, "ignore")
    except UnicodeError:
        return None
    return encoding if "\n" in text or "\r" in text else None


def _refuse_nul(data: bytes) -> None:
    position = data.find(0)
    if position >= 0:
        line = _line_at(data, position)
        raise TableRefused(
            Said(
                "Line {line} holds a NUL byte, which no text has. The file is damaged, or no table of text: save it "
                "again as CSV.",
                {"line": line},
            ),
            line,
        )


#: Control characters that no table holds; many of them mean that it is no text.
_CONTROLS = bytes({*range(1, 32), 127} - set(b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f"))


def _checked(data: bytes, encoding: str, is_assumed: bool = False) -> Decoded:
    _refuse_nul(data)
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) / 50:
        raise TableRefused(
            Said("This is no text: it is full of control characters. Expected a table as CSV, Excel or Parquet.")
        )
    return Decoded(data, encoding, is_assumed)


def _legacy(data: bytes, fault: int) -> str:
    """The encoding of a text that is not UTF-8, by its letters."""
    start = max(0, fault - 1000)
    sample = data[start : start + _SAMPLE]
    end = sample.rfind(b"\n")
    if len(data) > start + _SAMPLE and end > 0:
        sample = sample[: end + 1]
    as_utf8 = data[: start + _SAMPLE].decode("utf-8", "replace")
    bad = as_utf8.count("�")
    good = sum(character > "\x7f" and character != "�" for character in as_utf8)
    if good >= 4 and good >= 4 * bad:
        raise _undecodable(data, fault, "utf-8")
    sample = sample[sample.find(b"\n") + 1 if start else 0 :]
    scores = shares_of_usual(sample)
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _BELIEVED:
        raise TableRefused(
            Said(
                "Line {line} is not UTF-8, and the encoding could not be found from its letters. Choose the encoding, "
                "or save the file as UTF-8.",
                {"line": _line_at(data, fault)},
            ),
            _line_at(data, fault),
        )
    return best
