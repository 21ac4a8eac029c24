"""Controls of what can be broken on purpose: a switch for each fault of the registry, its settings while it is on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.experiment.columns import ColumnConfig, labels
from core.experiment.config import problems_of
from core.experiment.fault_kinds import MAX_TIMES
from core.experiment.faults import FaultsConfig
from core.faults import FAULTS, SCENARIOS
from core.faults.registry import Fault
from core.words import Said
from pages.session import session
from pages.words import N_, _, worded

#: Stacks of faults beside each other where there is room.
_BESIDE = 3

_LARGEST_SEED = 9_999


@dataclass(frozen=True)
class Strength:
    """How a number of a fault is chosen.

    Attributes:
        title: a few words.
        low, high, step: of the slider. What a link says may lie outside; the slider then begins at its end.
        format: as Streamlit's sliders take it.
    """

    title: str
    low: float
    high: float
    step: float
    format: str | None = None


#: Every number that a fault of the registry has, by its field.
STRENGTHS: dict[str, Strength] = {
    "share": Strength(N_("Share"), 0.05, 1.0, 0.05, "percent"),
    "prevalence": Strength(N_("Cases that are left"), 0.01, 0.5, 0.01, "percent"),
    "spread": Strength(N_("Noise on it"), 0.0, 2.0, 0.05),
    "times": Strength(N_("Times each"), 2, MAX_TIMES, 1),
    "factor": Strength(N_("Times as much"), 0.1, 50.0, 0.1),
    "offset": Strength(N_("Shows more, in sd"), -4.0, 4.0, 0.1),
    "quantile": Strength(N_("Shows this quantile"), 0.0, 1.0, 0.05),
}


def fault_controls(columns: Sequence[ColumnConfig], *, with_scenarios: bool) -> tuple[FaultsConfig | None, list[str]]:
    """Draw the controls.

    Args:
        columns: the inputs that faults may break.
        with_scenarios: whether to offer those of the clinic, which name its columns.

    Returns:
        What they say, None where they contradict themselves, and why.
    """
    if with_scenarios:
        _scenarios()
    kinds = list(FAULTS)
    below = math.ceil(len(kinds) / _BESIDE)
    with st.container(key="lab_faults"):
        for place, stack in enumerate(st.columns(_BESIDE, gap="large")):
            with stack, st.container(key=f"lab_stack_{place}", gap="xsmall"):
                for kind in kinds[place * below : (place + 1) * below]:
                    _fault(FAULTS[kind], columns)
    return chosen_faults(columns)


def chosen_faults(columns: Sequence[ColumnConfig]) -> tuple[FaultsConfig | None, list[str]]:
    """What the controls say, or what is wrong with it in sentences."""
    parts = {}
    for kind, fault in FAULTS.items():
        if _value(f"fault_{kind}", False):
            parts[fault.part] = {"kind": kind} | {
                name: _value(f"fault_{kind}_{name}", default) for name, default in _settings(fault).items()
            }
    names = labels(columns)
    for part in parts.values():
        if "columns" in part:
            part["columns"] = tuple(name for name in part["columns"] or () if name in names) or None
        if part.get("column") not in names:
            part.pop("column", None)
    try:
        return FaultsConfig.model_validate(parts), []
    except ValidationError as error:
        return None, [worded(problem) for _field, problem in problems_of(error)]


def put_faults(faults: FaultsConfig) -> None:
    """Set every control to what is broken. Call it before they are drawn, or from a callback."""
    on = {fault.kind: fault for fault in faults.parts}
    for kind, fault in FAULTS.items():
        _put(f"fault_{kind}", kind in on)
        for name, default in _settings(fault).items():
            value = getattr(on[kind], name) if kind in on else default
            _put(f"fault_{kind}_{name}", list(value) if isinstance(value, tuple) else value)


def _settings(fault: Fault) -> dict[str, Any]:
    """What can be chosen of a fault, with what is chosen at first; its seed comes last."""
    fields = {name: field.default for name, field in fault.config.model_fields.items() if name != "kind"}
    return {**{name: default for name, default in fields.items() if name != "seed"}, "seed": fields["seed"]}


def _scenarios() -> None:
    def choose() -> None:
        if session.values.lab_scenario:
            put_faults(SCENARIOS[session.values.lab_scenario].faults)

    faults = chosen_faults(())[0]
    st.selectbox(
        _("What teaches"),
        [name for name in SCENARIOS if name != "clean"],
        index=None,
        key="lab_scenario",
        placeholder=_("Choose a known fault …") if faults is None or not faults.parts else _("Your own choice"),
        format_func=lambda name: _(SCENARIOS[name].title),
        on_change=choose,
        label_visibility="collapsed",
        width=420,
    )


def _fault(fault: Fault, columns: Sequence[ColumnConfig]) -> None:
    """One fault's switch and, while it is on, its settings."""
    key = f"fault_{fault.kind}"
    _begin_at(key, False)
    st.toggle(_(fault.title), key=key, on_change=_switch, args=(fault,))
    if not session.values[key]:
        return
    with st.container(key=f"settings_{key}", horizontal=True, gap="small"):
        for name in _settings(fault):
            _SETTING.get(name, _number)(fault, name, columns)


