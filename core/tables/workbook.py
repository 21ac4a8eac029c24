"""Excel workbooks (.xlsx, .xlsm): the first sheet with content, read by calamine once it is known not to be a bomb.

A workbook of 0.3 MB can unpack to gigabytes, and two cells in opposite corners of a sheet take the memory of all
between them: what is in it is counted before it is read.
"""

from __future__ import annotations

import datetime
import io
import itertools
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from core.errors import TableRefused
from core.tables.assembling import about_head, table_of
from core.tables.choices import Choices
from core.tables.first_lines import Record
from core.tables.head import Head, locate
from core.tables.limits import MAX_CELL, MAX_COLUMNS, MAX_UNPACKED, MAX_WORKBOOK_CELLS, too_many_columns
from core.tables.progress import Progress
from core.tables.table import Table
from core.words import Said, listed

_CHUNK = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c(?=[\s>/])(?:[^>]*?\br="([A-Z]{1,4})(\d{1,8})")?')
_FORMULA = re.compile(rb'<c(?![^>]*t="str")[^>]*><f[^>]*>[^<]*</f>(?:<v ?/>|<v></v>)?</c>')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,8})"')


def read_workbook(data: bytes, name: str, choices: Choices, digest: str, progress: Progress) -> Table:
    """The first sheet that has cells.

    Raises:
        TableRefused: it is damaged, protected by a password, empty or too large.
    """
    empty_formulas = _check(data)
    progress(0.3)
    sheet, rows, sheets = _rows(data)
    progress(0.5)
    records = _records(rows)
    if not records:
        raise TableRefused(Said("The workbook has no cells. Expected a line of names and at least one row below it."))
    head = locate(records, "\t", choices.header)
    names, columns = _columns(records, head)
    assumed = []
    if len(sheets) > 1:
        assumed.append(
            Said(
                "The sheet '{sheet}' was read; the workbook also has {others}.",
                {"sheet": sheet[:40], "others": listed([each[:40] for each in sheets if each != sheet][:5])},
            )
        )
    assumed += [said for said in about_head(head) if "separat" not in said.template]
    if empty_formulas:
        assumed.append(
            Said.counted(
                "{n} formula has no value in the file; its cell is empty. Open the workbook in Excel and save it.",
                "{n:,} formulas have no value in the file; their cells are empty. Open the workbook in Excel and save "
                "it.",
                {"n": empty_formulas},
            )
        )
    reading = {"sheet": sheet, "header": head.names is not None, "skipped": len(head.skipped)}
    return table_of(name, names, columns, assumed, reading, digest, ".", progress)


def _check(data: bytes) -> int:
    """Unpack everything once, counting, and keep nothing. Returns the number of formulas without a value."""
    formulas = 0
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise _protected()
        if len(members) > 2000 or sum(member.file_size for member in members) > MAX_UNPACKED:
            raise _too_large()
        unpacked = 0
        for member in members:
            is_sheet = re.search(r"worksheets/[^/]+\.(xml|bin)$", member.filename) is not None
            size, found = _count(archive, member, is_sheet)
            unpacked, formulas = unpacked + size, formulas + found
            if unpacked > MAX_UNPACKED:
                raise _too_large()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, TableRefused):
            raise
        raise _damaged() from None
    except Exception as error:  # zlib.error and others of its kind
        if isinstance(error, TableRefused):
            raise
        raise _damaged() from None
    return formulas


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, is_sheet: bool) -> tuple[int, int]:
    """Bytes, and formulas without a value."""
    unpacked = cells = last_column = last_row = formulas = 0
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED:
                raise _too_large()
            if not is_sheet:
                continue
            text = rest + chunk
            end = text.rfind(b"<")
            text, rest = (text[:end], text[end:]) if end > 0 else (text, b"")
            found = _CELL.findall(text)
            cells += len(found)
            formulas += len(_FORMULA.findall(text))
            last_column = max([last_column, *(_number(letters) for letters in {letters for letters, _ in found})])
            numbers = [number for _, number in found[-1:] if number] + _ROW.findall(text)
            last_row = max([last_row, *map(int, numbers)])
            if last_column > MAX_COLUMNS:
                raise too_many_columns(last_column)
            if cells > MAX_WORKBOOK_CELLS or last_column * last_row > 4 * MAX_WORKBOOK_CELLS:
                raise _too_large()
    return unpacked, formulas


