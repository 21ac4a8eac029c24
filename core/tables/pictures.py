"""Pictures that people bring: a ZIP of folders, a folder a class. Read within stated limits; nothing is guessed.

    flowers.zip                       or with one folder around all of it
    ├── daisy/1.png, 2.jpg, …
    └── rose/1.png, …

What a file claims is looked at before anything is unpacked: how many there are, how large each says it is, and where it
says it lies. A picture is opened far enough to know its size before it is decoded: 109 kB of PNG can be 30,000 × 30,000
pixels. Nothing is written to a disk.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from core.errors import TableRefused
from core.tables.limits import MOST_CLASSES, MOST_PICTURES
from core.tables.limits import MOST_PICTURE_BYTES as MOST_BYTES
from core.tables.limits import PICTURE_SIDES as SIDES
from core.words import Said, listed

#: Bytes of all that is in the file.
MOST_UNPACKED = 400 << 20

#: Bytes of one picture in the file, and its pixels before it is made smaller: a photograph of a telephone.
MOST_PICTURE, MOST_PIXELS = 20 << 20, 25_000_000

#: Names of classes are as long as on buttons and in legends.
_LONGEST_NAME = 60

#: A file may be packed to one part in this many; what is more is a bomb: a white PNG packs to one in three hundred.
_MOST_PACKED = 1_000

#: Bytes of the list of contents: as many files as are looked at, with long names.
_MOST_CONTENTS = 2 * MOST_PICTURES * 256

_FORMATS = ("PNG", "JPEG")
_ENDINGS = {".png", ".jpg", ".jpeg"}


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
    progress: Callable[[float], None] = lambda share: None,
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
    _check_contents(data)
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


def _check_contents(data: bytes) -> None:
    """Whether the list of contents is of a sensible length: `zipfile` reads all of it before anything can be asked."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        raise TableRefused(Said("This ZIP file cannot be unpacked. Make it anew, without a password."))
    (length,) = struct.unpack_from("<L", data, end + 12)
    is_zip64 = data[max(0, end - 20) : end].startswith(b"PK\x06\x07")  # says its length elsewhere
    if length > _MOST_CONTENTS or is_zip64:
        raise _too_many()


def _read(
    file: zipfile.ZipFile, side: int, colour: Literal["grey", "rgb"], progress: Callable[[float], None]
) -> Pictures:
    members, others = _members(file)
    folders = sorted({folder for folder, _ in members})
    _check_classes(folders)
    members.sort(key=lambda member: (member[0], member[1].filename))
    pixels = np.empty((len(members), side, side, 1 if colour == "grey" else 3), np.uint8)
    not_square = smaller = 0
    unpacked = 0
    for place, (_, entry) in enumerate(members):
        content = _unpacked(file, entry, MOST_UNPACKED - unpacked)
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


def _members(file: zipfile.ZipFile) -> tuple[list[tuple[str, zipfile.ZipInfo]], int]:
    """The pictures with their folders, and how many other files were left out."""
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    if len(entries) > 2 * MOST_PICTURES:
        raise _too_many()
    found: list[tuple[PurePosixPath, zipfile.ZipInfo]] = []
    others, claimed = 0, 0
    for entry in entries:
        path = _path_of(entry)
        if _is_of_the_system(path):
            continue
        if path.suffix.lower() not in _ENDINGS:
            others += 1
            continue
        _check_entry(entry)
        claimed += entry.file_size
        found.append((path, entry))
    if claimed > MOST_UNPACKED:
        raise _too_large()
    if len(found) > MOST_PICTURES:
        raise _too_many()
    if not found:
        raise TableRefused(Said("There is no PNG and no JPEG picture in this ZIP file. Take a table out of it first."))
    names = {entry.filename for _, entry in found}
    if len(names) < len(found):
        raise TableRefused(Said("Two pictures in this ZIP file have the same name. Make it anew."))
    return _by_folder(found), others


