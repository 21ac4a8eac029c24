"""The card in which a table's target is chosen, what each column means and is for, and the way to Train."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import WrongValue
from core.experiment.columns import KIND_TITLES, ROLE_TITLES, labels
from core.experiment.dataset import DatasetConfig
from core.experiment.likely_target import likely_target
from core.experiment.preparation import MISSING_TITLES
from core.experiment.scalings import SCALING_TITLES
from core.experiment.table import TableConfig
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import TableSchema
from pages.components.chosen_table import AS_ALL, ShownDataset, brought_schema, shown_dataset
from pages.components.problems import escape_markdown
from pages.components.to_train import train_on
from pages.session import session
from pages.words import _, n_


def columns_card() -> ShownDataset | None:
    """The target, and of every column its kind and role.

    Returns:
        What the controls say; None where something of it is wrong, which is then said.
    """
    schema = brought_schema()
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
                "fill": own.get("missing", AS_ALL),
                "scaling": own.get("scaling", AS_ALL),
            }
        )
    titles = {AS_ALL: _("as for all")}
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
            "column": st.column_config.TextColumn(_("Column"), pinned=True, width=195),
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


def _usual(schema: TableSchema, target: str) -> TableConfig | None:
    try:
        return describe_table(schema, target)
    except WrongValue:
        return None


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
