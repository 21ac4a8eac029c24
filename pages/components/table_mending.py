"""How a table is mended: missing values, outliers, categories, scales, rare classes, and what comes of it."""

from __future__ import annotations

import html
from contextlib import suppress
from typing import Any

import streamlit as st

from core.engine.service import get_engine
from core.errors import DescentError
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import SPLIT_TITLES, DatasetConfig
from core.experiment.preparation import (
    BALANCE_TITLES,
    ENCODING_TITLES,
    MISSING_TITLES,
    OUTLIER_TITLES,
    PreparedColumn,
)
from core.experiment.scalings import SCALING_TITLES
from pages.components.mount import mounted
from pages.components.problems import escape_markdown
from pages.server.identity import browser_id
from pages.session import session
from pages.words import _, worded

#: As follows from the columns' roles.
_AS_USUAL = "usual"

#: Columns of which it is shown what becomes of them.
_MOST_COLUMNS = 200

_component = mounted("before_after", folder="lab")


def mend_card(dataset: DatasetConfig | None) -> None:
    """What is done about missing values, outliers, categories, scales and rare classes."""
    with st.container(border=True, key="card_mend", gap="small"):
        title, promise = _("Mend it"), _("fitted on training rows only")
        st.markdown(f"**{title}** :gray[{promise}]")
        with st.container(horizontal=True, key="mend_row", vertical_alignment="bottom", gap="small"):
            _chosen("missing", _("Missing values"), MISSING_TITLES, "median")
            _toggled("indicator", _("Mark where a value was missing"), True)
            _chosen("outliers", _("Values that are far out"), OUTLIER_TITLES, "keep")
            _chosen("encoding", _("Categories"), ENCODING_TITLES, "one_hot")
            _chosen("scaling", _("Scaling"), SCALING_TITLES, "standard")
            _chosen("balance", _("Rare classes"), BALANCE_TITLES, "none")
            _rare()
            splits = {
                _AS_USUAL: _("as the roles ask for"),
                **{str(name): _(title) for name, title in SPLIT_TITLES.items()},
            }
            _keep_value("split", session.split or _AS_USUAL)
            st.selectbox(
                _("Rows held out"),
                list(splits),
                key="mend_split",
                format_func=lambda name: splits[name],
                on_change=_take_split,
                width=210,
            )
        if session.kept.get("mend_balance", "none") != "none":
            st.caption(
                _(
                    "Balancing does not rank better, and claims too much. With one in ten ill (the clinic, ten seeds): "
                    "area under the ROC curve .81 as it is, .81 with class weights, .78 repeating rows, .83 dropping "
                    "rows, ± .03; mean predicted risk .09, and then .18, .12 and .29; Brier score .085, and then .120, "
                    ".116 and .169. A threshold does it better."
                )
            )
        if dataset is not None:
            with st.expander(_("What the network gets"), key="mend_becomes"):
                st.html(_becomes(dataset))
            _compared(dataset)


def _compared(dataset: DatasetConfig) -> None:
    """Each column before and after, as two distributions: a task, made anew whenever something else is chosen."""
    if "mend_compare" not in session.values:
        session.values["mend_compare"] = session.kept.get("mend_compare", False)
    st.toggle(
        _("Before and after, side by side"), key="mend_compare", on_change=_take, args=("compare",), width="content"
    )
    if not session.values["mend_compare"]:
        return
    about = dataset.model_copy(update={"faults": None})
    try:
        task = get_engine().begin_task_for(_experiment_on(about), "preparation", owner=browser_id())
    except DescentError as error:
        st.error(escape_markdown(worded(error.said)))
        return
    before = session.lab_tasks.get("preparation")
    if before is not None and before != task.id:
        _let_go(before)
    session.lab_tasks = {**session.lab_tasks, "preparation": task.id}
    told = {"kind": "preparation", "task": task.id, "address": "/descent/lab"}
    _component(key="before_after", data=told)


def _experiment_on(dataset: DatasetConfig) -> ExperimentConfig:
    """The rows are all that counts; no network is trained."""
    usual = ExperimentConfig()
    return usual.model_copy(update={"dataset": dataset, "seed": session.kept.get("seed", usual.seed)})


def _let_go(task: str) -> None:
    """Nobody waits for it any more."""
    with suppress(DescentError):
        get_engine().cancel_task(task, owner=browser_id())


def _becomes(dataset: DatasetConfig) -> str:
    """Each column before and after: what is done with it, and the inputs that it gives."""
    titles = (_("Column"), _("What is done"), _("Inputs"))
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in titles)
    kept = {column.label: column for column in dataset.prepared}
    body = []
    for label in dataset.info.feature_names[:_MOST_COLUMNS]:
        column = kept.get(label)
        done = _("left out") if column is None else ", ".join(_steps(column))
        inputs = "" if column is None else " · ".join(column.names)
        cells = "".join(f"<td>{html.escape(text)}</td>" for text in (label, done, inputs))
        body.append(f"<tr>{cells}</tr>")
    return (
        f"<div class='descent-preview descent-becomes' tabindex='0'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _steps(column: PreparedColumn) -> list[str]:
    """What is done with a column, in the order in which it is done."""
    steps = []
    if column.outliers != "keep":
        steps.append(_("far out: {how}", how=_(OUTLIER_TITLES[column.outliers])))
    if column.kind == "one_hot":
        steps.append(_("an input for each level"))
    elif column.kind == "level":
        steps.append(_("the number of the level"))
    if column.fill is not None:
        steps.append(_("where missing: {how}", how=_(MISSING_TITLES[column.fill])))
    if column.indicator:
        steps.append(_("marked where missing"))
    if column.scaling != "none" and column.kind != "one_hot":
        steps.append(_("scaling: {how}", how=_(SCALING_TITLES[column.scaling])))
    return steps or [_("as it is")]


def _keep_value(name: str, default: Any) -> None:
    """Have a control begin where it was: Streamlit forgets what is not on the page."""
    key = f"mend_{name}"
    if key not in session.values:
        session.values[key] = session.kept.get("scaling" if name == "scaling" else key, default)


def _chosen(name: str, label: str, titles: Any, default: str) -> None:
    _keep_value(name, default)
    st.selectbox(
        label,
        list(titles),
        key=f"mend_{name}",
        format_func=lambda each: _(titles[each]),
        width=190,
        on_change=_take,
        args=(name,),
    )


def _toggled(name: str, label: str, default: bool) -> None:
    _keep_value(name, default)
    st.toggle(label, key=f"mend_{name}", on_change=_take, args=(name,), width="content")


def _rare() -> None:
    _keep_value("rare", 0.0)
    st.slider(
        _("Rare levels: below"),
        0.0,
        0.2,
        step=0.01,
        key="mend_rare",
        format="percent",
        width=190,
        on_change=_take,
        args=("rare",),
    )


def _take(name: str) -> None:
    session.kept[f"mend_{name}"] = session.values[f"mend_{name}"]
    if name == "scaling":  # a setting of every data set: the Train page has it, too
        session.values["scaling"] = session.kept["scaling"] = session.values["mend_scaling"]


def _take_split() -> None:
    chosen = session.values["mend_split"]
    session.split = None if chosen == _AS_USUAL else chosen
