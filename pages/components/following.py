"""What follows from a choice: of another data set, of other inputs, of another kind of layer. Controls call it."""

from __future__ import annotations

from core.experiment.dataset import DatasetConfig
from pages.components.chosen_data import (
    begin_drawing,
    default_blocks,
    default_features,
    end_drawing,
    features_of,
    info_of,
)
from pages.components.chosen_layers import leave_out_picture_layers, put_layer, spec_of
from pages.components.settings import AUTO, chose_nothing
from pages.session import session


def put_dataset(dataset: DatasetConfig) -> None:
    """Choose a data set of the Data page, with how it is prepared, split and broken."""
    session.table = dataset.table or session.table
    session.preparation, session.split, session.faults = dataset.preparation, dataset.split, dataset.faults
    session.values.update(
        dataset=dataset.name,
        features=list(dataset.features or ()),
        scaling=dataset.scaling,
        test_fraction=dataset.test_fraction,
    )
    session.blocks = default_blocks(info_of())
    leave_out_picture_layers()
    session.loss, session.output_activation = AUTO, AUTO
    end_drawing()


def follow_dataset() -> None:
    """After another data set was chosen: what cannot stay goes back to what follows from the task."""
    if chose_nothing("dataset"):
        return
    session.preparation, session.split, session.faults = None, None, None
    session.features = default_features(info_of())
    session.blocks = default_blocks(info_of())
    session.loss = AUTO
    session.output_activation = AUTO
    info = info_of()
    if info.classes is not None:
        session.classes = info.classes[2]
    leave_out_picture_layers()
    if info.is_drawn:
        begin_drawing()


def sort_features() -> None:
    """After an input was switched on or off: the page's order, and never none at all."""
    info = info_of()
    chosen = [name for name in features_of(info) if name in session.features]
    session.features = chosen or default_features(info)


def follow_blocks() -> None:
    """After a kind of data was switched on or off: the set's order, never none, and no layers for what is not there."""
    info = info_of()
    chosen = [name for name in default_blocks(info) if name in session.blocks]
    session.blocks = chosen or default_blocks(info)
    leave_out_picture_layers()


def follow_kind(index: int) -> None:
    """After another kind was chosen for a hidden layer: its settings are as that kind begins."""
    if not chose_nothing(f"kind_{index}"):
        put_layer(index, spec_of(index).example)
