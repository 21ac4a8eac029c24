"""The film as a GIF: the map with its points on the left, the loss on the right.

Drawn from the same pictures that the live view shows, in colours and words that are handed in.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from core.protocol.wire import Part
from core.tasks.film_colours import FilmColours
from core.tasks.film_words import FilmWords
from core.tasks.lettering import Lettering
from core.words import Said

#: Milliseconds of each picture, and of the last.
_EACH, _LAST = 90, 2500

_MAP = 400
_SIZE = (760, 440)
_PLOT = (456, 70, 740, 380)  # left, top, right, bottom
_CORNERS = (0, 3, 4, 6, 5)


def draw_gif(
    info: dict[str, Any],
    view: Part,
    history: np.ndarray,
    pictures: Sequence[Part],
    colours: FilmColours,
    words: FilmWords | None = None,
) -> bytes:
    """Draw the film.

    Args:
        info: what the live view is told of the run: title, class names, scales.
        view: the plane with its points.
        history: (epochs, logs) float32: loss, metric, test loss, test metric.
        pictures: one for each epoch shown, in order.
        colours: what everything is painted with.
        words: what is written; English where nothing is said.
    """
    words = words or FilmWords()
    letters = Lettering(15), Lettering(22)
    points = _draw_points(info, view, colours)
    frames = [_draw(info, points, history, picture, letters, colours, words) for picture in pictures]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[_EACH] * (len(frames) - 1) + [_LAST],
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()


def _draw(
    info: dict[str, Any],
    points: Image.Image,
    history: np.ndarray,
    picture: Part,
    letters: tuple[Lettering, Lettering],
    colours: FilmColours,
    words: FilmWords,
) -> Image.Image:
    epoch = int(picture.header["frame"]["epoch"])
    image = Image.new("RGB", _SIZE, colours.card)
    image.paste(_paint_map(picture, colours), (20, 20))
    image.paste(points, (20, 20), points)
    pen = ImageDraw.Draw(image)
    small, large = letters
    large.write(pen, (456, 18), words.epoch.format(epoch=epoch), colours.ink)
    small.write(pen, (740, 24), words.title or str(Said.from_json(info["title"])), colours.soft, "ra")
    _draw_curves(pen, info, history, epoch, small, colours, words)
    if small.lacks or large.lacks:
        small.write(pen, (740, _SIZE[1] - 4), words.lacking, colours.soft, "rs")
    return image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _paint_map(picture: Part, colours: FilmColours) -> Image.Image:
    """As the live view does: the class's colour, the stronger the surer; or the value on a ramp."""
    blocks = picture.blocks
    if "map_value" in blocks:
        steps = np.linspace(0, 255, len(colours.sequence))
        values = blocks["map_value"].astype(float)
        pixels = np.stack([np.interp(values, steps, [stop[i] for stop in colours.sequence]) for i in range(3)], axis=-1)
    else:
        share = (0.07 + 0.51 * blocks["map_confidence"] / 255.0)[..., None]
        ink = np.asarray(colours.classes, dtype=float)[blocks["map_class"] % len(colours.classes)]
        pixels = (1 - share) * np.asarray(colours.card, dtype=float) + share * ink
    upright = np.round(pixels[::-1]).astype(np.uint8)
    return Image.fromarray(upright, "RGB").resize((_MAP, _MAP), Image.Resampling.BICUBIC)


def _draw_points(info: dict[str, Any], view: Part, colours: FilmColours) -> Image.Image:
    """All points on a clear ground, test points ringed, validation points with a dot; the same in every picture."""
    image = Image.new("RGBA", (_MAP, _MAP), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    plane, blocks = view.header["view"], view.blocks
    (left, right), (low, high) = plane["x_range"], plane["y_range"]
    across = (blocks["points_x"] - left) / (right - left) * _MAP
    down = (1 - (blocks["points_y"] - low) / (high - low)) * _MAP
    target = blocks["points_target"]
    if info["task"] == "regression":
        span = float(np.ptp(target)) or 1.0
        steps = np.round((target - target.min()) / span * (len(colours.sequence) - 1)).astype(int)
        inks = [colours.sequence[step] for step in steps]
    else:
        inks = [colours.classes[int(value) % len(colours.classes)] for value in target]
    radius = 2.2 if len(target) > 600 else 3.4
    for kind in (0, 2, 1):
        test = kind == 1
        for place in np.flatnonzero(blocks["points_test"] == kind):
            x, y, size = float(across[place]), float(down[place]), radius + 0.8 * (kind > 0)
            ink, ring = (*inks[place], 255), (*(colours.ink if test else colours.card), 255)
            corners = _CORNERS[int(target[place]) % len(_CORNERS)] if info["task"] == "classification" else 0
            if corners:  # a shape for each class, so that colour is never alone
                pen.regular_polygon((x, y, size * 1.35), corners, rotation=0, fill=ink, outline=ring)
            else:
                pen.ellipse((x - size, y - size, x + size, y + size), ink, ring)
            if kind == 2:
                pen.ellipse((x - 1.2, y - 1.2, x + 1.2, y + 1.2), colours.ink)
    return image


def _draw_curves(
    pen: ImageDraw.ImageDraw,
    info: dict[str, Any],
    history: np.ndarray,
    epoch: int,
    letters: Lettering,
    colours: FilmColours,
    words: FilmWords,
) -> None:
    left, top, right, bottom = _PLOT
    scale = float(info["scales"]["loss"])
    training, test = (0, colours.classes[0], words.training), (2, colours.classes[1], words.test)
    lines = [training, test]
    if info.get("validation_rows"):
        lines = [training, (2, colours.classes[2], words.validation), (4, *test[1:])]
    columns = [column for column, _, _ in lines]
    loss = np.asarray(history[:, columns] if len(history) else np.empty((0, len(lines))), dtype=float) * scale
    high = float(np.nanmax(np.where(np.isfinite(loss), loss, np.nan), initial=0.0)) or 1.0
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        pen.line((left, y, right, y), colours.line)
        letters.write(pen, (left - 8, y), f"{share * high:.3g}", colours.soft, "rm")
    last = max(1, len(loss))
    for column, (_, colour, name) in enumerate(lines):
        row, place = divmod(column, 2)  # two names stand beside each other
        place, down = left + 145 * place, bottom + (34 if len(lines) == 2 else 22 + 22 * row)
        value = f"{loss[epoch - 1, column]:.3f}" if 0 < epoch <= len(loss) else "–"
        pen.line((place, down, place + 18, down), colour, 3)
        letters.write(pen, (place + 24, down), f"{name} {value}", colours.ink, "lm")
        shown = range(1, min(epoch, len(loss)) + 1)
        line = [
            (
                left + (each - 1) / max(1, last - 1) * (right - left),
                bottom - loss[each - 1, column] / high * (bottom - top),
            )
            for each in shown
            if np.isfinite(loss[each - 1, column])
        ]
        if len(line) > 1:
            pen.line(line, colour, 2)
    name = words.loss or str(Said.from_json(info.get("loss_name", "loss")))
    letters.write(pen, (left, top - 8), name, colours.soft, "ls")
