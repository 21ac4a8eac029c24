"""What a file is, by its first bytes, whatever its name says."""

from __future__ import annotations

from core.words import N_

#: First bytes by what they are, and the endings that promise it.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ\x00", N_("an XZ archive")),
    (b"\x28\xb5\x2f\xfd", N_("a Zstandard archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7-Zip archive")),
    (b"Rar!\x1a\x07", N_("a RAR archive")),
    (b"%PDF-", N_("a PDF document")),
    (b"\x89PNG\r\n", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"GIF8", N_("a picture")),
    (b"II*\x00", N_("a picture")),
    (b"MM\x00*", N_("a picture")),
    (b"{\\rtf", N_("an RTF document")),
    (b"SQLite format 3\x00", N_("an SQLite database")),
    (b"\x89HDF\r\n\x1a\n", N_("an HDF5 file")),
    (b"ARROW1", N_("an Arrow file")),
    (b"ORC", N_("an ORC file")),
    (b"Obj\x01", N_("an Avro file")),
    (b"\x93NUMPY", N_("a NumPy array")),
    (b"$FL2", N_("an SPSS file")),
    (b"$FL3", N_("an SPSS file")),
    (b"<stata_dta>", N_("a Stata file")),
    (b"\x7fELF", N_("a program")),
    (b"MZ\x90\x00", N_("a program")),
    (b"\x80\x04\x95", N_("a Python pickle")),
    (b"\x80\x05\x95", N_("a Python pickle")),
)

#: How a text begins that is no table.
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", N_("a web page (HTML)")),
    (b"<html", N_("a web page (HTML)")),
    (b"<table", N_("a web page (HTML)")),
    (b"<?xml", N_("an XML document")),
    (b"%!ps", N_("a PostScript document")),
)


def content_of(data: bytes) -> str:
    """`text`, `zip`, `parquet`, `ole` (Office before 2007), or else what it is, in words.

    >>> content_of(b"a,b"), content_of(b"%PDF-1.7 ...")
    ('text', 'a PDF document')
    """
    for magic, what in _MAGIC:
        if data.startswith(magic) and (len(magic) > 3 or not _reads_as_text(data)):
            return what
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for begin, what in _TEXTS:
        if start.startswith(begin):
            return what
    if _is_json(start):
        return N_("JSON")
    return "text"


def _is_json(start: bytes) -> bool:
    if start[:1] == b"[":
        rest = start[1:].lstrip()
        return rest[:1] in b'{["]' and rest[:1] != b""
    return start[:1] == b"{" and start[1:].lstrip()[:1] in (b'"', b"}")


def _reads_as_text(data: bytes) -> bool:
    """A short magic number may also begin a text: "ORC" or "BZh"."""
    return all(byte >= 32 or byte in b"\t\r\n" for byte in data[:64])
