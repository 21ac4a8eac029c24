"""Which pictures are in a ZIP of folders, and their bytes; does not decode them (`core.tables.pictures`).

What a file claims is looked at before anything is unpacked: how many there are, how large each says it is, and where it
says it lies. Nothing is written to a disk.
"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import PurePosixPath

from core.errors import TableRefused
from core.tables.limits import MOST_CLASSES, MOST_PICTURES
from core.words import Said

#: Bytes of all that is in the file.
MOST_UNPACKED = 400 << 20

#: Bytes of one picture in the file.
MOST_PICTURE = 20 << 20

#: Names of classes are as long as on buttons and in legends.
_LONGEST_NAME = 60

#: A file may be packed to one part in this many; what is more is a bomb: a white PNG packs to one in three hundred.
_MOST_PACKED = 1_000

#: Bytes of the list of contents: as many files as are looked at, with long names.
_MOST_CONTENTS = 2 * MOST_PICTURES * 256

_ENDINGS = {".png", ".jpg", ".jpeg"}


def check_contents(data: bytes) -> None:
    """Whether the list of contents is of a sensible length: `zipfile` reads all of it before anything can be asked."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        raise TableRefused(Said("This ZIP file cannot be unpacked. Make it anew, without a password."))
    (length,) = struct.unpack_from("<L", data, end + 12)
    is_zip64 = data[max(0, end - 20) : end].startswith(b"PK\x06\x07")  # says its length elsewhere
    if length > _MOST_CONTENTS or is_zip64:
        raise _too_many()


def members_of(file: zipfile.ZipFile) -> tuple[list[tuple[str, zipfile.ZipInfo]], int]:
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
                    {"name": shown_name(entry.filename)},
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
                {"name": shown_name(entry.filename)},
            )
        )
    return path


def _is_of_the_system(path: PurePosixPath) -> bool:
    """What macOS and Windows put beside pictures without being asked."""
    return path.parts[0] == "__MACOSX" or path.name.startswith(".") or path.name in {"Thumbs.db", "desktop.ini"}


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """What the file says of one picture, before it is unpacked."""
    name = {"name": shown_name(entry.filename)}
    if entry.flag_bits & 0x1:
        raise TableRefused(Said("'{name}' is locked with a password. Make the ZIP file anew, without one.", name))
    if entry.file_size > MOST_PICTURE:
        raise TableRefused(
            Said("'{name}' has more than {most} MB. Make it smaller.", {**name, "most": MOST_PICTURE >> 20})
        )
    if entry.file_size > _MOST_PACKED * max(entry.compress_size, 1):
        raise TableRefused(Said("'{name}' unpacks to a thousand times its size: it is no picture.", name))


def check_classes(folders: list[str]) -> None:
    """Whether there are as many folders as there may be classes, with names that can be told apart and shown.

    Raises:
        TableRefused: there are not.
    """
    if len(folders) < 2:
        raise TableRefused(
            Said(
                "All pictures lie in the folder '{name}'. Two classes need two folders.",
                {"name": shown_name(folders[0])},
            )
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
                {"name": shown_name(long), "count": len(long), "most": _LONGEST_NAME},
            )
        )


def unpack(file: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """A picture's bytes, no more than it said and than there is room for: what a file says of itself may be a lie."""
    with file.open(entry) as stream:
        content = stream.read(min(entry.file_size, room) + 1)
    if len(content) > room:
        raise _too_large()
    if len(content) != entry.file_size:
        raise TableRefused(Said("'{name}' has another size than it says.", {"name": shown_name(entry.filename)}))
    return content


def _too_many() -> TableRefused:
    return TableRefused(Said("There are more than {most:,} pictures. Bring fewer.", {"most": MOST_PICTURES}))


def _too_large() -> TableRefused:
    return TableRefused(
        Said(
            "Unpacked, the pictures have more than {most} MB. Bring fewer or smaller ones.",
            {"most": MOST_UNPACKED >> 20},
        )
    )


def shown_name(name: str) -> str:
    """A name out of the file, for a sentence: printable, and its end, which says most."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return plain if len(plain) <= 60 else f"…{plain[-59:]}"
