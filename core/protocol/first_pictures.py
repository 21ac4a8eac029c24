"""Pictures of the presets at their initial weights that ship with the app: on screen while Keras is still loading.

`core/worker/first_pictures.py` draws them.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.protocol.wire import Part, decode, encode

_log = logging.getLogger(__name__)

_FILE = Path(__file__).with_name("first_pictures.zip")


class FirstPicture(NamedTuple):
    """What a worker says of an experiment that it has opened.

    Attributes:
        opened: description, plane and points.
        frame: map, confusion matrix and network, at the initial weights.
    """

    opened: Part
    frame: Part

    def of(self, run: str) -> FirstPicture:
        """The same for the viewers of a run."""
        info = {**self.opened.header["info"], "channel": run}
        return FirstPicture(replace(self.opened, header={**self.opened.header, "info": info}), self.frame)


def first_picture(config: ExperimentConfig, view: View) -> FirstPicture | None:
    """The picture of an experiment at its initial weights, None where none came with the app."""
    return shipped().get(name_of(config)) if view == View() else None


def name_of(config: ExperimentConfig) -> str:
    """What a picture is filed under: other experiments have other names."""
    return hashlib.sha256(config.canonical().model_dump_json().encode()).hexdigest()[:16]


@functools.cache
def shipped() -> dict[str, FirstPicture]:
    """All that came with the app, by name; nothing where the file is damaged: workers draw their own."""
    try:
        with zipfile.ZipFile(_FILE) as file:
            names = {entry.partition("/")[0] for entry in file.namelist()}
            return {name: FirstPicture(*_parts(file, name)) for name in names}
    except (OSError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError):
        _log.exception("the first pictures cannot be read")
        return {}


def _parts(file: zipfile.ZipFile, name: str) -> tuple[Part, Part]:
    return decode(file.read(f"{name}/opened")), decode(file.read(f"{name}/frame"))


def ship(pictures: dict[str, FirstPicture]) -> Path:
    """Write the file that comes with the app; the same pictures give the same bytes. Returns where it is."""
    with zipfile.ZipFile(_FILE, "w") as file:
        for name, picture in sorted(pictures.items()):
            for kind, part in picture.of("")._asdict().items():
                entry = zipfile.ZipInfo(f"{name}/{kind}")  # of no date
                file.writestr(entry, encode([part]), zipfile.ZIP_DEFLATED, compresslevel=9)
    shipped.cache_clear()
    return _FILE