def _number(letters: bytes) -> int:
    """The column that letters mean, from 1.

    >>> _number(b"A"), _number(b"AA"), _number(b"XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(data: bytes) -> tuple[str, list[list[Any]], list[str]]:
    """The first visible sheet with cells: its name, its rows, and the names of all sheets."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            and meta.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        for name in sheets:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height * sheet.width > 4 * MAX_WORKBOOK_CELLS:
                raise _too_large()
            rows = sheet.to_python(skip_empty_area=True)
            if any(cell != "" and cell is not None for row in rows for cell in row):
                return name, rows, sheets
    except TableRefused:
        raise
    except python_calamine.PasswordError:
        raise _protected() from None
    except Exception:  # whatever a damaged workbook causes
        raise _damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the Rust library; it derives from BaseException
            raise
        raise _damaged() from None
    return (sheets or [""])[0], [], sheets


def _records(rows: Sequence[Sequence[Any]]) -> list[Record]:
    """Rows of text that are not empty; one with a single cell is as short as a line of a CSV would be."""
    found = []
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        for cell in cells:
            if len(cell) > MAX_CELL:
                raise TableRefused(
                    Said("Row {row} has a cell that is too long to be one.", {"row": number}),
                    number,
                )
        if any(cell.strip() for cell in cells):
            if sum(map(bool, cells)) == 1 and cells[0]:
                cells = cells[:1]
            found.append(Record(number, cells, number + 1))
    return found


def _text(cell: Any) -> str:
    """As a CSV would have it: whole numbers without a point, dates as year-month-day."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _columns(records: Sequence[Record], head: Head) -> tuple[list[str], list[Any]]:
    import pyarrow

    body = [record for record in records if record.line >= head.first_line]
    width = max(len(record.cells) for record in records)
    for above, record in itertools.pairwise(body):
        if len(record.cells) == 1 and width > 2 and record.line > above.below:
            raise TableRefused(
                Said(
                    "Row {row} stands alone below an empty row, with one cell: '{cell}'. If it is a note, take it out.",
                    {"row": record.line, "cell": record.cells[0][:60]},
                ),
                record.line,
            )
    names = list(head.names or ())
    if head.names is None:
        names = [f"column {index + 1}" for index in range(width)]
    names += [""] * (width - len(names))
    columns = [
        pyarrow.chunked_array(
            [
                pyarrow.array(
                    [(record.cells[index] or None) if index < len(record.cells) else None for record in body],
                    pyarrow.string(),
                )
            ]
        )
        for index in range(width)
    ]
    kept = [index for index in range(width) if names[index] or columns[index].null_count < len(body)]
    if not body:
        raise TableRefused(Said("There are names of columns, and no row below them. Expected at least one."))
    return [names[index] for index in kept], [columns[index] for index in kept]


def _too_large() -> TableRefused:
    return TableRefused(
        Said(
            "The workbook unpacks to more than can be read: at most {most:,} cells and {size} MB. Save the sheet as "
            "CSV, which may be larger.",
            {"most": MAX_WORKBOOK_CELLS, "size": MAX_UNPACKED >> 20},
        )
    )


def _damaged() -> TableRefused:
    return TableRefused(
        Said("The workbook is damaged, or none of Excel's. Open it in Excel or LibreOffice and save it again.")
    )


def _protected() -> TableRefused:
    return TableRefused(Said("The workbook is protected by a password. Save it without one."))
