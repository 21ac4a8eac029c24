"""The data-quality lab: what held-out rows promise beside what others deliver, once rows are broken on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.engine.service import get_engine
from core.errors import CannotTrain, DescentError
from core.experiment.columns import ColumnConfig, labels
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.faults import FaultsConfig
from core.faults import FAULTS
from core.tasks.lab_experiment import EPOCHS, HIDDEN_UNITS, lab_experiment
from core.tasks.quality_lab import SEEDS
from pages.components.fault_controls import chosen_faults, fault_controls
from pages.components.mount import mounted
from pages.components.problems import escape_markdown
from pages.components.to_train import train_on
from pages.server.identity import browser_id
from pages.session import session
from pages.words import _, worded

#: Columns whose values are shown of a suspected row.
_MOST_COLUMNS = 40

_component = mounted("lab", folder="lab")


def lab_card(dataset: DatasetConfig | None) -> None:
    """The lab, on a data set of the page or on the clinic.

    Args:
        dataset: what the page shows; None for none, and then only the clinic is offered.
    """
    title, aim = _("Break it: the data-quality lab"), _("on purpose, to see what it does to a network")
    with st.container(border=True, key="card_lab", gap="small"):
        with st.container(horizontal=True, key="lab_head", vertical_alignment="center", gap="small"):
            st.markdown(f"**{title}**", width="content")
            st.markdown(f":gray[{aim}]", width="content")
            _stage_buttons(dataset)
        chosen = DatasetConfig(name="clinic") if session.kept.get("lab_clinic") else dataset
        if chosen is None:
            st.caption(_("Begin with the clinic, whose causes are known, or bring a table of your own above."))
            return
        try:
            config = lab_experiment(chosen)
        except CannotTrain as error:
            st.caption(escape_markdown(worded(error.said)))
            return
        st.caption(
            _("800 patients of a made-up clinic to learn from, and 2,000 others whom nothing touches.")
            if chosen.name == "clinic"
            else _("A third of the rows is held back before anything is broken.")
        )
        _lab(config)


def _stage_buttons(dataset: DatasetConfig | None) -> None:
    """On which rows: the clinic, or those of the page."""
    is_clinic = bool(session.kept.get("lab_clinic"))
    st.button(
        _("Clinic"),
        key="lab_clinic",
        icon=":material/check:" if is_clinic else None,
        help=_("800 patients of a made-up clinic, and 2,000 others whom nothing touches."),
        on_click=_choose_stage,
        args=(True,),
    )
    if dataset is not None:
        st.button(
            _("This table"),
            key="lab_table",
            icon=None if is_clinic else ":material/check:",
            on_click=_choose_stage,
            args=(False,),
        )


def _choose_stage(is_clinic: bool) -> None:
    session.kept["lab_clinic"] = is_clinic
    session.lab_tasks = {}


def _lab(config: ExperimentConfig) -> None:
    columns = lab_columns(config.dataset)
    faults, mistakes = fault_controls(columns, with_scenarios=config.dataset.name == "clinic")
    if mistakes:
        st.error("\n".join(f"- {escape_markdown(each)}" for each in mistakes))
    is_ready = faults is not None and bool(faults.parts)
    with st.container(horizontal=True, key="lab_actions", vertical_alignment="bottom", gap="small"):
        st.button(
            _("Run it"),
            key="run_lab",
            type="primary",
            icon=":material/science:",
            disabled=not is_ready,
            on_click=_begin,
            args=("quality_lab", config, columns),
        )
        st.button(
            _("Look for wrong labels"),
            key="run_suspects",
            icon=":material/search:",
            on_click=_begin,
            args=("suspects", config, columns),
        )
        st.button(
            _("Train on the broken data"),
            key="train_broken",
            icon=":material/play_arrow:",
            disabled=faults is None or not faults.breaks_source,
            on_click=_train_broken,
            args=(config.dataset, columns),
        )
        _seeds()
        layers = "-".join(str(units) for units in HIDDEN_UNITS)
        st.caption(
            _("Each seed trains a network of {layers} units for {epochs} epochs, twice.", layers=layers, epochs=EPOCHS)
            if is_ready
            else _("Switch a fault on, or choose a known one.")
        )
    if session.lab_mistake is not None:
        st.error(escape_markdown(worded(session.lab_mistake)))
    for kind in ("quality_lab", "suspects"):
        if kind in session.lab_tasks:
            _component(key=f"lab_{kind}", data=_told(kind, session.lab_tasks[kind], config.dataset, columns))


def _train_broken(dataset: DatasetConfig, columns: Sequence[ColumnConfig]) -> None:
    """Take the faults to the Train page: the network learns from broken rows, and the curves look as they then look."""
    faults = chosen_faults(columns)[0]
    if faults is not None:
        train_on(dataset.model_copy(update={"faults": faults}))


def _seeds() -> None:
    if "lab_seeds" not in session.values:
        session.values["lab_seeds"] = session.kept.get("lab_seeds", SEEDS)
    st.slider(_("Seeds"), 2, 20, key="lab_seeds", width=150, on_change=_keep_seeds)


def _keep_seeds() -> None:
    session.kept["lab_seeds"] = session.values["lab_seeds"]


def lab_columns(dataset: DatasetConfig) -> tuple[ColumnConfig, ...]:
    """What the faults may break: the inputs of a table, or those of a set whose columns are all numbers."""
    info = dataset.info
    return info.columns or tuple(ColumnConfig(name=name, kind="number") for name in info.feature_names)


def _begin(kind: str, config: ExperimentConfig, columns: Sequence[ColumnConfig]) -> None:
    """Ask for a task. What was asked for before and is kept comes at once."""
    faults = chosen_faults(columns)[0] or FaultsConfig()
    options: dict[str, Any] = {"faults": faults.model_dump(mode="json")}
    if kind == "quality_lab":
        options["seeds"] = session.values["lab_seeds"]
    session.lab_mistake = None
    try:
        task = get_engine().begin_task_for(config, kind, options, owner=browser_id())
    except DescentError as error:
        session.lab_mistake = error.said
        return
    session.lab_tasks = {**session.lab_tasks, kind: task.id}


def _told(kind: str, task: str, dataset: DatasetConfig, columns: Sequence[ColumnConfig]) -> dict[str, Any]:
    """What the component is given. Names go in as they stand in registries and tables: the browser words them."""
    told: dict[str, Any] = {"kind": kind, "task": task, "address": "/descent/lab"}
    if kind == "quality_lab":
        words = {
            name: {"title": fault.title, "happened": fault.happened, "noticed": fault.noticed}
            for name, fault in FAULTS.items()
        }
        return told | {"faults": words}
    levels = {
        label: list(column.categories)
        for label, column in zip(labels(columns), columns, strict=True)
        if column.kind in {"category", "ordered", "yes_no"} and column.categories
    }
    return told | {"classes": list(dataset.info.class_names or ()), "levels": levels, "most_columns": _MOST_COLUMNS}