def _number(fault: Fault, name: str, _columns: Sequence[ColumnConfig]) -> None:
    key, strength = f"fault_{fault.kind}_{name}", STRENGTHS[name]
    is_whole = isinstance(strength.step, int)
    low, high, step = (each if is_whole else float(each) for each in (strength.low, strength.high, strength.step))
    _begin_at(key, _settings(fault)[name])
    session.values[key] = min(high, max(low, session.values[key]))
    st.slider(_(strength.title), low, high, step=step, key=key, format=strength.format, on_change=_keep, args=(key,))


def _seed(fault: Fault, name: str, _columns: Sequence[ColumnConfig]) -> None:
    key = f"fault_{fault.kind}_{name}"
    _begin_at(key, 0)
    st.number_input(
        _("Seed"), 0, max(_LARGEST_SEED, session.values[key]), key=key, width=84, on_change=_keep, args=(key,)
    )


def _one_column(fault: Fault, name: str, columns: Sequence[ColumnConfig]) -> None:
    key = f"fault_{fault.kind}_{name}"
    numbers = [
        label for label, column in zip(labels(columns), columns, strict=True) if column.kind in {"number", "date"}
    ]
    _begin_at(key, None)
    if session.values[key] not in numbers:
        session.values[key] = None
    st.selectbox(
        _("Column"),
        numbers,
        key=key,
        index=None,
        placeholder=_("the one that tells most"),
        format_func=_name,
        on_change=_keep,
        args=(key,),
    )


def _several_columns(fault: Fault, name: str, columns: Sequence[ColumnConfig]) -> None:
    key, names = f"fault_{fault.kind}_{name}", labels(columns)
    _begin_at(key, [])
    session.values[key] = [each for each in session.values[key] or () if each in names]
    st.multiselect(
        _("Columns"),
        names,
        key=key,
        placeholder=_("the second half"),
        format_func=_name,
        on_change=_keep,
        args=(key,),
    )


_SETTING: Mapping[str, Callable[[Fault, str, Sequence[ColumnConfig]], None]] = {
    "seed": _seed,
    "column": _one_column,
    "columns": _several_columns,
}


def _name(column: str) -> str:
    """A column as the page writes it: ours in its language, others' as they are."""
    return worded(Said.marked(column))


def _switch(fault: Fault) -> None:
    """A fault was switched on or off: of those that exclude each other, one is on."""
    key = f"fault_{fault.kind}"
    _keep(key)
    if session.values[key]:
        for other in FAULTS.values():
            if other.part == fault.part and other is not fault:
                _put(f"fault_{other.kind}", False)


def _value(key: str, default: Any) -> Any:
    return session.kept.get(key, default)


def _begin_at(key: str, default: Any) -> None:
    """Have a control begin where it was: Streamlit forgets what is not on the page."""
    if key not in session.values:
        session.values[key] = session.kept.get(key, default)


def _put(key: str, value: Any) -> None:
    session.values[key] = session.kept[key] = value


def _keep(key: str) -> None:
    session.kept[key] = session.values[key]