def _by_folder(found: list[tuple[PurePosixPath, zipfile.ZipInfo]]) -> list[tuple[str, zipfile.ZipInfo]]:
    """Each picture with the folder that it lies in, below one folder around everything where there is one."""
    around = {path.parts[0] for path, _ in found if len(path.parts) > 1}
    depth = 1 if len(around) == 1 and all(len(path.parts) == 3 for path, _ in found) else 0
    members = []
    for path, entry in found:
        if len(path.parts) != depth + 2:
            raise TableRefused(
                Said(
                    "'{name}' does not lie in the folder of a class. Expected folder/picture.png, one folder for each "
                    "class and nothing below it.",
                    {"name": _shown(entry.filename)},
                )
            )
        members.append((path.parts[depth], entry))
    return members


def _path_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    leaves = path.is_absolute() or ".." in path.parts or bool(re.match(r"[A-Za-z]:", entry.filename))
    is_odd = any(not character.isprintable() for character in entry.filename)
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if leaves or is_odd or is_link:
        raise TableRefused(
            Said(
                "'{name}' points out of the ZIP file or has a name that no picture has. Nothing was read.",
                {"name": _shown(entry.filename)},
            )
        )
    return path


def _is_of_the_system(path: PurePosixPath) -> bool:
    """What macOS and Windows put beside pictures without being asked."""
    return path.parts[0] == "__MACOSX" or path.name.startswith(".") or path.name in {"Thumbs.db", "desktop.ini"}


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """What the file says of one picture, before it is unpacked."""
    name = {"name": _shown(entry.filename)}
    if entry.flag_bits & 0x1:
        raise TableRefused(Said("'{name}' is locked with a password. Make the ZIP file anew, without one.", name))
    if entry.file_size > MOST_PICTURE:
        raise TableRefused(
            Said("'{name}' has more than {most} MB. Make it smaller.", {**name, "most": MOST_PICTURE >> 20})
        )
    if entry.file_size > _MOST_PACKED * max(entry.compress_size, 1):
        raise TableRefused(Said("'{name}' unpacks to a thousand times its size: it is no picture.", name))


def _check_classes(folders: list[str]) -> None:
    if len(folders) < 2:
        raise TableRefused(
            Said("All pictures lie in the folder '{name}'. Two classes need two folders.", {"name": _shown(folders[0])})
        )
    if len(folders) > MOST_CLASSES:
        raise TableRefused(
            Said(
                "There are {count:,} folders, and so many classes; at most {most} can be told apart here.",
                {"count": len(folders), "most": MOST_CLASSES},
            )
        )
    if len({folder.casefold() for folder in folders}) < len(folders):
        raise TableRefused(Said("Two folders have the same name but for capital letters. Call one of them otherwise."))
    long = next((folder for folder in folders if len(folder) > _LONGEST_NAME), None)
    if long is not None:
        raise TableRefused(
            Said(
                "The folder '{name}' has a name of {count} characters; a class may have {most}.",
                {"name": _shown(long), "count": len(long), "most": _LONGEST_NAME},
            )
        )


def _unpacked(file: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """A picture's bytes, no more than it said and than there is room for: what a file says of itself may be a lie."""
    with file.open(entry) as stream:
        content = stream.read(min(entry.file_size, room) + 1)
    if len(content) > room:
        raise _too_large()
    if len(content) != entry.file_size:
        raise TableRefused(Said("'{name}' has another size than it says.", {"name": _shown(entry.filename)}))
    return content


def _decoded(
    content: bytes, name: str, side: int, colour: Literal["grey", "rgb"]
) -> tuple[np.ndarray, tuple[int, int]]:
    """A picture as (side, side, channels), and the size it had."""
    from PIL import Image, ImageOps

    shown = {"name": _shown(name)}
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


def _too_many() -> TableRefused:
    return TableRefused(Said("There are more than {most:,} pictures. Bring fewer.", {"most": MOST_PICTURES}))


def _too_large() -> TableRefused:
    return TableRefused(
        Said(
            "Unpacked, the pictures have more than {most} MB. Bring fewer or smaller ones.",
            {"most": MOST_UNPACKED >> 20},
        )
    )


def _shown(name: str) -> str:
    """A name out of the file, for a sentence: printable, and its end, which says most."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return plain if len(plain) <= 60 else f"…{plain[-59:]}"
