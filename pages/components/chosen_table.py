"""The data set that the Data page's controls make of the table that was brought: target, roles, kinds, mending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from core.errors import WrongValue
from core.experiment.classes_held_out import SplitMissesClass
from core.experiment.columns import labels
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.preparation import PreparationConfig
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import TableSchema, find_schema
from pages.session import session
from pages.words import _, worded

#: As for all columns.
AS_ALL = "as_all"


@dataclass(frozen=True)
class ShownDataset:
    """What the controls of the page say.

    Attributes:
        target_place: of the target among the columns.
        kinds: of the columns that were corrected, by their place.
    """

    config: DatasetConfig
    target_place: int
    kinds: Mapping[int, str] = field(default_factory=dict)


def brought_schema() -> TableSchema | None:
    """What is known of the table on the page; None where there is none, or it is not kept any more."""
    return find_schema(session.brought["content"]) if session.brought is not None else None


def shown_dataset() -> tuple[ShownDataset | None, list[str]]:
    """The data set that the controls say, or what is wrong with it in sentences."""
    schema = brought_schema()
    if schema is None:
        return None, [_("This table is not kept any more. Bring it again.")]
    names = labels(schema.columns)
    target = session.values.get("target")
    if target not in names:
        return None, []
    data: dict[str, Any] = {"name": schema.content, "target": target, **_roles(schema, target)}
    data |= {"preparation": _preparation(schema, data), "split": session.split}
    data["scaling"] = session.kept.get("scaling", "standard")
    data["test_fraction"] = round(session.kept.get("test_fraction", 0.2), 6)
    try:
        config = validated(data)
    except ValidationError as error:
        return None, [worded(problem) for _field, problem in problems_of(error)]
    kinds = {names.index(label): kind for label, kind in data.get("kinds", {}).items()}
    return ShownDataset(config, names.index(target), kinds), []


def validated(data: dict[str, Any]) -> DatasetConfig:
    """The data set; of a small table as many rows are held out as leave each class some on both sides.

    Raises:
        ValidationError: it is none.
    """
    try:
        return DatasetConfig.model_validate(data)
    except ValidationError as error:
        cause = error.errors(include_url=False)[0].get("ctx", {}).get("error")
        if not isinstance(cause, SplitMissesClass) or cause.nearest is None or cause.share != "test_fraction":
            raise
        return DatasetConfig.model_validate({**data, "test_fraction": cause.nearest})


def _roles(schema: TableSchema, target: str) -> dict[str, Any]:
    """What was chosen for single columns, as a configuration says it."""
    names = labels(schema.columns)
    chosen = session.column_choices.get(schema.content, {})
    kinds = {
        label: own["kind"]
        for label, column in zip(names, schema.columns, strict=True)
        if (own := chosen.get(label, {})).get("kind", column.kind) != column.kind
    }
    role_of = {label: own["role"] for label, own in chosen.items() if "role" in own and label != target}
    given: dict[str, Any] = {"kinds": kinds} if kinds else {}
    for label, role in role_of.items():
        if role in {"group", "time"}:
            given[role] = label  # the one that was chosen last
    if not role_of:
        return given
    try:
        usual = describe_table(schema, target, kinds=kinds)
        usual_role = {label: column.role for label, column in zip(names, usual.columns, strict=True)}
    except WrongValue:
        usual_role = {}
    given["inputs"] = [
        label for label in names if label != target and role_of.get(label, usual_role.get(label, "input")) == "input"
    ]
    return given


def _preparation(schema: TableSchema, data: Mapping[str, Any]) -> PreparationConfig | None:
    """How the table is mended; None as usual. What was chosen for a column counts while it is an input.

    Args:
        data: target, roles and kinds, as a configuration says them.
    """
    inputs = _inputs(schema, data)
    kept = session.kept
    names = ("missing", "indicator", "outliers", "encoding", "rare", "balance")
    common = {name: kept[f"mend_{name}"] for name in names if f"mend_{name}" in kept}
    columns = []
    for label, own in session.column_choices.get(schema.content, {}).items():
        special = {name: own[name] for name in ("missing", "scaling") if own.get(name, AS_ALL) != AS_ALL}
        if special and label in inputs:
            columns.append({"column": label, **special})
    preparation = PreparationConfig.model_validate({**common, "columns": columns})
    return None if preparation == PreparationConfig() else preparation


def _inputs(schema: TableSchema, data: Mapping[str, Any]) -> set[str]:
    """The columns that are inputs; none where something is wrong with the roles, which is then said."""
    asked = {name: data[name] for name in ("target", "inputs", "group", "time", "kinds") if name in data}
    try:
        table = describe_table(schema, **asked)
    except WrongValue:
        return set()
    return {label for label, column in zip(labels(table.columns), table.columns, strict=True) if column.role == "input"}
