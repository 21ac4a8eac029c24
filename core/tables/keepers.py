"""Who keeps a table, what they call it, and whether they share it: a file for each of them, beside the table.

owners/<hash of owner>.json   the owner, a title, whether it is shared, when it came
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from core.tables.kept_files import FOLDERS, put

_OWNERS = "owners"


@dataclass(frozen=True)
class Keeper:
    """One owner of a table; the same table may have several.

    Attributes:
        title: what they call it.
        share: whether whoever has the link may see its rows.
        added: seconds since 1970.
    """

    owner: str
    title: str
    share: bool
    added: float


def keepers_of(place: Path) -> list[Keeper]:
    """All who keep the table of a folder."""
    return [keeper for path in (place / _OWNERS).glob("*.json") if (keeper := _read(path)) is not None]


def keeper_of(place: Path, owner: str) -> Keeper | None:
    """An owner as one who keeps the table of a folder; None where they do not."""
    keeper = _read(_path(place, owner))
    return keeper if keeper is not None and keeper.owner == owner else None


def kept_by(folder: Path, owner: str) -> Iterator[tuple[str, Keeper]]:
    """The content of each table in a folder of tables that an owner keeps, and how they keep it."""
    for path in folder.glob(f"{FOLDERS}/{_path(Path(), owner)}"):
        keeper = _read(path)
        if keeper is not None and keeper.owner == owner:
            yield path.parent.parent.name, keeper


def has_keeper(place: Path, owner: str) -> bool:
    """Whether an owner has brought the table."""
    return _path(place, owner).exists()


def write_keeper(place: Path, keeper: Keeper) -> None:
    """Keep the table for an owner, or change how they keep it."""
    put(_path(place, keeper.owner), json.dumps(asdict(keeper), ensure_ascii=False).encode())


def remove_keeper(place: Path, owner: str) -> None:
    """Keep the table for an owner no longer."""
    _path(place, owner).unlink(missing_ok=True)


def _path(place: Path, owner: str) -> Path:
    """A file for an owner; what the owner is called is no name of a file."""
    return place / _OWNERS / f"{hashlib.sha256(owner.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Keeper | None:
    try:
        entry = json.loads(path.read_bytes())
        return Keeper(entry["owner"], entry["title"], bool(entry["share"]), entry["added"])
    except (OSError, ValueError, TypeError, LookupError):
        return None
