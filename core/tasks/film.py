"""The film of a run: its recorded epochs as an animated picture, or as the messages that the live view reads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Generator, Mapping, Sequence
from typing import Literal

import numpy as np

from core.protocol.wire import Part, decode, encode
from core.tasks.context import Context, Progress
from core.tasks.film_colours import FilmColours
from core.tasks.film_words import FilmWords
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

#: Most pictures of a film.
FILM_PICTURES = 120


class FilmOptions(TaskOptions):
    """What can be chosen of a film.

    Attributes:
        form: `gif`, or `messages` for a page that shows them as the live view does.
        colours, words: of the `gif`.
    """

    form: Literal["gif", "messages"] = "gif"
    colours: FilmColours = FilmColours()
    words: FilmWords = FilmWords()


def thinned(epochs: Sequence[int], most: int = FILM_PICTURES) -> list[int]:
    """At most so many of the recorded epochs, with the first and the last.

    >>> thinned(range(10), 4)
    [0, 3, 6, 9]
    """
    if len(epochs) <= most:
        return list(epochs)
    places = np.linspace(0, len(epochs) - 1, most).round().astype(int)
    return [epochs[place] for place in places]


def pictures_of(result: bytes) -> Mapping[int, Part]:
    """The pictures of a film that was asked for as messages, by epoch."""
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        return {int(name): decode(archive.read(name)) for name in archive.namelist()}


def _work(context: Context, options: FilmOptions) -> Generator[Progress, None, bytes]:
    pictures: dict[int, Part] = {}
    for count, epoch in enumerate(context.epochs):
        words = Said("picture {picture} of {pictures}", {"picture": count + 1, "pictures": len(context.epochs)})
        yield Progress(0.8 * count / len(context.epochs), words)
        pictures[epoch] = context.picture(epoch)
    yield Progress(0.8, Said("putting the film together"))
    if options.form == "messages":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for epoch, picture in pictures.items():
                archive.writestr(str(epoch), encode([picture]))
        return buffer.getvalue()
    info, view = context.description()
    from core.tasks.gif import draw_gif  # the server needs no pictures drawn

    return draw_gif(info, view, context.history, list(pictures.values()), options.colours, options.words)


KIND = Kind(options=FilmOptions, work=_work, epochs=thinned)
