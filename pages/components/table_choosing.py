"""What is made of a table: the target, what each column means and is for, how it is mended, and the way to Train."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.errors import WrongValue
from core.experiment.classes_held_out import SplitMissesClass
from core.experiment.columns import KIND_TITLES, OF_LEVELS, ROLE_TITLES, labels
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.preparation import (
    MISSING_TITLES,
    PreparationConfig,
)
from core.experiment.scalings import SCALING_TITLES
from core.experiment.table import TableConfig
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import TableSchema, find_schema
from pages.components import settings
from pages.components.address import train_parameters
from pages.components.problems import escape_markdown
from pages.session import session
from pages.words import _, n_, worded

#: Names that a column to be predicted often has.
_OF_TARGETS = re.compile(
    r"(?i)(.*[\s_.-])?(target|label|class|outcome|diagnosis|disease|ill|sick|dead|died|death|status|y|目标|标签|结局|诊断|患病|是否患病)"
)

#: As for all columns.
_AS_ALL = "as_all"


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


def likely_target(schema: TableSchema) -> str:
    """The column that people most probably want to predict: by its name, otherwise the last that can be.

    Its label, to be changed by whoever knows better.
    """
    names = labels(schema.columns)
    possible = [label for label, column in zip(names, schema.columns, strict=True) if _can_be_target(schema, label)]
    if not possible:
        return names[-1]
    named = [label for label in possible if _OF_TARGETS.fullmatch(label)]
    kind_of = {label: column.kind for label, column in zip(names, schema.columns, strict=True)}
    yes_no = [label for label in possible if kind_of[label] == "yes_no"]
    last = possible[-1]
    return (named or ([last] if kind_of[last] in OF_LEVELS else []) or yes_no or [last])[-1]


def _can_be_target(schema: TableSchema, label: str) -> bool:
    try:
        describe_table(schema, label)
    except WrongValue:
        return False
    return True


def columns_card() -> ShownDataset | None:
    """The target, and of every column its kind and role.

    Returns:
        What the controls say; None where something of it is wrong, which is then said.
    """
    schema = _schema()
    if schema is None:
        return None
    names = list(labels(schema.columns))
    if session.values.get("target") not in names:
        session.values["target"] = session.kept.get(f"target_{schema.content}") or likely_target(schema)
    with st.container(border=True, key="card_columns", gap="small"):
        with st.container(horizontal=True, key="target_row", vertical_alignment="center", gap="small"):
            question = _("What is to be predicted?")
            st.markdown(f"**{question}**", width="content")
            st.selectbox(_("Target"), names, key="target", label_visibility="collapsed", width=320)
            session.kept[f"target_{schema.content}"] = session.values["target"]
            dataset, mistakes = shown_dataset()
            _use_button(dataset)
        if mistakes:
            st.error("\n".join(f"- {escape_markdown(each)}" for each in mistakes))
        with st.container(key="column_table"):
            _editor(schema, names, dataset)
    return dataset


def _editor(schema: TableSchema, names: list[str], dataset: ShownDataset | None) -> None:
    """The table of columns."""
    target = session.values["target"]
    table = dataset.config.table if dataset is not None else _usual(schema, target)
    columns = table.columns if table is not None else ()
    chosen = session.column_choices.get(schema.content, {})
    rows = []
    for place, label in enumerate(names):
        own = chosen.get(label, {})
        known = columns[place] if columns else None
        rows.append(
            {
                "column": label,
                "role": "target" if label == target else own.get("role", known.role if known else "input"),
                "kind": own.get("kind", known.kind if known else schema.columns[place].kind),
                "missing": schema.columns[place].missing,
                "distinct": schema.columns[place].distinct,
                "fill": own.get("missing", _AS_ALL),
                "scaling": own.get("scaling", _AS_ALL),
            }
        )
    titles = {_AS_ALL: _("as for all")}
    fills: dict[str, str] = {**titles, **{name: _(title) for name, title in MISSING_TITLES.items()}}
    scalings: dict[str, str] = {**titles, **{name: _(title) for name, title in SCALING_TITLES.items()}}
    roles = {str(name): _(title) for name, title in ROLE_TITLES.items()}
    kinds = {str(name): _(title) for name, title in KIND_TITLES.items()}
    # What was edited stays in the browser for as long as the same table and target are shown.
    key = f"columns_{schema.content}_{names.index(target)}"
    st.data_editor(
        rows,
        key=key,
        hide_index=True,
        num_rows="fixed",
        height=min(38 + 35 * len(rows), 330),
        disabled=["column", "missing", "distinct"],
        column_config={
            "column": st.column_config.TextColumn(_("Column"), pinned=True),
            "role": _choice(_("Role"), roles),
            "kind": _choice(_("Kind"), kinds),
            "missing": st.column_config.NumberColumn(_("Missing")),
            "distinct": st.column_config.NumberColumn(_("Different values")),
            "fill": _choice(_("Where missing"), fills),
            "scaling": _choice(_("Scaling"), scalings),
        },
        on_change=_take_edits,
        args=(schema.content, key, names),
    )


def _choice(title: str, words: dict[str, str]) -> Any:
    """A column in which one of several values is chosen."""
    options: list[Any] = list(words)
    return st.column_config.SelectboxColumn(
        title, options=options, format_func=lambda name: words[str(name)], required=True
    )


def _take_edits(content: str, key: str, names: list[str]) -> None:
    """Keep what was edited, column by column."""
    edited = session.values[key]["edited_rows"]
    chosen = session.column_choices.setdefault(content, {})
    for place, changes in edited.items():
        label = names[int(place)]
        own = chosen.setdefault(label, {})
        for setting, value in changes.items():
            if setting == "role" and value == "target":
                session.values["target"] = label
                own.pop("role", None)
            else:
                own["missing" if setting == "fill" else setting] = value


def _schema() -> TableSchema | None:
    return find_schema(session.brought["content"]) if session.brought is not None else None


def _usual(schema: TableSchema, target: str) -> TableConfig | None:
    try:
        return describe_table(schema, target)
    except WrongValue:
        return None


def shown_dataset() -> tuple[ShownDataset | None, list[str]]:
    """The data set that the controls say, or what is wrong with it in sentences."""
    schema = _schema()
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
        special = {name: own[name] for name in ("missing", "scaling") if own.get(name, _AS_ALL) != _AS_ALL}
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


def _use_button(dataset: ShownDataset | None) -> None:
    """What comes of it, and the way to the Train page."""
    if dataset is not None:
        st.markdown(_summary(dataset.config), width="content")
    st.button(
        _("Train on it"),
        key="use_table",
        type="primary",
        icon=":material/play_arrow:",
        disabled=dataset is None,
        on_click=_use,
    )


def _summary(config: DatasetConfig) -> str:
    inputs = n_("{n:,} input", "{n:,} inputs", len(config.feature_names))
    rows = n_("{n:,} row", "{n:,} rows", config.rows)
    what = (
        n_("{n:,} class", "{n:,} classes", config.n_classes)
        if config.n_classes
        else _("a number, {name}", name=escape_markdown(config.info.target_name))
    )
    return f"{rows} × {inputs} → {what}"


def _use() -> None:
    dataset, _mistakes = shown_dataset()
    if dataset is not None:
        train_on(dataset.config)


def train_on(dataset: DatasetConfig) -> None:
    """Go to the Train page with a data set."""
    settings.put_dataset(dataset)
    session.run = None
    settings.keep()
    session.config = settings.get()[0] or session.config
    st.switch_page("pages/train.py", query_params=train_parameters())
