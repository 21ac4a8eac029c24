"""`read_table`: from bytes to a `Table`, or a refusal. Nothing is shifted, cut or guessed in silence.

The steps: what the file is (`sniffing`), its encoding (`decoding`), its head (`head`), its cells as text, strictly
(`delimited`; `workbook` and `parquet` for others), numbers (`cells`), what columns mean (`kinds`).
"""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from core.errors import TableRefused
from core.tables.assembling import about_head, table_of
from core.tables.choices import Choices
from core.tables.decoding import Decoded, decode
from core.tables.delimited import body_of
from core.tables.delimiters import refuse_one_column_of_many
from core.tables.head import head_of
from core.tables.limits import MAX_BYTES
from core.tables.parquet import read_parquet
from core.tables.progress import Progress
from core.tables.sniffing import content_of
from core.tables.table import Table
from core.tables.workbook import read_workbook
from core.words import Said

#: Endings of the names of files, by what they promise.
_WORKBOOKS = {".xlsx", ".xlsm"}
_PARQUET = {".parquet", ".pq"}
_OTHERS = {".xls", ".xlsb", ".ods", ".json", ".jsonl", ".zip", ".gz", ".pdf", ".doc", ".docx", ".html", ".htm"}

#: What is said of the file instead of `what it is`, where more can be said.
_ENCODINGS = {
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp932": "Shift JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
    "cp1252": "Windows-1252 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}


def read_table(data: bytes, name: str, *, progress: Progress = lambda share: None, **choices: Any) -> Table:
    """Read a table: CSV and its kin, Excel, Parquet.

    Args:
        data: the file.
        name: of the file; of a pasted text, anything without an ending.
        progress: told the share that is done, 0 to 1.
        choices: `encoding delimiter decimal header`; what is left out is found from the file, and said in
            `Table.assumptions` where a reasonable reader could have decided otherwise.

    Raises:
        TableRefused: it cannot be read without guessing, or is too large; with the line where there is one.

    >>> table = read_table(b"age;smoker\\n61,5;yes\\n48,0;no\\n", "patients.csv")
    >>> [(column.name, column.kind) for column in table.columns], table.rows
    ([('age', 'number'), ('smoker', 'yes_no')], 2)
    >>> table.assumptions[0]
    'Cells are separated by a semicolon.'
    """
    chosen = Choices.checked(choices)
    data = bytes(data)
    if len(data) > MAX_BYTES:
        raise TableRefused(
            Said(
                "The file has {size} MB, and at most {most} MB can be read. Keep fewer columns or rows.",
                {"size": len(data) >> 20, "most": MAX_BYTES >> 20},
            )
        )
    if not data[:4096].strip() and not data.strip():
        raise TableRefused(Said("The file is empty. Expected a line of names and at least one row below it."))
    kind = _kind(data, name)
    digest = hashlib.sha256(data)
    if kind == "workbook":
        return read_workbook(data, name, chosen, digest.hexdigest(), progress)
    if kind == "parquet":
        return read_parquet(data, name, digest.hexdigest(), progress)
    decoded = decode(data, chosen.encoding)
    del data
    head = head_of(decoded.data, chosen.delimiter, chosen.header)
    body = body_of(decoded.data, head, lambda share: progress(0.6 * share))
    assumed = [*_about_encoding(decoded), *about_head(head)]
    if body.is_backslashed:
        assumed.append(Said("Quotes within cells are written with a backslash."))
    if body.empty_lines:
        said = Said.counted(
            "{n} empty line was skipped: it may have been a missing cell.",
            "{n:,} empty lines were skipped: they may have been missing cells.",
            {"n": body.empty_lines},
        )
        assumed.append(said)
    encoding = decoded.encoding
    del decoded
    names = list(head.names or [f"column {index + 1}" for index in range(head.width)])
    columns = body.columns
    del body
    if len(columns) == 1:
        refuse_one_column_of_many(names[0], columns[0].slice(0, 50).to_pylist())
    if head.is_trailing:
        columns = _without_last(columns, names)
    reading = {
        "encoding": encoding,
        "delimiter": head.delimiter,
        "header": head.names is not None,
        "skipped": len(head.skipped),
    }
    return table_of(name, names, columns, assumed, reading, digest.hexdigest(), chosen.decimal, progress)


def _kind(data: bytes, name: str) -> str:
    """`text`, `workbook` or `parquet`; refuses what is none, or another than its name says."""
    content, ending = content_of(data), PurePath(name.replace("\\", "/")).suffix.lower()
    expected = "workbook" if ending in _WORKBOOKS else "parquet" if ending in _PARQUET else "text"
    if content == "zip":
        content = "workbook" if b"xl/" in data and b"[Content_Types].xml" in data else "zip"
    if content == expected and ending not in _OTHERS:
        return content
    what = _WHAT.get(content) or Said.marked(content)
    if content in {"text", "workbook", "parquet"}:
        right = {"text": ".csv", "workbook": ".xlsx", "parquet": ".parquet"}[content]
        raise TableRefused(
            Said(
                "The name of the file ends with {ending}, but it is {what}. If that is what you mean, name it {right}; "
                "otherwise save it again.",
                {"ending": ending or Said("nothing"), "what": what, "right": right},
            )
        )
    raise TableRefused(
        Said(
            "This is {what}, and no table. Expected CSV, Excel (.xlsx) or Parquet: open it in the program that made "
            "it, and save the table as one of them.",
            {"what": what},
        )
    )


_WHAT = {
    "text": Said("plain text"),
    "workbook": Said("an Excel workbook"),
    "parquet": Said("a Parquet file"),
    "zip": Said("a ZIP archive"),
    "ole": Said("a document of Excel or Word before 2007 (.xls, .doc)"),
}


def _about_encoding(decoded: Decoded) -> list[Said]:
    if not decoded.is_assumed:
        return []
    return [
        Said(
            "The file is not UTF-8; it was read as {encoding}.",
            {"encoding": _ENCODINGS.get(decoded.encoding, decoded.encoding)},
        )
    ]


def _without_last(columns: list[Any], names: list[str]) -> list[Any]:
    """What stands behind a trailing separator is no column, if nothing stands there in any line."""
    if len(columns) > len(names):
        if columns[-1].null_count < len(columns[-1]):
            row = next(index for index, cell in enumerate(columns[-1]) if cell.as_py() is not None)
            raise TableRefused(
                Said(
                    "Row {row} has a cell behind the last column that has a name. Expected as many cells as names.",
                    {"row": row + 1},
                )
            )
        return columns[:-1]
    if len(columns) == len(names) and not names[-1] and columns[-1].null_count == len(columns[-1]):
        names.pop()
        return columns[:-1]
    return columns
