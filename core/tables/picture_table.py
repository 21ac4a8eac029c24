"""Pictures as a table that is kept: a row a picture, with its class and its name; the pixels stand beside them.

`core.tables.pictures` reads the file; this makes of it what the store keeps, and what is shown and taken along.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

import numpy as np

from core.errors import TableRefused
from core.experiment.table_schema import OF_PICTURES
from core.tables.pictures import Pictures, read_pictures
from core.tables.progress import Progress
from core.tables.table import Column, Table
from core.words import Said

#: Numbers in all pictures together: as many as a table of a million rows and twenty columns has.
MOST_VALUES = 20_000_000

#: The choices of a reading, as they are where nothing is chosen.
USUAL = {"side": 28, "colour": "grey"}

#: Pictures of a class that are shown, and of all classes together.
_SHOWN, _SHOWN_IN_ALL = 12, 240

_PIXELS = "pixels"


def read_picture_table(data: bytes, name: str, *, progress: Progress = lambda share: None, **choices: Any) -> Table:
    """Read a ZIP of folders of pictures (`read_pictures`) as a table of them.

    Args:
        choices: `side` and `colour`.

    Raises:
        TableRefused: it is no such file, or a limit is passed.
    """
    unknown = next((choice for choice in choices if choice not in USUAL), None)
    if unknown is not None:
        raise TableRefused(
            Said("There is no choice '{name}' for reading pictures. Choose side or colour.", {"name": unknown[:40]})
        )
    reading = {**USUAL, **choices}
    found = read_pictures(data, progress=progress, side=reading["side"], colour=reading["colour"])
    if found.pixels.size > MOST_VALUES:
        raise TableRefused(
            Said(
                "{rows:,} pictures of {side}×{side} pixels are {values:,} numbers, and there is room for {most:,}. "
                "Choose a smaller side, grey instead of colour, or bring fewer pictures.",
                {
                    "rows": len(found.pixels),
                    "side": reading["side"],
                    "values": found.pixels.size,
                    "most": MOST_VALUES,
                },
            )
        )
    return _table_of(found, name, reading, hashlib.sha256(data).hexdigest())


def _table_of(found: Pictures, name: str, reading: dict[str, Any], digest: str) -> Table:
    import pyarrow

    count = len(found.pixels)
    counts = np.bincount(found.labels, minlength=len(found.classes)).tolist()
    flat = np.ascontiguousarray(found.pixels).reshape(count, -1)
    cells = {
        "c0": pyarrow.array([found.classes[label] for label in found.labels]),
        "c1": pyarrow.array(found.names),
        _PIXELS: pyarrow.FixedSizeBinaryArray.from_buffers(
            pyarrow.binary(flat.shape[1]), count, [None, pyarrow.py_buffer(flat.tobytes())]
        ),
    }
    levels = tuple(zip(found.classes, counts, strict=True))
    return Table(
        name=name,
        columns=(
            Column(OF_PICTURES, "category", distinct=len(levels), levels=levels, is_text=True),
            Column("picture", "text", "ignored", distinct=count, is_text=True),
        ),
        cells=pyarrow.table(cells),
        assumed=found.assumptions,
        reading=reading,
        digest=hashlib.sha256((digest + json.dumps(reading, sort_keys=True)).encode()).hexdigest(),
        picture=(int(found.pixels.shape[1]), int(found.pixels.shape[2]), int(found.pixels.shape[3])),
    )


def pixels_of(table: Table) -> np.ndarray:
    """(rows, height, width, channels) uint8, in the table's order."""
    assert table.picture is not None
    array = table.cells.column(_PIXELS).combine_chunks()
    whole = array.chunk(0) if hasattr(array, "num_chunks") else array
    size = int(np.prod(table.picture))
    bytes_of = np.frombuffer(whole.buffers()[1], np.uint8, count=len(whole) * size, offset=whole.offset * size)
    return bytes_of.reshape(len(whole), *table.picture)


def classes_of_pictures(table: Table) -> list[dict[str, Any]]:
    """Of each class its name, how many pictures it has, and the first of them side by side as one picture.

    Returns:
        `name`, `count`, `shown` (how many are in the picture) and `picture`, a PNG as a `data:` address.
    """
    names = np.array(table.cells.column(0).to_pylist(), dtype=object)
    pixels, told = pixels_of(table), []
    levels = table.columns[0].levels
    most = max(2, min(_SHOWN, _SHOWN_IN_ALL // len(levels)))
    for name, count in levels:
        chosen = pixels[np.flatnonzero(names == name)[:most]]
        address = f"data:image/png;base64,{base64.b64encode(_side_by_side(chosen)).decode()}"
        told.append({"name": name, "count": count, "shown": len(chosen), "picture": address})
    return told


def _side_by_side(pixels: np.ndarray) -> bytes:
    """Pictures as one PNG, with one or two pixels between them through which the page is seen."""
    from PIL import Image

    count, height, width, channels = pixels.shape
    gap = max(1, width // 14)
    sheet = np.zeros((height, count * (width + gap) - gap, channels + 1), np.uint8)  # the last is how opaque it is
    for place, picture in enumerate(pixels):
        columns = slice(place * (width + gap), place * (width + gap) + width)
        sheet[:, columns, :channels], sheet[:, columns, channels] = picture, 255
    stream = io.BytesIO()
    Image.fromarray(sheet, "LA" if channels == 1 else "RGBA").save(stream, "PNG")
    return stream.getvalue()


def npz_of(table: Table) -> bytes:
    """The pictures as a file for `np.load`: `pictures` (rows, height, width, channels) uint8, `labels` (rows,) int64,
    places in `classes`, and `names`."""
    classes = [name for name, _ in table.columns[0].levels]
    place = {name: index for index, name in enumerate(classes)}
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        pictures=pixels_of(table),
        labels=np.array([place[name] for name in table.cells.column(0).to_pylist()], np.int64),
        classes=np.array(classes),
        names=np.array(table.cells.column(1).to_pylist()),
    )
    return stream.getvalue()
