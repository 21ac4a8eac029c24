"""Pictures that people bring: a ZIP of folders, a folder a class. Read within stated limits; nothing is guessed.

    flowers.zip                       or with one folder around all of it
    ├── daisy/1.png, 2.jpg, …
    └── rose/1.png, …

`core.tables.picture_archive` looks at what the file claims before anything is unpacked. Here a picture is opened far
enough to know its size before it is decoded: 109 kB of PNG can be 30,000 × 30,000 pixels.
"""

from __future__ import annotations

import io
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import TableRefused
from core.tables.limits import MOST_PICTURE_BYTES as MOST_BYTES
from core.tables.limits import PICTURE_SIDES as SIDES
from core.tables.picture_archive import MOST_UNPACKED, check_classes, check_contents, members_of, shown_name, unpack
from core.tables.progress import Progress
from core.words import Said, listed

#: Pixels of one picture before it is made smaller: a photograph of a telephone.
MOST_PIXELS = 25_000_000

_FORMATS = ("PNG", "JPEG")


@dataclass(frozen=True)
class Pictures:
    """What was read.

    Attributes:
        pixels: (pictures, side, side, channels) uint8, in the order of classes and names.
        labels: (pictures,) int64, places in `classes`.
        classes: the folders' names in the alphabet's order.
        names: of the pictures, each with its folder.
        assumptions: what a reasonable reader could have decided otherwise, in sentences.
    """

    pixels: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    names: tuple[str, ...]
    assumptions: tuple[Said, ...]


def read_pictures(
    data: bytes,
    *,
    side: int = 28,
    colour: Literal["grey", "rgb"] = "grey",
    progress: Progress = lambda share: None,
) -> Pictures:
    """Read a ZIP of folders of pictures.

    Args:
        side: of the squares that the pictures become, one of `SIDES`. What is not square is cut at its longer sides.
        colour: one channel or three; what is transparent is laid on white.
        progress: told the share that is done.

    Raises:
        TableRefused: it is no such file, or a limit is passed; says which picture where it is one of them.
    """
    if side not in SIDES:
        raise TableRefused(
            Said("side is {side}. Choose one of {sides}.", {"side": side, "sides": listed(map(str, SIDES))})
        )
    if colour not in ("grey", "rgb"):
        raise TableRefused(Said("colour is {colour}. Choose grey or rgb.", {"colour": str(colour)[:40]}))
    if len(data) > MOST_BYTES:
        raise TableRefused(Said("The file has more than {most} MB. Bring fewer pictures.", {"most": MOST_BYTES >> 20}))
    if not data.startswith(b"PK\x03\x04"):
        raise TableRefused(Said("This is no ZIP file. Put the folders, one for each class, into a ZIP file."))
    check_contents(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return _read(file, side, colour, progress)
    except _DAMAGED as error:
        # Damaged, packed in a way that Python does not know, or locked with a password.
        raise TableRefused(Said("This ZIP file cannot be unpacked. Make it anew, without a password.")) from error


_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, EOFError, OSError, RuntimeError),
)


def _read(file: zipfile.ZipFile, side: int, colour: Literal["grey", "rgb"], progress: Progress) -> Pictures:
    members, others = members_of(file)
    folders = sorted({folder for folder, _ in members})
    check_classes(folders)
    members.sort(key=lambda member: (member[0], member[1].filename))
    pixels = np.empty((len(members), side, side, 1 if colour == "grey" else 3), np.uint8)
    not_square = smaller = 0
    unpacked = 0
    for place, (_, entry) in enumerate(members):
        content = unpack(file, entry, MOST_UNPACKED - unpacked)
        unpacked += len(content)
        pixels[place], size = _decoded(content, entry.filename, side, colour)
        not_square += size[0] != size[1]
        smaller += min(size) < side
        if place % 100 == 0:
            progress(place / len(members))
    return Pictures(
        pixels=pixels,
        labels=np.array([folders.index(folder) for folder, _ in members], np.int64),
        classes=tuple(folders),
        names=tuple(entry.filename for _, entry in members),
        assumptions=tuple(_assumptions(side, colour, not_square, smaller, others)),
    )


def _decoded(
    content: bytes, name: str, side: int, colour: Literal["grey", "rgb"]
) -> tuple[np.ndarray, tuple[int, int]]:
    """A picture as (side, side, channels), and the size it had."""
    from PIL import Image, ImageOps

    shown = {"name": shown_name(name)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise TableRefused(
                    Said(
                        "'{name}' has {width:,}×{height:,} pixels; at most {most} millions are read. Make it smaller.",
                        {**shown, "width": width, "height": height, "most": MOST_PIXELS // 1_000_000},
                    )
                )
            if image.format == "JPEG":
                image.draft("L" if colour == "grey" else "RGB", (4 * side, 4 * side))
            image.load()
            upright = ImageOps.exif_transpose(image)
            if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
                paper = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(paper, upright.convert("RGBA"))
            if upright.mode.startswith("I"):  # 16 bits a pixel: `convert` would cut them off
                upright = Image.fromarray((np.asarray(upright).astype(np.float64) / 257).round().astype(np.uint8))
            plain = upright.convert("L" if colour == "grey" else "RGB")
            small = ImageOps.fit(plain, (side, side), Image.Resampling.BOX)
    except TableRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # Pillow's own, at 90 millions
        raise TableRefused(
            Said(
                "'{name}' has many more pixels than the {most} millions that are read. Make it smaller.",
                {**shown, "most": MOST_PIXELS // 1_000_000},
            )
        ) from error
    except Exception as error:  # of any kind, from within the decoders: OSError, SyntaxError, struct.error …
        raise TableRefused(
            Said("'{name}' is no PNG or JPEG picture, or it is damaged. Leave it out.", shown)
        ) from error
    return np.asarray(small, np.uint8).reshape(side, side, -1), (width, height)


def _assumptions(side: int, colour: str, not_square: int, smaller: int, others: int) -> Iterator[Said]:
    channels = Said("grey") if colour == "grey" else Said("in colour")
    yield Said("Every picture became {side}×{side} pixels, {colour}.", {"side": side, "colour": channels})
    if not_square:
        yield Said.counted(
            "{n:,} picture was not square: its longer sides were cut.",
            "{n:,} pictures were not square: their longer sides were cut.",
            {"n": not_square},
        )
    if smaller:
        yield Said.counted(
            "{n:,} picture was smaller than that and was enlarged.",
            "{n:,} pictures were smaller than that and were enlarged.",
            {"n": smaller},
        )
    if others:
        yield Said.counted(
            "{n:,} file is neither PNG nor JPEG and was left out.",
            "{n:,} files are neither PNG nor JPEG and were left out.",
            {"n": others},
        )
