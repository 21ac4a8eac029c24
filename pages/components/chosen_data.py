"""The data set that the controls choose, and what of it can be chosen: columns, kinds of data, points drawn by hand."""

from __future__ import annotations

from core.exchange.link import MAX_LENGTH
from core.experiment.catalogue import CATALOG, DatasetInfo, describe
from core.experiment.drawing import Drawing
from core.experiment.inputs import ENGINEERED_INPUTS
from pages.session import session


def datasets() -> tuple[str, ...]:
    """What can be chosen: every entry of the catalogue, and the table that was brought last."""
    return (*CATALOG, session.table.content) if session.table else tuple(CATALOG)


def info_of(name: str | None = None) -> DatasetInfo:
    """What is known of a data set, of the chosen one where none is named."""
    name = session.dataset if name is None else name
    table = session.table
    return describe(name, table if table is not None and table.content == name else None)


def features_of(info: DatasetInfo) -> dict[str, str]:
    """The inputs that can be chosen, by name, and as the page writes them."""
    if info.is_planar:
        return {name: spec.title for name, spec in ENGINEERED_INPUTS.items()}
    return {name: name for name in info.feature_names}


def default_features(info: DatasetInfo) -> list[str]:
    """What is chosen where nothing was: both coordinates; of columns none, which stands for all."""
    return list(info.feature_names) if info.is_planar else []


def default_blocks(info: DatasetInfo) -> list[str]:
    """All kinds of data, where a data set has several."""
    return [block.name for block in info.blocks] if len(info.blocks) > 1 else []


def n_classes() -> int:
    """Number of classes of the chosen data set; 0 for regression."""
    info = info_of()
    if info.is_drawn:
        try:
            return Drawing.read(session.points).n_classes
        except ValueError:  # not complete yet
            return 2
    return int(session.classes) if info.classes else len(info.class_names or ())


def put_points(text: str) -> None:
    """Another drawing, as text; perhaps of too few points for a data set."""
    session.points = text[:MAX_LENGTH]


def is_drawing() -> bool:
    """Whether the drawing surface is open."""
    return bool(info_of().is_drawn and session.is_drawing)


def begin_drawing() -> None:
    """Choose the data set that is drawn by hand, and open its surface."""
    session.dataset = "drawn"
    session.is_drawing = True


def end_drawing() -> None:
    """Close the surface: the map shows again."""
    session.is_drawing = False
