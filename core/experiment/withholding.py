"""An experiment on a table as somebody may know it who may not see the table's rows.

Names, kinds and roles of columns and how many rows there are belong to the experiment. What stands in the cells does
not: levels and classes are numbered, and the name of the file is left out.
"""

from __future__ import annotations

from typing import Any

from core.experiment.columns import ColumnConfig
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.table import TableConfig
from core.words import N_

PRIVATE, DELETED = N_("private table"), N_("deleted table")

#: What a table is called whose rows are gone: no table has this content.
GONE = f"csv-{'0' * 32}"

#: Settings that say nothing of cells. Whatever is not named here goes back to its default.
_KEPT = frozenset({"name", "test_fraction", "validation_fraction", "scaling", "features", "preparation", "split"})


def without_contents(config: ExperimentConfig, *, is_deleted: bool = False) -> ExperimentConfig:
    """The same experiment without anything that stands in a cell; one without a table as it is.

    Args:
        is_deleted: the rows are gone: nothing refers to them any more, not even their hash.
    """
    table, dataset = config.dataset.table, config.dataset
    if table is None:
        return config
    is_deleted = is_deleted or table.content == GONE
    fields = DatasetConfig.model_fields
    update: dict[str, Any] = {
        name: field.get_default(call_default_factory=True) for name, field in fields.items() if name not in _KEPT
    }
    update["table"] = _emptied(table, is_deleted)
    update["name"] = update["table"].content
    return config.model_copy(update={"dataset": dataset.model_copy(update=update)})


def _emptied(table: TableConfig, is_deleted: bool) -> TableConfig:
    update: dict[str, Any] = {
        "title": DELETED if is_deleted else PRIVATE,
        "columns": tuple(map(_numbered, table.columns)),
    }
    if is_deleted:
        update["content"] = GONE
    return table.model_copy(update=update)


def _numbered(column: ColumnConfig) -> ColumnConfig:
    levels = tuple(f"#{place}" for place in range(1, len(column.categories) + 1))
    return column.model_copy(update={"categories": levels})
