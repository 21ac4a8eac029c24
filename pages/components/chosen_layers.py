"""The hidden layers that the controls choose, kept under keys with each layer's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.experiment.config import MAX_LAYERS
from core.experiment.layers import LAYERS, HiddenLayer, LayerSpec, kind_of
from pages.components.chosen_data import info_of
from pages.session import session


def spec_of(index: int) -> LayerSpec:
    """The kind of a hidden layer."""
    return LAYERS[session.values[f"kind_{index}"]]


def layer_values(index: int) -> dict[str, Any]:
    """What the controls of a hidden layer say, by field, unchecked."""
    fields = [control.field for control in spec_of(index).controls]
    return {field: session.values[f"{field}_{index}"] for field in fields}


def put_layer(index: int, layer: HiddenLayer) -> None:
    """Choose another hidden layer in the place of one, or behind the last."""
    session.values[f"kind_{index}"] = kind_of(layer)
    for control in spec_of(index).controls:
        session.values[f"{control.field}_{index}"] = getattr(layer, control.field)


def put_layers(layers: Sequence[HiddenLayer]) -> None:
    """Choose other hidden layers."""
    for index, layer in enumerate(layers):
        put_layer(index, layer)
    session.layers = len(layers)


def add_layer() -> None:
    """Add a hidden layer like the last one."""
    count = session.layers
    if count < MAX_LAYERS:
        last = spec_of(count - 1) if count else None
        put_layer(count, last.config(**layer_values(count - 1)) if last else next(iter(LAYERS.values())).example)
        session.layers = count + 1


def remove_layer() -> None:
    """Remove the last hidden layer."""
    session.layers = max(0, session.layers - 1)


def kinds_for(index: int) -> list[str]:
    """What a hidden layer may be: with a picture also what takes one; and what it is."""
    offers_all = _has_picture()
    return [
        name
        for name, spec in LAYERS.items()
        if offers_all or not spec.config.takes_pictures or name == spec_of(index).name
    ]


def leave_out_picture_layers() -> None:
    """After other data were chosen: the layers that need a picture go, where there is none."""
    if _has_picture():
        return
    layers = [spec_of(index).config(**layer_values(index)) for index in range(session.layers)]
    kept = [layer for layer in layers if not layer.takes_pictures]
    if len(kept) < len(layers):
        put_layers(kept or [next(iter(LAYERS.values())).example])


def _has_picture() -> bool:
    """Whether the network gets one; of several kinds of data, those that are switched on count."""
    used = session.values.get("blocks") or ()
    blocks = info_of().blocks
    return any(block.is_picture for block in blocks if len(blocks) < 2 or block.name in used)
