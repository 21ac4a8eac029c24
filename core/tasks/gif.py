"""The film as a GIF: the map with its points on the left, the loss on the right.

Drawn from the same pictures that the live view shows, in the colours of its light theme.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.protocol.wire import Part

#: Milliseconds of each picture, and of the last.
_EACH, _LAST = 90, 2500

_MAP = 400
_SIZE = (760, 440)
_PLOT = (456, 70, 740, 380)  # left, top, right, bottom
_INK, _SOFT, _LINE, _CARD = (29, 39, 51), (93, 105, 117), (230, 232, 234), (255, 255, 255)
_CLASSES = tuple(
    (int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16))
    for colour in ["0877bd", "e8890c", "2a9d6f", "b8478f", "6a51c8", "c9a800", "3ea8c4", "a3402c", "6b7682", "7d8f1e"]
)
_CORNERS = (0, 3, 4, 6, 5)
_SEQUENCE = ((253, 248, 221), (197, 229, 189), (114, 195, 189), (47, 143, 192), (35, 80, 155))


def draw_gif(info: dict[str, Any], view: Part, history: np.ndarray, pictures: Sequence[Part]) -> bytes:
    """Draw the film.

    Args:
        info: what the live view is told of the run: title, class names, scales.
        view: the plane with its points.
        history: (epochs, logs) float32: loss, metric, test loss, test metric.
        pictures: one for each epoch shown, in order.
    """
    fonts = ImageFont.load_default(15), ImageFont.load_default(22)
    points = _draw_points(info, view)
    frames = [_draw(info, points, history, picture, fonts) for picture in pictures]
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


def _draw(info: dict[str, Any], points: Image.Image, history: np.ndarray, picture: Part, fonts: Any) -> Image.Image:
    epoch = int(picture.header["frame"]["epoch"])
    image = Image.new("RGB", _SIZE, _CARD)
    image.paste(_paint_map(picture), (20, 20))
    image.paste(points, (20, 20), points)
    pen = ImageDraw.Draw(image)
    small, large = fonts
    pen.text((456, 18), f"epoch {epoch:,}", _INK, large)
    pen.text((740, 24), info["title"], _SOFT, small, anchor="ra")
    _draw_curves(pen, info, history, epoch, small)
    return image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _paint_map(picture: Part) -> Image.Image:
    """As the live view does: the class's colour, the stronger the surer; or the value on a ramp."""
    blocks = picture.blocks
    if "map_value" in blocks:
        steps = np.linspace(0, 255, len(_SEQUENCE))
        values = blocks["map_value"].astype(float)
        colours = np.stack([np.interp(values, steps, [stop[i] for stop in _SEQUENCE]) for i in range(3)], axis=-1)
    else:
        share = (0.07 + 0.51 * blocks["map_confidence"] / 255.0)[..., None]
        ink = np.asarray(_CLASSES, dtype=float)[blocks["map_class"] % len(_CLASSES)]
        colours = (1 - share) * 255.0 + share * ink
    upright = np.round(colours[::-1]).astype(np.uint8)
    return Image.fromarray(upright, "RGB").resize((_MAP, _MAP), Image.Resampling.BICUBIC)


def _draw_points(info: dict[str, Any], view: Part) -> Image.Image:
    """All points on a clear ground, test points ringed; the same in every picture."""
    image = Image.new("RGBA", (_MAP, _MAP), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    plane, blocks = view.header["view"], view.blocks
    (left, right), (low, high) = plane["x_range"], plane["y_range"]
    across = (blocks["points_x"] - left) / (right - left) * _MAP
    down = (1 - (blocks["points_y"] - low) / (high - low)) * _MAP
    target = blocks["points_target"]
    if info["task"] == "regression":
        span = float(np.ptp(target)) or 1.0
        steps = np.round((target - target.min()) / span * (len(_SEQUENCE) - 1)).astype(int)
        colours = [_SEQUENCE[step] for step in steps]
    else:
        colours = [_CLASSES[int(value) % len(_CLASSES)] for value in target]
    radius = 2.2 if len(target) > 600 else 3.4
    for test in (0, 1):
        for place in np.flatnonzero(blocks["points_test"] == test):
            x, y, size = float(across[place]), float(down[place]), radius + 0.8 * test
            ink, ring = (*colours[place], 255), (*(_INK if test else _CARD), 255)
            corners = _CORNERS[int(target[place]) % len(_CORNERS)] if info["task"] == "classification" else 0
            if corners:  # a shape for each class, so that colour is never alone
                pen.regular_polygon((x, y, size * 1.35), corners, rotation=0, fill=ink, outline=ring)
            else:
                pen.ellipse((x - size, y - size, x + size, y + size), ink, ring)
    return image


def _draw_curves(pen: ImageDraw.ImageDraw, info: dict[str, Any], history: np.ndarray, epoch: int, font: Any) -> None:
    left, top, right, bottom = _PLOT
    scale = float(info["scales"]["loss"])
    loss = np.asarray(history[:, [0, 2]] if len(history) else np.empty((0, 2)), dtype=float) * scale
    high = float(np.nanmax(np.where(np.isfinite(loss), loss, np.nan), initial=0.0)) or 1.0
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        pen.line((left, y, right, y), _LINE)
        pen.text((left - 8, y), f"{share * high:.3g}", _SOFT, font, anchor="rm")
    last = max(1, len(loss))
    for column, colour, name, place in ((0, _CLASSES[0], "training", left), (1, _CLASSES[1], "test", left + 145)):
        value = f"{loss[epoch - 1, column]:.3f}" if 0 < epoch <= len(loss) else "–"
        pen.line((place, bottom + 34, place + 18, bottom + 34), colour, 3)
        pen.text((place + 24, bottom + 34), f"{name} {value}", _INK, font, anchor="lm")
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
    pen.text((left, top - 8), info.get("loss_name", "loss"), _SOFT, font, anchor="ls")
